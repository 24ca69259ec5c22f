package codec

import (
	"fmt"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// binaryFloat is BINARY_FLOAT and BINARY_DOUBLE, as the hex of their IEEE 754
// form: decimal text would lose bits, NaN, the infinities or the sign of zero.
type binaryFloat struct{ single }

func (binaryFloat) claims(c *pb.Column) bool {
	return c.GetDataType() == "BINARY_FLOAT" || c.GetDataType() == "BINARY_DOUBLE"
}

func (binaryFloat) declare(c *pb.Column) (string, error) { return c.GetDataType(), nil }

func (binaryFloat) write(p *pb.ColumnPlan, ref string, _ int) string {
	return fmt.Sprintf("RAWTOHEX(UTL_RAW.CAST_FROM_%s(%s))", p.GetColumn().GetDataType(), ref)
}

func (binaryFloat) read(p *pb.ColumnPlan, fields []string) string {
	return fmt.Sprintf("UTL_RAW.CAST_TO_%s(HEXTORAW(%s))", p.GetColumn().GetDataType(), fields[0])
}

func (binaryFloat) width(p *pb.ColumnPlan, _ int) int {
	if p.GetColumn().GetDataType() == "BINARY_FLOAT" {
		return 8
	}
	return 16
}

func (f binaryFloat) typical(p *pb.ColumnPlan, _ int64) int64 { return int64(f.width(p, 0)) }

func (f binaryFloat) canonical(c *pb.Column, ref string) Canonical {
	p := &pb.ColumnPlan{Column: c}
	return Canonical{Text: f.write(p, ref, 0), Width: f.width(p, 0), Readable: "TO_CHAR(" + ref + ", 'TM9', " + literal(numberCharacters) + ")"}
}

// boolean is BOOLEAN, of release 23 and later.
type boolean struct{ single }

func (boolean) claims(c *pb.Column) bool { return c.GetDataType() == "BOOLEAN" }

func (boolean) declare(*pb.Column) (string, error) { return "BOOLEAN", nil }

func (boolean) write(_ *pb.ColumnPlan, ref string, _ int) string {
	return fmt.Sprintf("CASE WHEN %s THEN 'T' WHEN NOT %s THEN 'F' END", ref, ref)
}

func (boolean) read(_ *pb.ColumnPlan, fields []string) string {
	return fmt.Sprintf("CASE %s WHEN 'T' THEN TRUE WHEN 'F' THEN FALSE END", fields[0])
}

func (boolean) width(*pb.ColumnPlan, int) int { return 1 }

func (boolean) typical(*pb.ColumnPlan, int64) int64 { return 1 }

func (b boolean) canonical(_ *pb.Column, ref string) Canonical { return plain(b.write(nil, ref, 0), 1) }
