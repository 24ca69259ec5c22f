package sql

import "github.com/adbferry/adbferry/sim/internal/datum"

// noScale is the scale of NUMBER without precision and of FLOAT, as on the wire.
const noScale = -127

// typeName parses a data type.
func (p *parser) typeName() TypeName {
	at := p.here()
	t := p.peek()
	parse, ok := typeParsers[t.upper()]
	if !ok {
		if p.block {
			return p.anchored(at)
		}
		p.fail(902, "invalid datatype")
	}
	p.at++
	out := parse(p)
	out.At, out.Word = at, t.upper()
	return out
}

// anchored parses name%TYPE.
func (p *parser) anchored(at At) TypeName {
	if !p.isIdent() {
		p.fail(902, "invalid datatype")
	}
	path := []string{p.ident()}
	for p.acceptOp(".") {
		path = append(path, p.ident())
	}
	if !p.acceptOp("%") {
		return TypeName{At: at, Of: path}
	}
	if p.peek().is("ROWTYPE") {
		p.unimplemented("%ROWTYPE")
	}
	p.expect("TYPE")
	return TypeName{At: at, Of: path}
}

var typeParsers map[string]func(*parser) TypeName

func init() {
	plain := func(t datum.Type) func(*parser) TypeName {
		return func(*parser) TypeName { return TypeName{Type: t} }
	}
	integer := func(*parser) TypeName {
		return TypeName{Type: datum.Type{Kind: datum.Number, Precision: 38}, Star: true}
	}
	plInteger := plain(datum.Type{Kind: datum.Number, Precision: 38})
	typeParsers = map[string]func(*parser) TypeName{
		"VARCHAR2":  func(p *parser) TypeName { return p.textType(false, false) },
		"VARCHAR":   func(p *parser) TypeName { return p.textType(false, false) },
		"CHAR":      (*parser).charType,
		"CHARACTER": (*parser).charType,
		"NATIONAL":  (*parser).nationalType,
		"NVARCHAR2": func(p *parser) TypeName { return p.textType(false, true) },
		"NCHAR":     func(p *parser) TypeName { return p.textType(true, true) },
		"NUMBER":    (*parser).numberType, "NUMERIC": (*parser).numberType,
		"DECIMAL": (*parser).numberType, "DEC": (*parser).numberType,
		"INTEGER": integer, "INT": integer, "SMALLINT": integer,
		"FLOAT":  (*parser).floatType,
		"REAL":   plain(datum.Type{Kind: datum.Number, Precision: 63, Scale: noScale}),
		"DOUBLE": (*parser).doubleType,
		"DATE":   plain(datum.Type{Kind: datum.Date}), "TIMESTAMP": (*parser).timestampType,
		"INTERVAL": (*parser).intervalType, "RAW": (*parser).rawType, "LONG": (*parser).longType,
		"CLOB": plain(datum.Type{Kind: datum.Clob}), "NCLOB": plain(datum.Type{Kind: datum.Clob, National: true}),
		"JSON": plain(datum.Type{Kind: datum.Clob, Document: datum.JSON}), "XMLTYPE": plain(datum.Type{Kind: datum.Clob, Document: datum.XML}),
		"BLOB": plain(datum.Type{Kind: datum.Blob}), "ROWID": plain(datum.Type{Kind: datum.Rowid, Size: 18}),
		"UROWID":       plain(datum.Type{Kind: datum.Rowid, Size: 4000}),
		"BINARY_FLOAT": plain(datum.Type{Kind: datum.BinaryFloat}), "BINARY_DOUBLE": plain(datum.Type{Kind: datum.BinaryDouble}),
		"BOOLEAN": (*parser).booleanType,
		// PL/SQL only, but harmless names elsewhere: the engine refuses a column of such a type.
		"PLS_INTEGER": plInteger, "BINARY_INTEGER": plInteger, "SIMPLE_INTEGER": plInteger,
		"NATURAL": plInteger, "POSITIVE": plInteger,
		"STRING":        func(p *parser) TypeName { return p.textType(false, false) },
		"SYS_REFCURSOR": plain(datum.Type{}),
	}
	for _, word := range []string{"BFILE", "VECTOR", "SDO_GEOMETRY"} {
		typeParsers[word] = func(p *parser) TypeName {
			p.unimplemented(word)
			return TypeName{}
		}
	}
}

// booleanType accepts BOOLEAN in PL/SQL; a column cannot have it before release
// 23.
func (p *parser) booleanType() TypeName {
	if !p.block {
		p.at--
		p.fail(902, "invalid datatype")
	}
	return TypeName{Type: datum.Type{Kind: datum.Boolean}}
}

// charType parses CHAR(n), and CHARACTER VARYING as VARCHAR2.
func (p *parser) charType() TypeName {
	if p.accept("VARYING") {
		return p.textType(false, false)
	}
	return p.textType(true, false)
}

// nationalType parses NATIONAL CHARACTER [VARYING] (n), which is NCHAR or NVARCHAR2.
func (p *parser) nationalType() TypeName {
	if !p.accept("CHARACTER") && !p.accept("CHAR") {
		p.fail(902, "invalid datatype")
	}
	return p.textType(!p.accept("VARYING"), true)
}

