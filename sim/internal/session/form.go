package session

import (
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/ttc"
)

// A form says how the values of a result column travel. The same LOB goes out
// as a locator or inline, as the client defined it (wire notes, section 12).
type form uint8

const (
	formScalar       form = iota
	formNational          // text in the national character set
	formDecimal           // a number as text
	formLong              // data with indicator and return code
	formLongNational      // the same, in the national character set
	formLocator           // LOB locator
	formSized             // LOB locator with size and chunk size
	formBoolean           // a truth value, whose NULL is peculiar
	formRowid             // the address of a row, as numbers
)

// defaultForms are the forms of columns that the client did not define.
func defaultForms(columns []datum.Column) (forms []form, plain bool) {
	forms = make([]form, len(columns))
	for i, c := range columns {
		forms[i] = defaultForm(c.Type)
	}
	return forms, allScalar(forms)
}

func allScalar(forms []form) bool {
	for _, f := range forms {
		if f != formScalar {
			return false
		}
	}
	return true
}

// defaultForm is what clients expect of a column they did not define.
func defaultForm(t datum.Type) form {
	switch {
	case t.Kind == datum.Clob || t.Kind == datum.Blob:
		return formLocator
	case t.Kind == datum.Boolean:
		return formBoolean
	case t.Kind == datum.Rowid && t.Size <= datum.RowidLength:
		return formRowid
	case t.Long && t.National:
		return formLongNational
	case t.Long:
		return formLong
	case t.Kind == datum.Text && t.National:
		return formNational
	default:
		return formScalar
	}
}

// define takes the client's wishes for the columns of cur.
func (cur *cursor) define(defines []ttc.Bind) error {
	if len(defines) != len(cur.columns) {
		return datum.Errorf(1007, "variable not in select list")
	}
	forms := make([]form, len(defines))
	for i, d := range defines {
		f, err := definedForm(cur.columns[i].Type, d)
		if err != nil {
			return err
		}
		forms[i] = f
	}
	cur.forms, cur.plain, cur.defined = forms, allScalar(forms), true
	return nil
}

// definedForm returns how a column of type t is sent to a client that defined
// it as d. Conversions that would need the session's NLS settings are refused
// rather than guessed.
func definedForm(t datum.Type, d ttc.Bind) (form, error) {
	wanted, ok := d.Datum()
	switch {
	case !ok:
	case t.Kind == datum.Clob || t.Kind == datum.Blob:
		return definedLob(t, wanted, d)
	case wanted.Kind == datum.Text && t.Kind == datum.Rowid:
		return formScalar, nil
	case wanted.Kind == t.Kind, wanted.Kind == datum.Text && t.Kind == datum.Null:
		return defaultForm(t), nil
	case isTimestamp(wanted.Kind) && isTimestamp(t.Kind):
		return formScalar, nil // clients tell the kinds apart by length
	case wanted.Kind == datum.Text && t.Kind == datum.Number:
		return formDecimal, nil
	}
	return 0, datum.Errorf(932, "inconsistent datatypes: column cannot be returned as type %d", d.Type)
}

// definedLob is definedForm for LOB columns, which all clients define to their
// taste: inline as LONG, as a locator, or as a locator with its size.
func definedLob(t, wanted datum.Type, d ttc.Bind) (form, error) {
	switch {
	case wanted.Kind == t.Kind && d.Prefetch():
		return formSized, nil
	case wanted.Kind == t.Kind:
		return formLocator, nil
	case wanted.Kind == datum.Text && t.Kind == datum.Clob && wanted.National:
		return formLongNational, nil
	case wanted.Kind == datum.Text && t.Kind == datum.Clob, wanted.Kind == datum.Raw && t.Kind == datum.Blob:
		return formLong, nil
	default:
		return 0, datum.Errorf(932, "inconsistent datatypes: LOB cannot be returned as type %d", d.Type)
	}
}

// isTimestamp covers the kinds that share the layout of a DATE in front.
func isTimestamp(k datum.Kind) bool {
	switch k {
	case datum.Date, datum.Timestamp, datum.TimestampTZ, datum.TimestampLTZ:
		return true
	default:
		return false
	}
}
