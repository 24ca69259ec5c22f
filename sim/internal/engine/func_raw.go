package engine

import (
	"encoding/binary"
	"math"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/nls"
)

// The functions on RAW, and package UTL_RAW.
func init() {
	define(map[string]*function{
		"RAWTOHEX":                        {min: 1, max: 1, typ: rawToHexType, strict: true, appends: appendHex, call: rawToHex},
		"HEXTORAW":                        {min: 1, max: 1, typ: hexToRawType, strict: true, call: hexToRawCall},
		"UTL_RAW.CAST_TO_RAW":             {min: 1, max: 1, typ: castToRawType, lazy: castToRaw},
		"UTL_RAW.CAST_TO_VARCHAR2":        {min: 1, max: 1, typ: returnsText(32767), strict: true, call: castToText},
		"UTL_RAW.CAST_TO_NVARCHAR2":       {min: 1, max: 1, typ: nationalText, strict: true, call: castToNational},
		"UTL_RAW.CAST_FROM_NUMBER":        {min: 1, max: 1, typ: returnsRaw(22), strict: true, call: castFromNumber},
		"UTL_RAW.CAST_TO_NUMBER":          {min: 1, max: 1, typ: returnsNumber, strict: true, call: castToNumber},
		"UTL_RAW.CAST_FROM_BINARY_DOUBLE": {min: 1, max: 2, typ: returnsRaw(8), strict: true, call: fromBinary(datum.BinaryDouble)},
		"UTL_RAW.CAST_TO_BINARY_DOUBLE":   {min: 1, max: 2, typ: returnsKind(datum.BinaryDouble), strict: true, call: toBinary(datum.BinaryDouble, 8)},
		"UTL_RAW.CAST_FROM_BINARY_FLOAT":  {min: 1, max: 2, typ: returnsRaw(4), strict: true, call: fromBinary(datum.BinaryFloat)},
		"UTL_RAW.CAST_TO_BINARY_FLOAT":    {min: 1, max: 2, typ: returnsKind(datum.BinaryFloat), strict: true, call: toBinary(datum.BinaryFloat, 4)},
		"UTL_RAW.LENGTH":                  {min: 1, max: 1, typ: returnsNumber, strict: true, call: rawLength},
		"UTL_RAW.SUBSTR":                  {min: 2, max: 3, typ: returnsRaw(0), strict: true, call: rawSubstr},
		"UTL_RAW.CONCAT":                  {min: 1, max: 12, typ: returnsRaw(0), call: rawConcat},
	})
}

// raw converts an argument to RAW.
func (f *frame) raw(v datum.Value) (datum.Value, error) {
	return f.run.s.convert(v, datum.Type{Kind: datum.Raw})
}

// limitedRaw refuses results that are longer than a RAW of SQL.
//
// Error: ORA-06502, as the package reports it.
func (s *Session) limitedRaw(b string) (datum.Value, error) {
	if len(b) > s.instance.config.rawLimit() {
		return datum.NULL, datum.Errorf(6502, "PL/SQL: numeric or value error: raw variable length too long")
	}
	return datum.Of(datum.Raw, b), nil
}

func rawToHexType(s *Session, args []compiled) datum.Type {
	if t := args[0].typ; t.Kind == datum.Raw || t.Kind == datum.Text {
		return s.textType(2 * t.Size)
	}
	return s.textType(4000)
}

// appendHex is RAWTOHEX.
func appendHex(_ *compiler, args []compiled) appender {
	arg := args[0]
	if k := arg.typ.Kind; isLOB(k) || k == datum.Null {
		return nil
	}
	var buf []byte // this expression's own, as in apply
	return func(f *frame, dst []byte) ([]byte, error) {
		text, err := appendScalar(f, &arg, buf[:0])
		if err != nil {
			return dst, err
		}
		buf = text
		if 2*len(text) > f.run.s.instance.config.textLimit() {
			return dst, datum.Errorf(1489, "result of string concatenation is too long")
		}
		return nls.AppendHex(dst, text), nil
	}
}

