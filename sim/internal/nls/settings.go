// Package nls converts Oracle values to text and back: the session's NLS
// parameters and the format models of TO_CHAR, TO_DATE, TO_TIMESTAMP,
// TO_TIMESTAMP_TZ and TO_NUMBER.
//
// It knows values and masks, not SQL; which conversion an expression needs is
// decided by package engine.
package nls

import (
	"iter"
	"strings"
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// Settings are the NLS parameters of one session, and its time zone and clock.
// A Settings is a value: copying it copies all of it.
type Settings struct {
	DateFormat        string // NLS_DATE_FORMAT
	TimestampFormat   string // NLS_TIMESTAMP_FORMAT
	TimestampTZFormat string // NLS_TIMESTAMP_TZ_FORMAT
	NumericCharacters string // NLS_NUMERIC_CHARACTERS: decimal, then group separator
	Language          string
	Territory         string
	Currency          string
	ISOCurrency       string
	DualCurrency      string
	Calendar          string
	DateLanguage      string
	Sort              string
	Comp              string
	LengthSemantics   string
	NcharConvExcp     string
	TimeFormat        string
	TimeTZFormat      string

	TimeZone string           // the session's: "+00:00" or a region name
	Now      func() time.Time // for the fields a mask leaves open

	masks *masks // shared by the copies of a Settings; nil keeps none
}

// Defaults returns what a session starts with: AMERICAN_AMERICA, UTC. A nil
// clock is time.Now.
func Defaults(now func() time.Time) Settings {
	if now == nil {
		now = time.Now
	}
	return Settings{
		DateFormat:        "DD-MON-RR",
		TimestampFormat:   "DD-MON-RR HH.MI.SSXFF AM",
		TimestampTZFormat: "DD-MON-RR HH.MI.SSXFF AM TZR",
		NumericCharacters: ".,",
		Language:          "AMERICAN", Territory: "AMERICA",
		Currency: "$", ISOCurrency: "AMERICA", DualCurrency: "$",
		Calendar: "GREGORIAN", DateLanguage: "AMERICAN",
		Sort: "BINARY", Comp: "BINARY", LengthSemantics: "BYTE", NcharConvExcp: "FALSE",
		TimeFormat: "HH.MI.SSXFF AM", TimeTZFormat: "HH.MI.SSXFF AM TZR",
		TimeZone: "+00:00", Now: now,
		masks: &masks{dates: map[string]*DateMask{}, pictures: map[string]picture{}},
	}
}

// parameter names a field of Settings.
type parameter struct {
	name  string
	field func(*Settings) *string
}

var parameters = [...]parameter{
	{"NLS_LANGUAGE", func(s *Settings) *string { return &s.Language }},
	{"NLS_TERRITORY", func(s *Settings) *string { return &s.Territory }},
	{"NLS_CURRENCY", func(s *Settings) *string { return &s.Currency }},
	{"NLS_ISO_CURRENCY", func(s *Settings) *string { return &s.ISOCurrency }},
	{"NLS_NUMERIC_CHARACTERS", func(s *Settings) *string { return &s.NumericCharacters }},
	{"NLS_CALENDAR", func(s *Settings) *string { return &s.Calendar }},
	{"NLS_DATE_FORMAT", func(s *Settings) *string { return &s.DateFormat }},
	{"NLS_DATE_LANGUAGE", func(s *Settings) *string { return &s.DateLanguage }},
	{"NLS_SORT", func(s *Settings) *string { return &s.Sort }},
	{"NLS_TIME_FORMAT", func(s *Settings) *string { return &s.TimeFormat }},
	{"NLS_TIMESTAMP_FORMAT", func(s *Settings) *string { return &s.TimestampFormat }},
	{"NLS_TIME_TZ_FORMAT", func(s *Settings) *string { return &s.TimeTZFormat }},
	{"NLS_TIMESTAMP_TZ_FORMAT", func(s *Settings) *string { return &s.TimestampTZFormat }},
	{"NLS_DUAL_CURRENCY", func(s *Settings) *string { return &s.DualCurrency }},
	{"NLS_COMP", func(s *Settings) *string { return &s.Comp }},
	{"NLS_LENGTH_SEMANTICS", func(s *Settings) *string { return &s.LengthSemantics }},
	{"NLS_NCHAR_CONV_EXCP", func(s *Settings) *string { return &s.NcharConvExcp }},
}

// Parameters yields the rows of NLS_SESSION_PARAMETERS.
func (s *Settings) Parameters() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for _, p := range parameters {
			if !yield(p.name, *p.field(s)) {
				return
			}
		}
	}
}

// fixed lists what each parameter accepts where the simulator speaks only one
// language or implements only one rule. A parameter that is absent takes any text.
var fixed = map[string][]string{
	"NLS_LANGUAGE":         {"AMERICAN"},
	"NLS_TERRITORY":        {"AMERICA"},
	"NLS_CALENDAR":         {"GREGORIAN"},
	"NLS_DATE_LANGUAGE":    {"AMERICAN", "ENGLISH"},
	"NLS_SORT":             {"BINARY"},
	"NLS_COMP":             {"BINARY"},
	"NLS_LENGTH_SEMANTICS": {"BYTE", "CHAR"},
	"NLS_NCHAR_CONV_EXCP":  {"FALSE", "TRUE"},
}

// Set changes a parameter, as ALTER SESSION SET name = 'value' does.
//
// Errors: ORA-12705 for a value the simulator does not speak, ORA-02248 for an
// unknown name, and what is wrong with a mask (ORA-01821 …).
func (s *Settings) Set(name, value string) error {
	name = strings.ToUpper(name)
	for _, p := range parameters {
		if p.name != name {
			continue
		}
		if err := checkParameter(name, value); err != nil {
			return err
		}
		*p.field(s) = value
		return nil
	}
	return datum.Errorf(2248, "invalid option for ALTER SESSION")
}

// checkParameter refuses values that the simulator does not implement rather
// than ignoring them.
func checkParameter(name, value string) error {
	if allowed, ok := fixed[name]; ok {
		for _, a := range allowed {
			if strings.EqualFold(a, value) {
				return nil
			}
		}
		return datum.Errorf(12705, "Cannot access NLS data files or invalid environment specified")
	}
	switch {
	case name == "NLS_NUMERIC_CHARACTERS" && (len(value) != 2 || value[0] == value[1]):
		return datum.Errorf(12705, "Cannot access NLS data files or invalid environment specified")
	case strings.HasSuffix(name, "_FORMAT"):
		_, err := parseMask(value)
		return err
	}
	return nil
}
