package codec

import (
	"fmt"
	"slices"
	"strconv"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// An Overflow is how the values of a column that are too long for the fields of
// their rows get into files: cut into pieces, one in a row, in objects of their own.
type Overflow struct {
	family large
	plan   *pb.ColumnPlan
}

// OverflowOf returns the overflow of a column, or ok false for a column without.
//
// Error: REASON_REQUEST_INVALID for a plan that Plan cannot have made.
func OverflowOf(p *pb.ColumnPlan) (o Overflow, ok bool, err error) {
	if !p.GetOverflows() {
		return Overflow{}, false, nil
	}
	f, err := carrier(p)
	if err != nil {
		return Overflow{}, false, err
	}
	l, ok := f.(large)
	return Overflow{l, p}, ok, nil
}

// AnyOverflow reports whether values of a planned column can overflow.
func AnyOverflow(columns []*pb.ColumnPlan) bool {
	return slices.ContainsFunc(columns, func(p *pb.ColumnPlan) bool { return p.GetOverflows() && p.GetLeftOut() == "" })
}

// Object renders the large object of the column, on the source.
func (o Overflow) Object(ref string) string { return o.family.object(ref) }

// Overflows renders the condition that a value of the given length overflows. NULL does not.
func (o Overflow) Overflows(length string) string {
	return fmt.Sprintf("%s > %d", length, inlineUnits(o.plan))
}

// Pieces renders how many pieces a value of the given length has.
func (o Overflow) Pieces(length string) string {
	return fmt.Sprintf("CEIL(%s / %d)", length, o.plan.GetPieceChars())
}

// Piece renders the nth piece of a large object, from 1; both are expressions.
func (o Overflow) Piece(object, n string) string {
	units := strconv.Itoa(int(o.plan.GetPieceChars()))
	size, offset := units, "("+n+" - 1) * "+units+" + 1"
	if o.family.pieces.split {
		before := shift(object, "("+n+" - 1) * "+units)
		size += " + " + shift(object, n+" * "+units) + " - " + before
		offset += " + " + before
	}
	return o.family.pieces.write(object, size, offset)
}

// Width is the longest piece in bytes.
func (o Overflow) Width() int { return int(o.plan.GetPieceChars()) * o.family.pieces.hexPerUnit }

// Variable is the type of the PL/SQL variable that a value is put together in.
func (o Overflow) Variable() string { return o.family.pieces.variable }

// Append renders the PL/SQL statement that adds a piece to a variable.
func (o Overflow) Append(variable, piece string) string {
	return fmt.Sprintf("DBMS_LOB.APPEND(%s, %s);", variable, o.family.pieces.join([]string{piece}))
}

// Value renders the column's value of a variable.
func (o Overflow) Value(variable string) string { return fmt.Sprintf(o.family.restore, variable) }
