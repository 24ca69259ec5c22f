package codec

import (
	"fmt"
	"regexp"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// The masks: years have a sign, fractions all nine digits, zones their region
// and whether daylight saving applies.
const (
	maskDate        = "SYYYY-MM-DD HH24:MI:SS"
	maskTimestamp   = "SYYYY-MM-DD HH24:MI:SS.FF9"
	maskTimestampTZ = "SYYYY-MM-DD HH24:MI:SS.FF9 TZR TZD"
	// widths of texts in those masks; the longest region name has 38 characters.
	widthDate        = 20
	widthTimestamp   = 30
	widthTimestampTZ = 90
)

// Types as the dictionary writes them; never compared with equality, because
// the fraction is part of the word (reference, section 8.1).
var (
	timestampType    = regexp.MustCompile(`^TIMESTAMP\((\d)\)$`)
	timestampTZType  = regexp.MustCompile(`^TIMESTAMP\((\d)\) WITH TIME ZONE$`)
	timestampLTZType = regexp.MustCompile(`^TIMESTAMP\((\d)\) WITH LOCAL TIME ZONE$`)
)

// date is DATE, which has hours, minutes and seconds.
type date struct{ single }

func (date) claims(c *pb.Column) bool { return c.GetDataType() == "DATE" }

func (date) declare(*pb.Column) (string, error) { return "DATE", nil }

func (date) write(_ *pb.ColumnPlan, ref string, _ int) string {
	return fmt.Sprintf("TO_CHAR(%s, %s)", ref, literal(maskDate))
}

func (date) read(_ *pb.ColumnPlan, fields []string) string {
	return fmt.Sprintf("TO_DATE(%s, %s)", fields[0], literal(maskDate))
}

func (date) width(*pb.ColumnPlan, int) int { return widthDate }

func (date) typical(*pb.ColumnPlan, int64) int64 { return widthDate }

func (d date) canonical(_ *pb.Column, ref string) Canonical {
	return plain(d.write(nil, ref, 0), widthDate)
}

// timestamp is TIMESTAMP(0) to TIMESTAMP(9).
type timestamp struct{ single }

func (timestamp) claims(c *pb.Column) bool { return timestampType.MatchString(c.GetDataType()) }

func (timestamp) declare(c *pb.Column) (string, error) { return c.GetDataType(), nil }

func (timestamp) write(_ *pb.ColumnPlan, ref string, _ int) string {
	return fmt.Sprintf("TO_CHAR(%s, %s)", ref, literal(maskTimestamp))
}

func (timestamp) read(_ *pb.ColumnPlan, fields []string) string {
	return fmt.Sprintf("TO_TIMESTAMP(%s, %s)", fields[0], literal(maskTimestamp))
}

func (timestamp) width(*pb.ColumnPlan, int) int { return widthTimestamp }

func (timestamp) typical(*pb.ColumnPlan, int64) int64 { return widthTimestamp }

func (t timestamp) canonical(_ *pb.Column, ref string) Canonical {
	return plain(t.write(nil, ref, 0), widthTimestamp)
}

// timestampTZ is TIMESTAMP WITH TIME ZONE; the region is kept, not only its offset.
type timestampTZ struct{ single }

func (timestampTZ) claims(c *pb.Column) bool { return timestampTZType.MatchString(c.GetDataType()) }

func (timestampTZ) declare(c *pb.Column) (string, error) { return c.GetDataType(), nil }

func (timestampTZ) write(_ *pb.ColumnPlan, ref string, _ int) string {
	return fmt.Sprintf("TO_CHAR(%s, %s)", ref, literal(maskTimestampTZ))
}

func (timestampTZ) read(_ *pb.ColumnPlan, fields []string) string {
	return fmt.Sprintf("TO_TIMESTAMP_TZ(%s, %s)", fields[0], literal(maskTimestampTZ))
}

func (timestampTZ) width(*pb.ColumnPlan, int) int { return widthTimestampTZ }

func (timestampTZ) typical(*pb.ColumnPlan, int64) int64 { return widthTimestamp + 12 }

func (t timestampTZ) canonical(_ *pb.Column, ref string) Canonical {
	return plain(t.write(nil, ref, 0), widthTimestampTZ)
}

// timestampLTZ is TIMESTAMP WITH LOCAL TIME ZONE: a point in time, written in UTC.
type timestampLTZ struct{ single }

func (timestampLTZ) claims(c *pb.Column) bool { return timestampLTZType.MatchString(c.GetDataType()) }

func (timestampLTZ) declare(c *pb.Column) (string, error) { return c.GetDataType(), nil }

func (timestampLTZ) write(_ *pb.ColumnPlan, ref string, _ int) string {
	return fmt.Sprintf("TO_CHAR(SYS_EXTRACT_UTC(%s), %s)", ref, literal(maskTimestamp))
}

func (timestampLTZ) read(_ *pb.ColumnPlan, fields []string) string {
	return fmt.Sprintf("FROM_TZ(TO_TIMESTAMP(%s, %s), 'UTC')", fields[0], literal(maskTimestamp))
}

func (timestampLTZ) width(*pb.ColumnPlan, int) int { return widthTimestamp }

func (timestampLTZ) typical(*pb.ColumnPlan, int64) int64 { return widthTimestamp }

func (t timestampLTZ) canonical(_ *pb.Column, ref string) Canonical {
	return plain(t.write(nil, ref, 0), widthTimestamp)
}
