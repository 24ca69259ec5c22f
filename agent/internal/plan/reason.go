package plan

import (
	"fmt"
	"strings"

	"github.com/adbferry/adbferry/agent/internal/table"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// reason says in one line why the table travels the way it does.
func reason(p *pb.TablePlan) string {
	var plain, long []string
	for _, c := range table.Carried(p) {
		switch {
		case c.GetEncoding() == pb.Encoding_ENCODING_PLAIN:
			plain = append(plain, c.GetColumn().GetName())
		case c.GetOverflows():
			long = append(long, c.GetColumn().GetName())
		}
	}
	parts := []string{"csv carries every column that travels in characters which no file format can mistake, text as hex"}
	if len(plain) > 0 {
		parts = append(parts, fmt.Sprintf("text as it is in %s, where it is printable ASCII without delimiters, quotes or blanks at its ends", strings.Join(plain, ", ")))
	}
	if len(long) > 0 {
		parts = append(parts, fmt.Sprintf("long values of %s as pieces in objects of their own", strings.Join(long, ", ")))
	}
	return strings.Join(parts, "; ")
}
