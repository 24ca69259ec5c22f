package engine

import (
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/nls"
)

// The conversions between text and the other kinds.
func init() {
	define(map[string]*function{
		"TO_CHAR":          {min: 1, max: 3, typ: returnsText(4000), strict: true, appends: appendChar, call: toChar},
		"TO_NCHAR":         {min: 1, max: 3, typ: returnsText(4000), strict: true, appends: appendChar, call: toChar},
		"TO_NUMBER":        {min: 1, max: 3, typ: returnsNumber, strict: true, prepare: prepareNumber, call: toNumber},
		"TO_DATE":          {min: 1, max: 3, typ: returnsDate, strict: true, prepare: prepareDate(datum.Date), call: dateParser(datum.Date)},
		"TO_TIMESTAMP":     {min: 1, max: 3, typ: returnsKind(datum.Timestamp), strict: true, prepare: prepareDate(datum.Timestamp), call: dateParser(datum.Timestamp)},
		"TO_TIMESTAMP_TZ":  {min: 1, max: 3, typ: returnsKind(datum.TimestampTZ), strict: true, prepare: prepareDate(datum.TimestampTZ), call: dateParser(datum.TimestampTZ)},
		"TO_CLOB":          {min: 1, max: 1, typ: returnsKind(datum.Clob), strict: true, call: converter(datum.Clob)},
		"TO_NCLOB":         {min: 1, max: 1, typ: nationalClob, strict: true, call: converter(datum.Clob)},
		"TO_BLOB":          {min: 1, max: 1, typ: returnsKind(datum.Blob), strict: true, call: converter(datum.Blob)},
		"TO_BINARY_DOUBLE": {min: 1, max: 1, typ: returnsKind(datum.BinaryDouble), strict: true, call: converter(datum.BinaryDouble)},
		"TO_BINARY_FLOAT":  {min: 1, max: 1, typ: returnsKind(datum.BinaryFloat), strict: true, call: converter(datum.BinaryFloat)},
		"TO_YMINTERVAL":    {min: 1, max: 1, typ: returnsKind(datum.IntervalYM), strict: true, call: converter(datum.IntervalYM)},
		"TO_DSINTERVAL":    {min: 1, max: 1, typ: returnsKind(datum.IntervalDS), strict: true, call: converter(datum.IntervalDS)},
		"CHARTOROWID":      {min: 1, max: 1, typ: returnsKind(datum.Rowid), strict: true, call: charToRowid},
		"ROWIDTOCHAR":      {min: 1, max: 1, typ: returnsText(18), strict: true, call: converter(datum.Text)},
		"EMPTY_CLOB": {typ: returnsKind(datum.Clob), call: func(*frame, []datum.Value) (datum.Value, error) {
			return datum.FromClob(""), nil
		}},
		"EMPTY_BLOB": {typ: returnsKind(datum.Blob), call: func(*frame, []datum.Value) (datum.Value, error) {
			return datum.FromBlob(nil), nil
		}},
	})
}

// converter is a function that is nothing but an implicit conversion.
func converter(kind datum.Kind) func(*frame, []datum.Value) (datum.Value, error) {
	return func(f *frame, args []datum.Value) (datum.Value, error) {
		return f.run.s.convert(args[0], datum.Type{Kind: kind, Scale: -127})
	}
}

// withParameters applies the third argument of a conversion:
// 'NLS_NUMERIC_CHARACTERS=”.,”'.
//
// Error: ORA-12702.
func withParameters(s nls.Settings, text string) (nls.Settings, error) {
	for rest := strings.TrimSpace(text); rest != ""; {
		name, value, found := strings.Cut(rest, "=")
		if !found {
			return s, datum.Errorf(12702, "invalid NLS parameter string used in SQL function")
		}
		value = strings.TrimSpace(value)
		if quoted, ok := strings.CutPrefix(value, "'"); ok {
			value, rest, found = strings.Cut(quoted, "'")
			if !found {
				return s, datum.Errorf(12702, "invalid NLS parameter string used in SQL function")
			}
		} else {
			value, rest, _ = strings.Cut(value, " ")
		}
		rest = strings.TrimSpace(rest)
		if err := s.Set(strings.TrimSpace(name), value); err != nil {
			return s, datum.Errorf(12702, "invalid NLS parameter string used in SQL function")
		}
	}
	return s, nil
}

