package engine

import (
	"cmp"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/nls"
)

// The codes of V$PARAMETER.TYPE.
const (
	booleanParameter = 1
	stringParameter  = 2
	integerParameter = 3
)

// An initParameter is a row of V$PARAMETER.
type initParameter struct {
	number      int
	kind        int64
	name, value string
	session     bool // ALTER SESSION changes it
	description string
}

func registerParameterViews(i *Instance) {
	fields := []field[initParameter]{
		numberField("NUM", func(p initParameter) int64 { return int64(p.number) }),
		textField("NAME", 80, func(p initParameter) string { return p.name }),
		numberField("TYPE", func(p initParameter) int64 { return p.kind }),
		textField("VALUE", 4000, func(p initParameter) string { return p.value }),
		textField("DISPLAY_VALUE", 4000, func(p initParameter) string { return p.value }),
		textField("ISSES_MODIFIABLE", 5, func(p initParameter) string { return oneOf(p.session, "TRUE", "FALSE") }),
		textField("DESCRIPTION", 255, func(p initParameter) string { return p.description }),
	}
	i.RegisterView(newView("V$PARAMETER", fields, func(s *Session) []initParameter {
		return i.config.parameters(s.nls)
	}))
	i.RegisterView(newView("V$SYSTEM_PARAMETER", fields, func(*Session) []initParameter {
		return i.config.parameters(nls.Defaults(i.config.Now))
	}))
}

// parameters returns the initialisation parameters that something in the
// simulator depends on, sorted by name; the NLS parameters are those given.
func (c Config) parameters(settings nls.Settings) []initParameter {
	list := []initParameter{
		{kind: stringParameter, name: "compatible", value: c.baseVersion(), description: "Release the database is compatible with"},
		{kind: integerParameter, name: "cpu_count", value: strconv.Itoa(runtime.NumCPU()), description: "CPUs of this instance"},
		{kind: integerParameter, name: "db_block_size", value: strconv.Itoa(blockSize), description: "Bytes of a block"},
		{kind: stringParameter, name: "db_name", value: c.Name, description: "Name of the database"},
		{kind: stringParameter, name: "db_unique_name", value: c.Name, description: "Unique name of the database"},
		{kind: booleanParameter, name: "deferred_segment_creation", value: "TRUE", session: true, description: "Tables get their segment with their first row"},
		{kind: stringParameter, name: "instance_name", value: c.Name, description: "Name of the instance"},
		{kind: stringParameter, name: "max_string_size", value: string(c.MaxStringSize), description: "Limit of VARCHAR2, NVARCHAR2 and RAW in SQL"},
		{kind: booleanParameter, name: "resource_limit", value: "FALSE", description: "Limits of profiles are kept"},
		{kind: stringParameter, name: "service_names", value: strings.Join(c.ServiceNames, ", "), description: "Services of this instance"},
		{kind: integerParameter, name: "undo_retention", value: strconv.Itoa(int(c.UndoRetention.Seconds())), description: "Seconds that undo is kept"},
	}
	for _, p := range language(settings) {
		list = append(list, initParameter{
			kind: stringParameter, name: strings.ToLower(p.name), value: p.value, session: true, description: "NLS parameter",
		})
	}
	slices.SortFunc(list, func(a, b initParameter) int { return cmp.Compare(a.name, b.name) })
	for i := range list {
		list[i].number = i + 1
	}
	return list
}
