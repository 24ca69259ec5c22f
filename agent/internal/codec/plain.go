package codec

import (
	"fmt"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// harmless are the characters that a csv file bears as they are: printable
// ASCII but the delimiter, quotes and the backslash. Blanks at the ends are not
// harmless, as loaders may trim them.
const harmless = " !#$%&()*+-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~"

// isPlain reports whether a column is written as it is.
func isPlain(p *pb.ColumnPlan) bool { return p.GetEncoding() == pb.Encoding_ENCODING_PLAIN }

// mayBePlain reports whether values of a family can be written as they are.
func mayBePlain(f family) bool {
	switch f.(type) {
	case text, nationalText:
		return true
	default:
		return false
	}
}

// measureText renders what has to be known of texts. TRANSLATE takes all
// harmless characters out; the comma, which is none, stands for itself.
func measureText(ref string) Measure {
	rest := fmt.Sprintf("TRANSLATE(%s, %s, ',')", ref, literal(","+harmless))
	return Measure{
		Size:    fmt.Sprintf("LENGTHB(%s)", ref),
		Harmful: fmt.Sprintf("CASE WHEN %[1]s IS NOT NULL OR %[2]s LIKE ' %%' OR %[2]s LIKE '%% ' THEN 1 END", rest, ref),
	}
}

// typicalText is how many bytes a text takes in a file; a scan has found the
// average in bytes, or nobody has looked.
func typicalText(p *pb.ColumnPlan, average int64) int64 {
	c := p.GetColumn()
	national := nationalText{}.claims(c)
	if average == 0 {
		average = int64(min(c.GetCharLength(), 20))
		if national {
			average *= 2
		}
	}
	switch {
	case !isPlain(p):
		return 2 * average
	case national:
		return average / 2
	default:
		return average
	}
}
