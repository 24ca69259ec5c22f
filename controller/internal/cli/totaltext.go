package cli

import (
	"fmt"
	"strings"
	"time"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// totalText sums a plan up, and says what it will probably take. Plans of older
// versions have no estimate.
func totalText(out *strings.Builder, p *pb.MigrationPlan) {
	e := p.GetEstimate()
	if e == nil {
		return
	}
	var rows, chunks int64
	for _, t := range p.GetTables() {
		rows += t.GetRows()
		chunks += int64(len(t.GetChunks()))
	}
	_, _ = fmt.Fprintf(out, "\nIn all\n")
	line(out, "rows", number(rows)+" in "+count(chunks, "chunk"))
	line(out, "time", "about "+durationText(e.GetDuration().AsDuration()))
	line(out, "staged", "about "+size(e.GetStagedBytes())+" in the bucket; a PAR cannot delete it")
	for _, c := range e.GetCosts() {
		line(out, "cost", fmt.Sprintf("%s %s %s: %s", c.GetAmount(), c.GetCurrency(), c.GetWhat(), c.GetSource()))
	}
	for _, w := range e.GetWarnings() {
		line(out, "warning", w)
	}
}

// durationText leaves the seconds out of hours: an estimate is not that exact.
func durationText(d time.Duration) string {
	if d >= time.Hour {
		return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
	}
	return d.Round(time.Second).String()
}