// appendScalar writes what RAWTOHEX shows: the bytes of texts, RAWs and
// NUMBERs, the text of everything else.
func appendScalar(f *frame, x *compiled, dst []byte) ([]byte, error) {
	if x.append != nil {
		return x.append(f, dst)
	}
	v, err := x.eval(f)
	if err != nil {
		return dst, err
	}
	switch v.Kind() {
	case datum.Text, datum.Raw, datum.Clob, datum.Blob, datum.Number:
		return append(dst, v.Bytes()...), nil
	default:
		return f.run.s.nls.AppendText(dst, v)
	}
}

// rawToHex takes any scalar by its bytes: text is not read as hex here.
func rawToHex(f *frame, args []datum.Value) (datum.Value, error) {
	v := args[0]
	if v.Kind() == datum.Text || v.Kind() == datum.Raw || v.Kind() == datum.Clob || v.Kind() == datum.Blob || v.Kind() == datum.Number {
		return f.run.s.limited(datum.FromText(hexUpper(v.Bytes())))
	}
	text, err := f.run.s.text(v)
	if err != nil {
		return datum.NULL, err
	}
	return f.run.s.limited(datum.FromText(hexUpper(text)))
}

// hexUpper writes bytes as hex digits, in capitals as Oracle does.
func hexUpper(b string) string {
	return string(nls.AppendHex(make([]byte, 0, 2*len(b)), b))
}

func hexToRawType(s *Session, args []compiled) datum.Type {
	size := s.instance.config.rawLimit()
	if t := args[0].typ; t.Kind == datum.Text && t.Size > 0 {
		size = min(size, (t.Size+1)/2)
	}
	return datum.Type{Kind: datum.Raw, Size: size}
}

// hexToRawCall is HEXTORAW.
func hexToRawCall(f *frame, args []datum.Value) (datum.Value, error) {
	v, err := f.raw(args[0])
	if err != nil {
		return datum.NULL, err
	}
	return f.run.s.limitedRaw(v.Bytes())
}

func castToRawType(s *Session, args []compiled) datum.Type {
	size := s.instance.config.rawLimit()
	if t := args[0].typ; t.Kind == datum.Text && t.Size > 0 {
		size = min(size, t.Size)
	}
	return datum.Type{Kind: datum.Raw, Size: size}
}

// castToRaw gives the bytes of a text: in the national character set for
// NVARCHAR2 and NCHAR, in the database's for others.
func castToRaw(_ *compiler, args []compiled) (evaluator, error) {
	arg := args[0]
	return func(f *frame) (datum.Value, error) {
		v, err := arg.eval(f)
		if err != nil || v.IsNull() || v.Kind() == datum.Raw {
			return v, err
		}
		text, err := f.run.s.text(v)
		if err != nil {
			return datum.NULL, err
		}
		if arg.typ.National {
			text = datum.ToUTF16(text)
		}
		return f.run.s.limitedRaw(text)
	}, nil
}

// castToText takes bytes for a text in the database character set; they are not
// checked.
func castToText(f *frame, args []datum.Value) (datum.Value, error) {
	v, err := f.raw(args[0])
	if err != nil {
		return datum.NULL, err
	}
	return f.run.s.limited(datum.FromText(v.Bytes()))
}

func nationalText(s *Session, _ []compiled) datum.Type {
	t := s.textType(4000)
	t.National, t.CharSized = true, true
	return t
}

// castToNational reads bytes in the national character set, AL16UTF16.
func castToNational(f *frame, args []datum.Value) (datum.Value, error) {
	v, err := f.raw(args[0])
	if err != nil {
		return datum.NULL, err
	}
	return datum.FromText(datum.FromUTF16(v.Bytes())), nil
}

