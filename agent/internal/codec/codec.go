// Package codec knows, per family of column types and file format, how a value
// is written by the source's query, kept in the target's staging table, and made
// a value again: three SQL texts that belong together. What no family claims is
// not carried, with a reason.
//
// Every written value consists of digits, letters and - + : . / _ ~ and single
// blanks, so no newline, quote, delimiter, character set or NLS setting can
// touch it. Texts are written as they are where the format bears any character,
// or where a scan has proven that they are printable ASCII without anything that
// a file could mistake. Data Pump files carry values of their own types.
//
// Facts: reference, sections 6.3, 8.1 and 11.1.
package codec

import (
	"cmp"
	"fmt"
	"strings"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

const (
	// standardBytes and extendedBytes are the two values of max_string_bytes.
	standardBytes = 4000
	extendedBytes = 32767
)

// A family carries one kind of column types.
type family interface {
	// claims reports whether the column's type is of this family.
	claims(c *pb.Column) bool
	// declare renders the type for CREATE TABLE.
	declare(c *pb.Column) (string, error)
	// fit decides how many fields the value needs where SQL texts have at most
	// limit bytes, and how many units of the value go into each. Of a large
	// object at most inline pieces stand in the row.
	fit(p *pb.ColumnPlan, limit, inline int)
	// write renders the expression of one field; ref is the quoted column.
	write(p *pb.ColumnPlan, ref string, field int) string
	// width is the longest text of one field in bytes.
	width(p *pb.ColumnPlan, field int) int
	// read renders the expression that makes the value of the fields.
	read(p *pb.ColumnPlan, fields []string) string
	// typical is a guess at the text of a value, in bytes, for estimates; average
	// is the mean length that a scan found, 0 for none.
	typical(p *pb.ColumnPlan, average int64) int64
	// canonical renders how a value that is not NULL enters digests.
	canonical(c *pb.Column, ref string) Canonical
}

// families are asked in order.
var families = []family{
	number{},
	binaryFloat{},
	text{},
	nationalText{},
	date{},
	timestamp{},
	timestampTZ{},
	timestampLTZ{},
	interval{},
	raw{},
	boolean{},
	clob,
	nclob,
	blob,
	xmlType,
	jsonType,
	rowid{},
}

func familyOf(c *pb.Column) family {
	for _, f := range families {
		if f.claims(c) {
			return f
		}
	}
	return nil
}

// Plan decides how a column is carried. A column that cannot be is left out
// with the reason; the decision is part of the table's plan and the same on
// every call.
func Plan(c *pb.Column, b Basis) *pb.ColumnPlan {
	p := &pb.ColumnPlan{Column: c}
	f := familyOf(c)
	switch {
	case c.GetVirtual():
		p.LeftOut = virtual
	case f == nil:
		p.LeftOut = uncarried(c.GetDataType())
	default:
		if p.LeftOut = tooLong(c, textLimit(b.MaxStringBytes)); p.GetLeftOut() != "" {
			return p
		}
		if _, ok := f.(large); ok {
			p.Longest = b.Found.Longest
		}
		p.Encoding = b.encoding(f)
		encoded(f, p.GetEncoding()).fit(p, b.fieldLimit(), min(cmp.Or(b.Inline, MaxInline), MaxInline))
	}
	return p
}

// textLimit is max_string_bytes, or the smaller of its two values when it is unknown.
func textLimit(maxStringBytes int) int {
	if maxStringBytes >= extendedBytes {
		return extendedBytes
	}
	return standardBytes
}

// tooLong says why a column cannot exist where SQL texts have limit bytes.
func tooLong(c *pb.Column, limit int) string {
	longest := limit
	switch familyOf(c).(type) {
	case large, rowid:
		return ""
	case raw:
		longest = rawLimit(limit)
	}
	if int(c.GetDataLength()) <= longest {
		return ""
	}
	return fmt.Sprintf("%s of %d bytes: one of the databases has MAX_STRING_SIZE = STANDARD", c.GetDataType(), c.GetDataLength())
}

// Declaration renders a column's type as CREATE TABLE wants it. Two columns
// have the same type when their declarations are equal.
//
// Error: REASON_REQUEST_INVALID when no family claims the type or its text is malformed.
func Declaration(c *pb.Column) (string, error) {
	f := familyOf(c)
	if f == nil {
		return "", unknownType(c)
	}
	return f.declare(c)
}

// Write returns the expressions of the column's fields, for the source's query.
func Write(p *pb.ColumnPlan, ref string) ([]string, error) {
	f, err := carrier(p)
	if err != nil {
		return nil, err
	}
	fields := make([]string, p.GetPieces())
	for i := range fields {
		fields[i] = f.write(p, ref, i)
	}
	return fields, nil
}

// Widths returns the longest text of each of the column's fields in bytes.
func Widths(p *pb.ColumnPlan) ([]int, error) {
	f, err := carrier(p)
	if err != nil {
		return nil, err
	}
	widths := make([]int, p.GetPieces())
	for i := range widths {
		widths[i] = f.width(p, i)
	}
	return widths, nil
}

// Read returns the expression that makes the column's value of its fields,
// which are quoted columns of the staging table.
func Read(p *pb.ColumnPlan, fields []string) (string, error) {
	f, err := carrier(p)
	if err != nil {
		return "", err
	}
	if len(fields) != int(p.GetPieces()) {
		return "", invalid(p.GetColumn(), "the plan wants %d fields and got %d", p.GetPieces(), len(fields))
	}
	return f.read(p, fields), nil
}

// carrier finds the family of a planned column. A plan comes over the wire, so
// it is checked to be one that Plan can have made.
func carrier(p *pb.ColumnPlan) (family, error) {
	c := p.GetColumn()
	f := familyOf(c)
	if f == nil || p.GetLeftOut() != "" || p.GetLongest() < 0 {
		return nil, unknownType(c)
	}
	if f = encoded(f, p.GetEncoding()); f == nil {
		return nil, invalid(c, "encoding %s does not fit this column", p.GetEncoding())
	}
	for _, limit := range []int{extendedBytes, standardBytes} {
		for inline := MaxInline; inline > 0; inline-- {
			made := &pb.ColumnPlan{Column: c, Longest: p.GetLongest(), Encoding: p.GetEncoding()}
			f.fit(made, limit, inline)
			if made.GetPieces() == p.GetPieces() && made.GetPieceChars() == p.GetPieceChars() && made.GetOverflows() == p.GetOverflows() {
				return f, nil
			}
		}
	}
	return nil, invalid(c, "a column cannot be cut into %d pieces of %d", p.GetPieces(), p.GetPieceChars())
}

func unknownType(c *pb.Column) error {
	return invalid(c, "type %s is not carried", c.GetDataType())
}

func invalid(c *pb.Column, format string, args ...any) error {
	return apierr.New(codes.InvalidArgument, pb.Reason_REASON_REQUEST_INVALID, "column %q: %s", c.GetName(), fmt.Sprintf(format, args...)).
		WithFact("column", c.GetName())
}

// single is embedded by families whose values always fit in one field.
type single struct{}

func (single) fit(p *pb.ColumnPlan, _, _ int) { p.Pieces = 1 }

// literal renders a text literal; the masks of this package need no more.
func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
