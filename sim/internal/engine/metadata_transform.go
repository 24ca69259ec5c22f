package engine

import (
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// A transform is what SET_TRANSFORM_PARAM changes about the DDL that
// DBMS_METADATA prints in a session (reference, section 8.3). STORAGE,
// PARTITIONING of an index and other names that would only take text away that
// is never printed here are accepted and kept nowhere.
type transform struct {
	terminator, pretty, segment, tablespace bool
	constraints, foreign, alter             bool
	byteKeyword, schema, partitioning       bool
}

// defaultTransform is how a session starts, and what DEFAULT goes back to.
func defaultTransform() transform {
	return transform{pretty: true, segment: true, tablespace: true, constraints: true, foreign: true, schema: true, partitioning: true}
}

// flag returns the switch that a parameter name means. Known is true also for
// names whose text is never printed here, which have no switch.
func (t *transform) flag(name string) (flag *bool, known bool) {
	switch name {
	case "SQLTERMINATOR":
		return &t.terminator, true
	case "PRETTY":
		return &t.pretty, true
	case "SEGMENT_ATTRIBUTES":
		return &t.segment, true
	case "TABLESPACE":
		return &t.tablespace, true
	case "CONSTRAINTS":
		return &t.constraints, true
	case "REF_CONSTRAINTS":
		return &t.foreign, true
	case "CONSTRAINTS_AS_ALTER":
		return &t.alter, true
	case "SIZE_BYTE_KEYWORD":
		return &t.byteKeyword, true
	case "EMIT_SCHEMA":
		return &t.schema, true
	case "PARTITIONING":
		return &t.partitioning, true
	case "STORAGE", "OID", "FORCE", "INHERIT", "INSERT", "COLLATION_CLAUSE", "SEGMENT_CREATION":
		return nil, true
	}
	return nil, false
}

// set changes one parameter; DEFAULT, whatever its value, resets them all.
//
// Error: ORA-31600 for names and values that mean nothing.
func (t *transform) set(name string, v datum.Value) error {
	name = strings.ToUpper(name)
	if name == "DEFAULT" {
		*t = defaultTransform()
		return nil
	}
	flag, known := t.flag(name)
	if !known {
		return invalidInput(name, "NAME", "SET_TRANSFORM_PARAM")
	}
	on := v.Kind() == datum.Boolean && v.Bool()
	if v.Kind() != datum.Boolean {
		switch word := strings.ToUpper(v.Text()); {
		case v.Kind() == datum.Text && (word == "TRUE" || word == "FALSE"):
			on = word == "TRUE"
		default:
			return invalidInput("value", "VALUE", "SET_TRANSFORM_PARAM")
		}
	}
	if flag != nil {
		*flag = on
	}
	return nil
}

// invalidInput is the refusal of an argument by DBMS_METADATA.
func invalidInput(value, parameter, function string) *datum.Error {
	return datum.Errorf(31600, "invalid input value %s for parameter %s in function %s", value, parameter, function)
}
