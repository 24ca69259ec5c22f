package codec

import (
	"fmt"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// number is NUMBER and FLOAT. TM9 writes all digits of a decimal, at most 64
// characters, in scientific form where plain digits would be longer.
type number struct{ single }

const (
	numberCharacters = `NLS_NUMERIC_CHARACTERS='.,'`
	maxNumberText    = 64
)

func (number) claims(c *pb.Column) bool {
	return c.GetDataType() == "NUMBER" || c.GetDataType() == "FLOAT"
}

func (number) declare(c *pb.Column) (string, error) {
	precision, scale := c.GetPrecision(), c.GetScale()
	if precision < 0 || precision > 126 || scale < -84 || scale > 127 {
		return "", invalid(c, "a NUMBER cannot have precision %d and scale %d", precision, scale)
	}
	switch {
	case c.GetDataType() == "FLOAT":
		if c.Precision == nil {
			return "FLOAT", nil
		}
		return fmt.Sprintf("FLOAT(%d)", precision), nil
	case c.Precision != nil:
		return fmt.Sprintf("NUMBER(%d,%d)", precision, scale), nil
	case c.Scale != nil:
		return fmt.Sprintf("NUMBER(*,%d)", scale), nil // INTEGER is NUMBER(*,0)
	default:
		return "NUMBER", nil
	}
}

func (number) write(_ *pb.ColumnPlan, ref string, _ int) string {
	return fmt.Sprintf("TO_CHAR(%s, 'TM9', %s)", ref, literal(numberCharacters))
}

// read needs no mask: TO_NUMBER takes plain and scientific digits, and the
// decimal point is the one the agent sets in every session.
func (number) read(_ *pb.ColumnPlan, fields []string) string {
	return fmt.Sprintf("TO_NUMBER(%s)", fields[0])
}

func (number) width(*pb.ColumnPlan, int) int { return maxNumberText }

func (n number) canonical(_ *pb.Column, ref string) Canonical {
	return plain(n.write(nil, ref, 0), maxNumberText)
}

func (number) typical(p *pb.ColumnPlan, _ int64) int64 {
	if digits := p.GetColumn().GetPrecision(); digits > 0 && p.GetColumn().GetDataType() == "NUMBER" {
		return int64(min(digits/2+2, 12))
	}
	return 7
}
