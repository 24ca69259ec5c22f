package codec

import (
	"fmt"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// raw is RAW, as its hex. Pieces count bytes.
type raw struct{}

func (raw) claims(c *pb.Column) bool { return c.GetDataType() == "RAW" }

func (raw) declare(c *pb.Column) (string, error) {
	if c.GetDataLength() < 1 || c.GetDataLength() > extendedBytes {
		return "", invalid(c, "a column cannot be %d long", c.GetDataLength())
	}
	return fmt.Sprintf("RAW(%d)", c.GetDataLength()), nil
}

func (raw) fit(p *pb.ColumnPlan, limit, _ int) {
	units, length := limit/2, int(p.GetColumn().GetDataLength())
	if length <= units {
		p.Pieces = 1
		return
	}
	p.Pieces, p.PieceChars = int32((length+units-1)/units), int32(units)
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

func (raw) read(_ *pb.ColumnPlan, fields []string) string { return joinedRaw(fields) }

func (raw) width(p *pb.ColumnPlan, _ int) int {
	if p.GetPieces() == 1 {
		return 2 * int(p.GetColumn().GetDataLength())
	}
	return 2 * int(p.GetPieceChars())
}

func (raw) typical(p *pb.ColumnPlan, _ int64) int64 {
	return 2 * int64(min(p.GetColumn().GetDataLength(), 16))
}

func (raw) canonical(_ *pb.Column, ref string) Canonical { return hashed(ref, "RAWTOHEX("+ref+")") }

// rawLimit is the longest RAW in bytes where SQL texts have limit bytes.
func rawLimit(limit int) int {
	if limit == standardBytes {
		return standardBytes / 2
	}
	return limit
}
