package codec

import (
	"fmt"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// native is a family of which Data Pump files carry the values as they are, in
// one field of the staging table with the column's own type.
type native struct{ family }

// dumpable reports whether Data Pump files carry values of a family (reference,
// section 1.6). Large objects are among them, and documents go as large objects. What
// is not listed there, or means something only together with a database's time
// zone files, is carried as text also in a Data Pump file.
func dumpable(f family) bool {
	switch f.(type) {
	case number, text, nationalText, date, timestamp, raw, large:
		return true
	default:
		return false
	}
}

func (native) fit(p *pb.ColumnPlan, _, _ int) { p.Pieces = 1 }

func (n native) write(_ *pb.ColumnPlan, ref string, _ int) string {
	if l, ok := n.family.(large); ok {
		return l.object(ref)
	}
	return ref
}

func (n native) read(_ *pb.ColumnPlan, fields []string) string {
	l, ok := n.family.(large)
	if !ok || l.restore == "%s" {
		return fields[0]
	}
	return fmt.Sprintf("CASE WHEN %s IS NOT NULL THEN %s END", fields[0], fmt.Sprintf(l.restore, fields[0]))
}

// width is 0: the value is no text.
func (native) width(*pb.ColumnPlan, int) int { return 0 }

// typical halves the hex.
func (n native) typical(p *pb.ColumnPlan, average int64) int64 {
	return n.family.typical(&pb.ColumnPlan{Column: p.GetColumn(), Pieces: 1}, average)/2 + 1
}

// kept is the type of the field.
func (n native) kept(c *pb.Column) (string, error) {
	if l, ok := n.family.(large); ok {
		return l.pieces.variable, nil
	}
	return n.declare(c)
}

// Types returns the types that the column's fields have in the staging table.
func Types(p *pb.ColumnPlan) ([]string, error) {
	f, err := carrier(p)
	if err != nil {
		return nil, err
	}
	if n, ok := f.(native); ok {
		declared, err := n.kept(p.GetColumn())
		return []string{declared}, err
	}
	types := make([]string, p.GetPieces())
	for i := range types {
		types[i] = TextType(f.width(p, i))
	}
	return types, nil
}

// TextType is the type of a field with texts of so many bytes.
func TextType(bytes int) string { return fmt.Sprintf("VARCHAR2(%d BYTE)", bytes) }
