package session

import "github.com/adbferry/adbferry/sim/internal/datum"

// convert turns the value of an OUT bind into the type the client declared,
// where that needs no session settings; the engine has done the rest.
func convert(v datum.Value, t datum.Type) (datum.Value, error) {
	if v.IsNull() {
		return v, nil
	}
	switch {
	case t.Kind == datum.Text:
		return fit(v, t)
	case v.Kind() == t.Kind:
		return v, nil
	case t.Kind == datum.Raw && v.Kind() == datum.Blob:
		return datum.Of(datum.Raw, v.Bytes()), nil
	case t.Kind == datum.Clob && v.Kind() == datum.Text:
		return datum.FromClob(v.Text()), nil
	case t.Kind == datum.Blob && v.Kind() == datum.Raw:
		return datum.Of(datum.Blob, v.Bytes()), nil
	case t.Kind == datum.Number && v.Kind() == datum.Text:
		n, err := datum.ParseNumber(v.Text())
		if err != nil {
			return v, datum.Errorf(6502, "PL/SQL: numeric or value error: character to number conversion error")
		}
		return n, nil
	case isTimestamp(t.Kind) && isTimestamp(v.Kind()):
		return retime(v, t.Kind), nil
	default:
		return v, datum.Errorf(932, "inconsistent datatypes")
	}
}

// fit makes text of a value and checks that the client has room for it.
func fit(v datum.Value, t datum.Type) (datum.Value, error) {
	switch v.Kind() {
	case datum.Text, datum.Clob, datum.Rowid:
		v = datum.FromText(v.Text())
	case datum.Number:
		v = datum.FromText(v.Decimal())
	default:
		return v, datum.Errorf(932, "inconsistent datatypes: expected CHAR")
	}
	if !t.Long && len(v.Text()) > t.Size {
		return v, datum.Errorf(6502, "PL/SQL: numeric or value error: character string buffer too small").
			With("ORA-06512: at line 1")
	}
	return v, nil
}

// retime keeps the clock fields, or the instant of a zoned value.
func retime(v datum.Value, k datum.Kind) datum.Value {
	switch k {
	case datum.Date:
		return datum.FromDate(v.Time())
	case datum.TimestampTZ:
		return datum.FromTimestampTZ(v.Time(), "+00:00")
	case datum.TimestampLTZ:
		return datum.FromTimestampLTZ(v.Time())
	default:
		return datum.FromTimestamp(v.Time())
	}
}
