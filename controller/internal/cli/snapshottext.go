package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// snapshotLines say which tables were read as of one SCN, and so fit together,
// when not all of them were: tables whose undo was gone were planned again.
func snapshotLines(out *strings.Builder, r *pb.Receipt) {
	groups := map[int64][]string{}
	for _, t := range r.GetTables() {
		groups[t.GetScn()] = append(groups[t.GetScn()], t.GetSource().Text())
	}
	if len(groups) < 2 {
		return
	}
	for _, scn := range slices.Sorted(maps.Keys(groups)) {
		line(out, "as of", fmt.Sprintf("SCN %d: %s", scn, strings.Join(groups[scn], ", ")))
	}
}

// replannedText says how a table is moved again, and why.
func replannedText(r *pb.TableReplanned) string {
	again := "emptied, and moved again as " + r.GetPlan().GetFormat().Word()
	if progress.SnapshotLost(r.GetFailure()) {
		again += fmt.Sprintf(", as of SCN %d", r.GetPlan().GetScn())
	}
	return withFailure(again, r.GetFailure())
}

// givenUpText says what of a plan was given up: its format, or its SCN.
func givenUpText(t *pb.FormatTry) string {
	what := t.GetFormat().Word()
	if progress.SnapshotLost(t.GetFailure()) {
		what = fmt.Sprintf("SCN %d", t.GetScn())
	}
	return what + ": " + t.GetFailure().GetText()
}
