package cli

import (
	"strings"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A told remembers which failures were shown: a chunk's is also its table's and
// its migration's, and is told once. The zero value has shown none.
type told struct{ texts []string }

// text says what happened, and of a failure that was told before only that.
func (t *told) text(e *pb.Event) string {
	text, f := eventText(e), failureOf(e)
	if f == nil {
		f = e.GetMigrationChanged().GetFailure()
	}
	if f.GetText() == "" {
		return text
	}
	for _, before := range t.texts {
		if short, again := strings.CutSuffix(text, ": "+before); again {
			return strings.TrimSuffix(short, "; the worst") + ", see above"
		}
	}
	t.texts = append(t.texts, f.GetText())
	return text
}