// settings returns the session's NLS settings, changed by a third argument.
func settings(f *frame, args []datum.Value) (nls.Settings, error) {
	if len(args) < 3 {
		return f.run.s.nls, nil
	}
	return withParameters(f.run.s.nls, args[2].Text())
}

// toChar is TO_CHAR(value [, mask [, parameters]]).
func toChar(f *frame, args []datum.Value) (datum.Value, error) {
	s, err := settings(f, args)
	if err != nil {
		return datum.NULL, err
	}
	v := args[0]
	if len(args) == 1 {
		text, err := s.Text(v)
		if v.Kind() == datum.Clob {
			return f.run.s.limited(datum.FromText(text))
		}
		return datum.FromText(text), err
	}
	var text string
	switch {
	case isTime(v.Kind()):
		text, err = s.FormatDate(v, args[1].Text())
	case isInterval(v.Kind()):
		text, err = s.Text(v)
	default:
		if v, err = f.run.s.number(v); err == nil {
			text, err = s.FormatNumber(v, args[1].Text())
		}
	}
	return datum.FromText(text), err
}

// appendChar is TO_CHAR with a constant mask and constant parameters, or with
// neither.
func appendChar(_ *compiler, args []compiled) appender {
	value, t := args[0], templateOf(args)
	switch {
	case value.typ.Kind == datum.Clob:
		return nil
	case len(args) == 1:
		return value.appendText
	case t == nil:
		return nil
	}
	return func(f *frame, dst []byte) ([]byte, error) {
		v, err := value.eval(f)
		if err != nil || v.IsNull() {
			return dst, err
		}
		s := f.run.s
		switch {
		case isTime(v.Kind()):
			return t.appendTime(s, dst, v)
		case isInterval(v.Kind()):
			return s.nls.AppendText(dst, v)
		}
		if v, err = s.number(v); err != nil {
			return dst, err
		}
		return t.appendNumber(s, dst, v)
	}
}

// prepareNumber is TO_NUMBER with a constant mask.
func prepareNumber(args []compiled) func(*frame, []datum.Value) (datum.Value, error) {
	t := templateOf(args)
	if t == nil {
		return nil
	}
	return func(f *frame, args []datum.Value) (datum.Value, error) {
		settings, text, err := t.input(f.run.s, args[0], t.numberErr)
		if err != nil {
			return datum.NULL, err
		}
		return settings.ReadNumber(text, &t.number)
	}
}

// prepareDate is TO_DATE and its relatives with a constant mask.
func prepareDate(kind datum.Kind) func([]compiled) func(*frame, []datum.Value) (datum.Value, error) {
	return func(args []compiled) func(*frame, []datum.Value) (datum.Value, error) {
		t := templateOf(args)
		if t == nil {
			return nil
		}
		return func(f *frame, args []datum.Value) (datum.Value, error) {
			settings, text, err := t.input(f.run.s, args[0], t.dateErr)
			if err != nil {
				return datum.NULL, err
			}
			return settings.ReadDate(text, &t.date, kind)
		}
	}
}

// toNumber is TO_NUMBER(text [, mask [, parameters]]).
func toNumber(f *frame, args []datum.Value) (datum.Value, error) {
	if len(args) == 1 {
		return f.run.s.number(args[0])
	}
	s, err := settings(f, args)
	if err != nil {
		return datum.NULL, err
	}
	text, err := f.run.s.text(args[0])
	if err != nil {
		return datum.NULL, err
	}
	return s.ParseNumber(text, args[1].Text())
}

// dateParser is TO_DATE and its relatives.
func dateParser(kind datum.Kind) func(*frame, []datum.Value) (datum.Value, error) {
	return func(f *frame, args []datum.Value) (datum.Value, error) {
		s, err := settings(f, args)
		if err != nil {
			return datum.NULL, err
		}
		if isTime(args[0].Kind()) && len(args) == 1 {
			return f.run.s.convert(args[0], datum.Type{Kind: kind})
		}
		text, err := f.run.s.text(args[0])
		if err != nil {
			return datum.NULL, err
		}
		var mask string
		if len(args) > 1 {
			mask = args[1].Text()
		}
		switch kind {
		case datum.Date:
			return s.ParseDate(text, orElse(mask, s.DateFormat))
		case datum.Timestamp:
			return s.ParseTimestamp(text, orElse(mask, s.TimestampFormat))
		default:
			return s.ParseTimestampTZ(text, orElse(mask, s.TimestampTZFormat))
		}
	}
}

// orElse is the session's own mask when a call gives none.
func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