// textType parses (n [BYTE|CHAR]). In PL/SQL parameters and declarations of
// subtypes the length may be absent; so it may for CHAR, which then is one long.
func (p *parser) textType(fixed, national bool) TypeName {
	t := TypeName{Type: datum.Type{Kind: datum.Text, Fixed: fixed, National: national}, Unsized: !national}
	n := 1
	if p.acceptOp("(") {
		if n = p.integer(); n == 0 {
			p.at--
			p.fail(1723, "zero-length columns are not allowed")
		}
		switch {
		case p.accept("BYTE"):
			t.Unsized = false
		case p.accept("CHAR"):
			t.Unsized = false
			t.Type.CharSized = true
		}
		p.expectOp(")")
	} else if !fixed && !p.block {
		p.fail(906, "missing left parenthesis")
	} else if !fixed {
		n = 32767
	}
	t.Type.CharSized = t.Type.CharSized || national
	t.Type.Chars, t.Type.Size = n, n
	return t
}

// numberType parses NUMBER[(p | *)[, s]]: precision 1 to 38, scale -84 to 127.
func (p *parser) numberType() TypeName {
	t := TypeName{Type: datum.Type{Kind: datum.Number, Scale: noScale}}
	if !p.acceptOp("(") {
		return t
	}
	t.Type.Scale = 0
	if p.acceptOp("*") {
		t.Type.Precision, t.Star = 38, true
	} else if t.Type.Precision = p.integer(); t.Type.Precision < 1 || t.Type.Precision > 38 {
		p.at--
		p.fail(1727, "numeric precision specifier is out of range (1 to 38)")
	}
	if p.acceptOp(",") {
		negative := p.acceptOp("-")
		if t.Type.Scale = p.integer(); negative {
			t.Type.Scale = -t.Type.Scale
		}
		if t.Type.Scale < -84 || t.Type.Scale > 127 {
			p.at--
			p.fail(1728, "numeric scale specifier is out of range (-84 to 127)")
		}
	}
	p.expectOp(")")
	return t
}

// floatType parses FLOAT[(p)], whose precision counts binary digits.
func (p *parser) floatType() TypeName {
	t := TypeName{Type: datum.Type{Kind: datum.Number, Precision: 126, Scale: noScale}}
	if p.acceptOp("(") {
		if t.Type.Precision = p.integer(); t.Type.Precision < 1 || t.Type.Precision > 126 {
			p.at--
			p.fail(30089, "precision of FLOAT is out of range (1 to 126)")
		}
		p.expectOp(")")
	}
	return t
}

// doubleType parses DOUBLE PRECISION, which is FLOAT(126).
func (p *parser) doubleType() TypeName {
	p.expect("PRECISION")
	return TypeName{Type: datum.Type{Kind: datum.Number, Precision: 126, Scale: noScale}}
}

// digits parses an optional (n) of at most 9.
func (p *parser) digits(otherwise int) int {
	if !p.acceptOp("(") {
		return otherwise
	}
	n := p.integer()
	if n > 9 {
		p.at--
		p.fail(30088, "datetime/interval precision is out of range")
	}
	p.expectOp(")")
	return n
}

// timestampType parses TIMESTAMP[(n)] [WITH [LOCAL] TIME ZONE]; n is 6 when
// left out.
func (p *parser) timestampType() TypeName {
	t := TypeName{Type: datum.Type{Kind: datum.Timestamp, Scale: p.digits(6)}}
	if p.accept("WITH") {
		t.Type.Kind = datum.TimestampTZ
		if p.accept("LOCAL") {
			t.Type.Kind = datum.TimestampLTZ
		}
		p.expect("TIME", "ZONE")
	}
	return t
}

// intervalType parses both intervals with their precisions.
func (p *parser) intervalType() TypeName {
	if p.accept("YEAR") {
		t := datum.Type{Kind: datum.IntervalYM, Precision: p.digits(2)}
		p.expect("TO", "MONTH")
		return TypeName{Type: t}
	}
	p.expect("DAY")
	t := datum.Type{Kind: datum.IntervalDS, Precision: p.digits(2)}
	p.expect("TO", "SECOND")
	t.Scale = p.digits(6)
	return TypeName{Type: t}
}

// rawType parses RAW(n); the length is checked against max_string_size by the
// engine.
func (p *parser) rawType() TypeName {
	t := datum.Type{Kind: datum.Raw, Size: 32767}
	if p.acceptOp("(") {
		t.Size = p.integer()
		p.expectOp(")")
	} else if !p.block {
		p.fail(906, "missing left parenthesis")
	}
	return TypeName{Type: t}
}

// longType parses LONG and LONG RAW.
func (p *parser) longType() TypeName {
	if p.accept("RAW") {
		return TypeName{Type: datum.Type{Kind: datum.Raw, Long: true, Size: 1<<31 - 1}}
	}
	return TypeName{Type: datum.Type{Kind: datum.Text, Long: true, Size: 1<<31 - 1, Chars: 1<<31 - 1}}
}
