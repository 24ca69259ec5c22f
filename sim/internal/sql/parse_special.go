package sql

import (
	"strings"
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// cast parses CAST(x AS type).
func (p *parser) cast(at At) Expr {
	if !p.peekAt(1).isOp("(") {
		return nil
	}
	p.at += 2
	if p.peek().is("MULTISET") {
		p.unimplemented("CAST MULTISET")
	}
	x := p.expr()
	p.expect("AS")
	t := p.typeName()
	if p.peek().is("DEFAULT") {
		p.unimplemented("CAST … DEFAULT … ON CONVERSION ERROR")
	}
	p.expectOp(")")
	return &Cast{At: at, X: x, Type: t}
}

var extractFields = set("YEAR MONTH DAY HOUR MINUTE SECOND TIMEZONE_HOUR TIMEZONE_MINUTE TIMEZONE_REGION TIMEZONE_ABBR")

// extract parses EXTRACT(field FROM x).
func (p *parser) extract(at At) Expr {
	if !p.peekAt(1).isOp("(") {
		return nil
	}
	p.at += 2
	field := p.peek().upper()
	if !extractFields[field] {
		p.fail(907, "missing right parenthesis")
	}
	p.at++
	p.expect("FROM")
	x := p.expr()
	p.expectOp(")")
	return &Extract{At: at, Field: field, X: x}
}

// trim parses TRIM([{LEADING | TRAILING | BOTH}] [chars] [FROM] x).
func (p *parser) trim(at At) Expr {
	if !p.peekAt(1).isOp("(") {
		return nil
	}
	p.at += 2
	t := &Trim{At: at, Side: "BOTH"}
	sided := true
	switch side := p.peek().upper(); side {
	case "LEADING", "TRAILING", "BOTH":
		t.Side = side
		p.at++
	default:
		sided = false
	}
	if !sided || !p.peek().is("FROM") {
		t.X = p.expr()
	}
	if p.accept("FROM") {
		t.Chars, t.X = t.X, p.expr()
	}
	p.expectOp(")")
	return t
}

// dateLiteral parses DATE '[-]YYYY-MM-DD', a year with a sign being one before
// Christ; DATE alone is reserved.
func (p *parser) dateLiteral(at At) Expr {
	if p.peekAt(1).kind != text {
		return nil
	}
	p.at++
	t := p.advance()
	digits, before := strings.CutPrefix(t.text, "-")
	v, err := time.Parse("2006-1-2", digits)
	if err != nil {
		p.failAt(t, 1861, "literal does not match format string")
	}
	if before {
		v = time.Date(-v.Year(), v.Month(), v.Day(), 0, 0, 0, 0, time.UTC)
	}
	return &Literal{At: at, Value: datum.FromDate(v)}
}

// The layouts of an ANSI timestamp literal, without and with an offset. It may
// leave out the fraction.
var (
	plainLayouts = []string{"2006-1-2 15:4:5.999999999", "2006-1-2"}
	zonedLayouts = []string{"2006-1-2 15:4:5.999999999 -07:00", "2006-1-2 15:4:5.999999999-07:00"}
)

// timestampLiteral parses TIMESTAMP '…' with an optional offset or region,
// which makes it a TIMESTAMP WITH TIME ZONE. It does not depend on NLS
// settings.
func (p *parser) timestampLiteral(at At) Expr {
	if p.peekAt(1).kind != text {
		return nil
	}
	p.at++
	t := p.advance()
	t.text = strings.TrimLeft(t.text, " ") // the dictionary writes a blank for a sign
	for _, layout := range plainLayouts {
		if v, err := time.Parse(layout, t.text); err == nil {
			return &Literal{At: at, Value: datum.FromTimestamp(v)}
		}
	}
	for _, layout := range zonedLayouts {
		if v, err := time.Parse(layout, t.text); err == nil {
			return &Literal{At: at, Value: datum.FromTimestampTZ(v, v.Format("-07:00"))}
		}
	}
	if v, ok := regionTimestamp(t.text); ok {
		return &Literal{At: at, Value: v}
	}
	p.failAt(t, 1861, "literal does not match format string")
	return nil
}

// regionTimestamp reads "2024-01-31 10:00:00 Europe/Berlin".
func regionTimestamp(s string) (datum.Value, bool) {
	for i := len(s) - 1; i > 0; i-- {
		if s[i] != ' ' {
			continue
		}
		zone, err := time.LoadLocation(s[i+1:])
		if err != nil || s[i+1:] == "" {
			return datum.NULL, false
		}
		v, err := time.ParseInLocation(plainLayouts[0], s[:i], zone)
		return datum.FromTimestampTZ(v, s[i+1:]), err == nil
	}
	return datum.NULL, false
}

// jsonObject parses JSON_OBJECT([members] [{NULL | ABSENT} ON NULL] [RETURNING
// type]).
func (p *parser) jsonObject(at At) Expr {
	if !p.peekAt(1).isOp("(") {
		return nil
	}
	p.at += 2
	j := &JSONObject{At: at}
	for !p.peek().isOp(")") && !p.jsonOption(j) {
		j.Pairs = append(j.Pairs, p.jsonPair())
		if !p.acceptOp(",") {
			break
		}
	}
	for p.jsonOption(j) {
	}
	p.expectOp(")")
	return j
}

// jsonPair parses [KEY] k {VALUE | : | IS} v [FORMAT JSON].
func (p *parser) jsonPair() JSONPair {
	if p.peek().isOp("*") {
		p.unimplemented("JSON_OBJECT(*)")
	}
	p.accept("KEY")
	pair := JSONPair{Key: p.sum()}
	if !p.acceptOp(":") && !p.accept("IS") {
		p.expect("VALUE")
	}
	pair.Value = p.expr()
	pair.JSON = p.accept("FORMAT", "JSON")
	return pair
}

// jsonOption parses an option at the end of JSON_OBJECT; false when there is
// none.
func (p *parser) jsonOption(j *JSONObject) bool {
	switch {
	case p.accept("ABSENT", "ON", "NULL"):
		j.Absent = true
	case p.accept("NULL", "ON", "NULL"):
	case p.accept("STRICT"):
	case p.accept("RETURNING"):
		t := p.typeName()
		j.Returning = &t
	default:
		return false
	}
	return true
}
