package codec

import (
	"fmt"
	"regexp"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

var (
	yearToMonth = regexp.MustCompile(`^INTERVAL YEAR\((\d)\) TO MONTH$`)
	dayToSecond = regexp.MustCompile(`^INTERVAL DAY\((\d)\) TO SECOND\((\d)\)$`)
)

// widthInterval covers "+123456789 23:59:59.123456789".
const widthInterval = 30

// interval is both kinds of INTERVAL. Their text form needs no mask and knows
// no NLS setting: +02-03, +10 22:11:33.123456.
type interval struct{ single }

func (interval) claims(c *pb.Column) bool {
	return yearToMonth.MatchString(c.GetDataType()) || dayToSecond.MatchString(c.GetDataType())
}

func (interval) declare(c *pb.Column) (string, error) { return c.GetDataType(), nil }

func (interval) write(_ *pb.ColumnPlan, ref string, _ int) string {
	return fmt.Sprintf("TO_CHAR(%s)", ref)
}

func (interval) read(p *pb.ColumnPlan, fields []string) string {
	if yearToMonth.MatchString(p.GetColumn().GetDataType()) {
		return fmt.Sprintf("TO_YMINTERVAL(%s)", fields[0])
	}
	return fmt.Sprintf("TO_DSINTERVAL(%s)", fields[0])
}

func (interval) width(*pb.ColumnPlan, int) int { return widthInterval }

func (interval) typical(*pb.ColumnPlan, int64) int64 { return 20 }

func (i interval) canonical(_ *pb.Column, ref string) Canonical {
	return plain(i.write(nil, ref, 0), widthInterval)
}
