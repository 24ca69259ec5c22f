package codec

import (
	"fmt"
	"strings"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// raw is RAW, as its hex. Pieces count bytes.
type raw struct{}

func (raw) claims(c *pb.Column) bool { return c.GetDataType() == "RAW" }

func (raw) declare(c *pb.Column) (string, error) {
	if c.GetDataLength() < 1 || c.GetDataLength() > extendedBytes {
		return "", invalid(c, "%d is no length", c.GetDataLength())
	}
	return fmt.Sprintf("RAW(%d)", c.GetDataLength()), nil
}

func (raw) cut(c *pb.Column, limit int) (pieces, units int) {
	units = limit / 2
	if int(c.GetDataLength()) <= units {
		return 1, 0
	}
	return (int(c.GetDataLength()) + units - 1) / units, units
}

// write guards UTL_RAW.SUBSTR, which fails outside the value.
func (raw) write(p *pb.ColumnPlan, ref string, piece int) string {
	if p.GetPieces() == 1 {
		return fmt.Sprintf("RAWTOHEX(%s)", ref)
	}
	from, n := piece*int(p.GetPieceChars())+1, p.GetPieceChars()
	return fmt.Sprintf("CASE WHEN UTL_RAW.LENGTH(%s) >= %d THEN RAWTOHEX(UTL_RAW.SUBSTR(%s, %d, LEAST(%d, UTL_RAW.LENGTH(%s) - %d))) END",
		ref, from, ref, from, n, ref, from-1)
}

func (raw) read(p *pb.ColumnPlan, fields []string) string {
	parts := make([]string, len(fields))
	for i, f := range fields {
		parts[i] = fmt.Sprintf("HEXTORAW(%s)", f)
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return fmt.Sprintf("UTL_RAW.CONCAT(%s)", strings.Join(parts, ", "))
}

func (raw) width(p *pb.ColumnPlan) int {
	if p.GetPieces() == 1 {
		return 2 * int(p.GetColumn().GetDataLength())
	}
	return 2 * int(p.GetPieceChars())
}

func (raw) typical(c *pb.Column) int { return 2 * min(int(c.GetDataLength()), 16) }

func (raw) canonical(_ *pb.Column, ref string) Canonical { return hashed(ref, "RAWTOHEX("+ref+")") }
