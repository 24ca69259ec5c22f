package codec

import (
	"fmt"
	"strconv"
	"strings"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

const (
	// lengthWidth is the width of a length field: what DBMS_LOB counts up to has 14 digits.
	lengthWidth = 20
	// MaxInline is how many pieces of a large object stand in its row at most,
	// and only if that is enough for the longest. More would fill rows with empty fields.
	MaxInline = 12
	// spillInline is how many stand there when the longest does not fit anyway:
	// common values stay with their rows.
	spillInline = 4
)

// large is what all large objects share. Their first field is the length, which
// is empty for NULL and 0 for an empty value, and then come the pieces. A value
// that is longer than the pieces together has none of them in its row.
type large struct {
	dataType string
	// value renders the large object of a column, restore the column's value of a large object.
	value, restore string
	// empty renders an empty value; "" where a value cannot be empty.
	empty string
	// digested renders a second large object that is part of a value's digest, "" for none.
	digested string
	// pieces is how values are cut.
	pieces pieces
}

// pieces is one way to cut large objects and put them together again.
type pieces struct {
	// variable is the PL/SQL type of the whole.
	variable string
	// units returns how much of a value is in a piece whose hex has at most limit bytes.
	units func(limit int) int
	// most is how many pieces one expression can put together where SQL texts have at most limit bytes.
	most func(limit int) int
	// hexPerUnit is how many hex digits a unit takes at most.
	hexPerUnit int
	// typicalHex is how many it takes usually.
	typicalHex int
	// write renders the hex of some units of a value from an offset on, both expressions.
	write func(value, units, offset string) string
	// split is set when units can be halves of a character, which have to stay together.
	split bool
	// join renders the value of some pieces.
	join func(fields []string) string
}

func (l large) claims(c *pb.Column) bool { return c.GetDataType() == l.dataType }

func (l large) declare(*pb.Column) (string, error) { return l.dataType, nil }

func (l large) object(ref string) string { return fmt.Sprintf(l.value, ref) }

func (l large) length(ref string) string {
	return fmt.Sprintf("DBMS_LOB.GETLENGTH(%s)", l.object(ref))
}

func (l large) measure(_ *pb.Column, ref string) Measure {
	return Measure{Length: l.length(ref), Size: l.length(ref)}
}

// fit cuts so that the longest value stands in its row, or else lets long
// values overflow.
func (l large) fit(p *pb.ColumnPlan, limit, inline int) {
	units := l.pieces.units(limit)
	most := min(inline, l.pieces.most(limit))
	wanted := (p.GetLongest() + int64(units) - 1) / int64(units)
	p.PieceChars = int32(units)
	p.Overflows = wanted > int64(most)
	if p.GetOverflows() {
		wanted = int64(min(most, spillInline))
	}
	p.Pieces = int32(wanted) + 1
}

func (l large) write(p *pb.ColumnPlan, ref string, field int) string {
	if field == 0 {
		return fmt.Sprintf("TO_CHAR(%s, 'TM9')", l.length(ref))
	}
	text := l.piece(p, l.object(ref), field)
	if !p.GetOverflows() {
		return text
	}
	return fmt.Sprintf("CASE WHEN %s <= %d THEN %s END", l.length(ref), inlineUnits(p), text)
}

// inlineUnits is the length of the longest value that stands in its row.
func inlineUnits(p *pb.ColumnPlan) int64 { return int64(p.GetPieces()-1) * int64(p.GetPieceChars()) }

// piece renders the nth piece of a value, from 1, without looking further
// than its row's pieces go.
func (l large) piece(p *pb.ColumnPlan, value string, n int) string {
	units := int(p.GetPieceChars())
	size, offset := strconv.Itoa(units), strconv.Itoa((n-1)*units+1)
	if l.pieces.split && n < int(p.GetPieces())-1 {
		size += " + " + shift(value, strconv.Itoa(n*units))
	}
	if l.pieces.split && n > 1 {
		before := shift(value, strconv.Itoa((n-1)*units))
		size, offset = size+" - "+before, offset+" + "+before
	}
	return l.pieces.write(value, size, offset)
}

// shift renders 1 if the character at an offset has its second half at the
// next one, so that the border between two pieces has to be behind it. DBMS_LOB
// counts a character beyond U+FFFF as two, and half of one is none.
func shift(value, offset string) string {
	return fmt.Sprintf("CASE LENGTH4(DBMS_LOB.SUBSTR(%s, 2, %s)) WHEN 1 THEN 1 ELSE 0 END", value, offset)
}

func (l large) width(p *pb.ColumnPlan, field int) int {
	if field == 0 {
		return lengthWidth
	}
	units := int64(p.GetPieceChars())
	if p.GetPieces() == 2 && !p.GetOverflows() {
		units = min(units, p.GetLongest())
	}
	return int(units) * l.pieces.hexPerUnit
}

func (l large) read(p *pb.ColumnPlan, fields []string) string {
	var b strings.Builder
	b.WriteString("CASE")
	if l.empty != "" {
		fmt.Fprintf(&b, " WHEN %s = '0' THEN %s", fields[0], l.empty)
	}
	if len(fields) > 1 {
		fmt.Fprintf(&b, " WHEN %s IS NOT NULL THEN %s", fields[0], fmt.Sprintf(l.restore, l.pieces.join(fields[1:])))
	}
	if b.Len() == len("CASE") {
		return "NULL"
	}
	return b.String() + " END"
}

func (l large) typical(_ *pb.ColumnPlan, average int64) int64 {
	return average*int64(l.pieces.typicalHex) + 4
}

// canonical is the length and the hash, which only DBMS_CRYPTO computes for
// large objects. It does so with the AL32UTF8 form of characters (reference,
// section 6.1). Empty ones are no value of it, so they are told apart here.
func (l large) canonical(_ *pb.Column, ref string) Canonical {
	text := fmt.Sprintf("CASE WHEN %[2]s = 0 THEN '0' ELSE TO_CHAR(%[2]s, 'TM9') || ':' || RAWTOHEX(DBMS_CRYPTO.HASH(%[1]s, 4)) END",
		l.object(ref), l.length(ref))
	if l.digested != "" {
		text += fmt.Sprintf(" || RAWTOHEX(DBMS_CRYPTO.HASH(%s, 4))", fmt.Sprintf(l.digested, ref))
	}
	return Canonical{Text: text, Width: lengthWidth + 1 + 2*sha256Hex, Readable: "TO_CHAR(" + l.length(ref) + ", 'TM9')", Crypto: true}
}
