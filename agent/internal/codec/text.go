package codec

import (
	"fmt"
	"strings"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// maxCharBytes is the most bytes a character takes, in AL32UTF8 and, as a
// surrogate pair, in AL16UTF16.
const maxCharBytes = 4

// text is VARCHAR2 and CHAR, as the hex of their bytes in the database
// character set. The value and its hex both have to fit in an SQL text or RAW,
// so long columns are cut into pieces of whole characters.
type text struct{}

func (text) claims(c *pb.Column) bool {
	return c.GetDataType() == "VARCHAR2" || c.GetDataType() == "CHAR"
}

func (text) declare(c *pb.Column) (string, error) {
	if c.GetDataLength() < 1 || c.GetDataLength() > extendedBytes || c.GetCharLength() < 0 || c.GetCharLength() > extendedBytes {
		return "", invalid(c, "a column cannot be %d long", c.GetDataLength())
	}
	if c.GetCharSemantics() {
		return fmt.Sprintf("%s(%d CHAR)", c.GetDataType(), c.GetCharLength()), nil
	}
	return fmt.Sprintf("%s(%d BYTE)", c.GetDataType(), c.GetDataLength()), nil
}

func (text) fit(p *pb.ColumnPlan, limit, _ int) { cutText(p, limit) }

func (text) measure(_ *pb.Column, ref string) Measure { return measureText(ref) }

func (text) write(p *pb.ColumnPlan, ref string, piece int) string {
	if isPlain(p) {
		return pieceOf(p, ref, piece)
	}
	return fmt.Sprintf("RAWTOHEX(UTL_RAW.CAST_TO_RAW(%s))", pieceOf(p, ref, piece))
}

func (text) read(p *pb.ColumnPlan, fields []string) string {
	if isPlain(p) {
		return strings.Join(fields, " || ")
	}
	return joined("UTL_RAW.CAST_TO_VARCHAR2", fields)
}

func (text) width(p *pb.ColumnPlan, _ int) int { return textWidth(p) }

func (text) typical(p *pb.ColumnPlan, average int64) int64 { return typicalText(p, average) }

func (text) canonical(_ *pb.Column, ref string) Canonical { return hashed(ref, ref) }

// nationalText is NVARCHAR2 and NCHAR, as the hex of their AL16UTF16 form.
type nationalText struct{}

func (nationalText) claims(c *pb.Column) bool {
	return c.GetDataType() == "NVARCHAR2" || c.GetDataType() == "NCHAR"
}

func (nationalText) declare(c *pb.Column) (string, error) {
	if c.GetCharLength() < 1 || c.GetCharLength() > extendedBytes {
		return "", invalid(c, "a column cannot be %d long", c.GetCharLength())
	}
	return fmt.Sprintf("%s(%d)", c.GetDataType(), c.GetCharLength()), nil
}

func (nationalText) fit(p *pb.ColumnPlan, limit, _ int) { cutText(p, limit) }

func (nationalText) measure(_ *pb.Column, ref string) Measure { return measureText(ref) }

func (nationalText) write(p *pb.ColumnPlan, ref string, piece int) string {
	if isPlain(p) {
		return fmt.Sprintf("TO_CHAR(%s)", pieceOf(p, ref, piece))
	}
	return fmt.Sprintf("RAWTOHEX(UTL_RAW.CAST_TO_RAW(%s))", pieceOf(p, ref, piece))
}

func (nationalText) read(p *pb.ColumnPlan, fields []string) string {
	if isPlain(p) {
		return "TO_NCHAR(" + strings.Join(fields, ") || TO_NCHAR(") + ")"
	}
	return joined("UTL_RAW.CAST_TO_NVARCHAR2", fields)
}

func (nationalText) width(p *pb.ColumnPlan, _ int) int { return textWidth(p) }

func (nationalText) typical(p *pb.ColumnPlan, average int64) int64 { return typicalText(p, average) }

func (nationalText) canonical(_ *pb.Column, ref string) Canonical { return hashed(ref, ref) }

// cutText cuts a text so that each piece has at most half of limit in bytes:
// its hex is twice as long. The pieces of a plain text have all of it.
func cutText(p *pb.ColumnPlan, limit int) {
	c, room := p.GetColumn(), limit/2
	if isPlain(p) {
		room = limit
	}
	if int(c.GetDataLength()) <= room {
		p.Pieces = 1
		return
	}
	units := room / maxCharBytes
	p.Pieces, p.PieceChars = int32((int(c.GetCharLength())+units-1)/units), int32(units)
}

// pieceOf renders one piece of a text. Beyond its end SUBSTR is NULL, and so
// is everything made of it.
func pieceOf(p *pb.ColumnPlan, ref string, piece int) string {
	if p.GetPieces() == 1 {
		return ref
	}
	return fmt.Sprintf("SUBSTR(%s, %d, %d)", ref, piece*int(p.GetPieceChars())+1, p.GetPieceChars())
}

// joined puts the decoded pieces together again. NULL pieces add nothing.
func joined(function string, fields []string) string {
	parts := make([]string, len(fields))
	for i, f := range fields {
		parts[i] = fmt.Sprintf("%s(HEXTORAW(%s))", function, f)
	}
	return strings.Join(parts, " || ")
}

func textWidth(p *pb.ColumnPlan) int {
	bytes := maxCharBytes * int(p.GetPieceChars())
	if p.GetPieces() == 1 {
		bytes = int(p.GetColumn().GetDataLength())
	}
	if isPlain(p) {
		return bytes
	}
	return 2 * bytes
}
