package codec

import (
	"fmt"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

const (
	// rowidText is the length of a ROWID as text: letters, digits, + and /.
	rowidText = 18
	// urowidText bounds a UROWID as text, which also may have * and =.
	urowidText = 4000
)

// rowid is ROWID and UROWID columns. What they say is copied; what it meant on
// the source it does not mean on the target.
type rowid struct{ single }

func (rowid) claims(c *pb.Column) bool {
	return c.GetDataType() == "ROWID" || c.GetDataType() == "UROWID"
}

func (rowid) declare(c *pb.Column) (string, error) {
	if n := c.GetDataLength(); c.GetDataType() == "UROWID" && n > 0 && n < urowidText {
		return fmt.Sprintf("UROWID(%d)", n), nil
	}
	return c.GetDataType(), nil
}

func (rowid) write(p *pb.ColumnPlan, ref string, _ int) string {
	if p.GetColumn().GetDataType() == "ROWID" {
		return fmt.Sprintf("ROWIDTOCHAR(%s)", ref)
	}
	return fmt.Sprintf("CAST(%s AS VARCHAR2(%d))", ref, urowidText)
}

func (rowid) read(p *pb.ColumnPlan, fields []string) string {
	if p.GetColumn().GetDataType() == "ROWID" {
		return fmt.Sprintf("CHARTOROWID(%s)", fields[0])
	}
	return fmt.Sprintf("CAST(%s AS UROWID)", fields[0])
}

func (rowid) width(p *pb.ColumnPlan, _ int) int {
	if p.GetColumn().GetDataType() == "ROWID" {
		return rowidText
	}
	return urowidText
}

func (rowid) typical(*pb.ColumnPlan, int64) int64 { return rowidText }

func (r rowid) canonical(c *pb.Column, ref string) Canonical {
	text := r.write(&pb.ColumnPlan{Column: c}, ref, 0)
	if c.GetDataType() == "ROWID" {
		return plain(text, rowidText)
	}
	return hashed(text, text)
}