// castFromNumber gives the stored form of a NUMBER, bit by bit (reference,
// section 6.3).
func castFromNumber(f *frame, args []datum.Value) (datum.Value, error) {
	n, err := f.run.s.number(args[0])
	return datum.Of(datum.Raw, n.Bytes()), err
}

// castToNumber takes bytes for a stored NUMBER. Malformed ones are ORA-06502.
func castToNumber(f *frame, args []datum.Value) (datum.Value, error) {
	v, err := f.raw(args[0])
	if err != nil {
		return datum.NULL, err
	}
	if !datum.ValidNumber(v.Bytes()) {
		return datum.NULL, errNumericOrValue()
	}
	return datum.Of(datum.Number, v.Bytes()), nil
}

// fromBinary gives the machine form of a float, big endian (UTL_RAW's default;
// the third endianness of the optional argument is not offered).
func fromBinary(kind datum.Kind) func(*frame, []datum.Value) (datum.Value, error) {
	return func(f *frame, args []datum.Value) (datum.Value, error) {
		if err := bigEndianOnly(args); err != nil {
			return datum.NULL, err
		}
		v, err := f.run.s.float(args[0], kind)
		if err != nil {
			return datum.NULL, err
		}
		if kind == datum.BinaryFloat {
			return datum.FromRaw(binary.BigEndian.AppendUint32(nil, math.Float32bits(v.Single()))), nil
		}
		return datum.FromRaw(binary.BigEndian.AppendUint64(nil, math.Float64bits(v.Double()))), nil
	}
}

// bigEndianOnly refuses the other byte orders by name.
func bigEndianOnly(args []datum.Value) error {
	if len(args) == 2 && args[1] != datum.FromInt(1) {
		return unimplemented("endianess of UTL_RAW")
	}
	return nil
}

// toBinary reads the machine form of a float.
func toBinary(kind datum.Kind, size int) func(*frame, []datum.Value) (datum.Value, error) {
	return func(f *frame, args []datum.Value) (datum.Value, error) {
		if err := bigEndianOnly(args); err != nil {
			return datum.NULL, err
		}
		v, err := f.raw(args[0])
		if err != nil {
			return datum.NULL, err
		}
		b := []byte(v.Bytes())
		if len(b) != size {
			return datum.NULL, datum.Errorf(6502, "PL/SQL: numeric or value error: raw variable length too long")
		}
		if kind == datum.BinaryFloat {
			return datum.FromFloat(math.Float32frombits(binary.BigEndian.Uint32(b))), nil
		}
		return datum.FromDouble(math.Float64frombits(binary.BigEndian.Uint64(b))), nil
	}
}

func rawLength(f *frame, args []datum.Value) (datum.Value, error) {
	v, err := f.raw(args[0])
	return datum.FromInt(int64(len(v.Bytes()))), err
}

// rawSubstr is UTL_RAW.SUBSTR, which unlike SUBSTR refuses to give fewer bytes
// than asked for.
func rawSubstr(f *frame, args []datum.Value) (datum.Value, error) {
	v, err := f.raw(args[0])
	if err != nil {
		return datum.NULL, err
	}
	n := len(v.Bytes())
	start, err := f.run.s.integer(args[1])
	if err != nil {
		return datum.NULL, err
	}
	count := n
	if len(args) == 3 {
		if count, err = f.run.s.integer(args[2]); err != nil {
			return datum.NULL, err
		}
	}
	from, to := bounds(n, start, count)
	if from == to || len(args) == 3 && to-from < count {
		return datum.NULL, errNumericOrValue()
	}
	return datum.Of(datum.Raw, v.Bytes()[from:to]), nil
}

func rawConcat(f *frame, args []datum.Value) (datum.Value, error) {
	var b strings.Builder
	for _, a := range args {
		v, err := f.raw(a)
		if err != nil {
			return datum.NULL, err
		}
		b.WriteString(v.Bytes())
	}
	return f.run.s.limitedRaw(b.String())
}
