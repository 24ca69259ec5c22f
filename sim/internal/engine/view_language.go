package engine

import (
	"slices"

	"github.com/adbferry/adbferry/sim/internal/nls"
)

// The character sets of an Autonomous Database.
const (
	characterSet         = "AL32UTF8"
	nationalCharacterSet = "AL16UTF16"
)

// A parameterValue is a row of the NLS views.
type parameterValue struct{ name, value string }

func registerLanguageViews(i *Instance) {
	fields := []field[parameterValue]{
		nameField("PARAMETER", func(p parameterValue) string { return p.name }),
		textField("VALUE", 64, func(p parameterValue) string { return p.value }),
	}
	charsets := []parameterValue{{"NLS_CHARACTERSET", characterSet}, {"NLS_NCHAR_CHARACTERSET", nationalCharacterSet}}
	for name, subjects := range map[string]func(*Session) []parameterValue{
		"NLS_SESSION_PARAMETERS": func(s *Session) []parameterValue { return language(s.nls) },
		"V$NLS_PARAMETERS":       func(s *Session) []parameterValue { return append(language(s.nls), charsets...) },
		"NLS_DATABASE_PARAMETERS": func(*Session) []parameterValue {
			version := parameterValue{"NLS_RDBMS_VERSION", i.config.baseVersion()}
			return slices.Concat(language(nls.Defaults(i.config.Now)), charsets, []parameterValue{version})
		},
		"NLS_INSTANCE_PARAMETERS": func(*Session) []parameterValue { return instanceLanguage(nls.Defaults(i.config.Now)) },
	} {
		i.RegisterView(newView(name, fields, subjects))
	}
}

func language(settings nls.Settings) []parameterValue {
	var list []parameterValue
	for name, value := range settings.Parameters() {
		list = append(list, parameterValue{name, value})
	}
	return list
}

// instanceLanguage is what the instance sets. Everything else follows from
// language and territory and is NULL.
func instanceLanguage(settings nls.Settings) []parameterValue {
	list := language(settings)
	for i := range list {
		switch list[i].name {
		case "NLS_LANGUAGE", "NLS_TERRITORY", "NLS_COMP", "NLS_LENGTH_SEMANTICS", "NLS_NCHAR_CONV_EXCP":
		default:
			list[i].value = ""
		}
	}
	return list
}
