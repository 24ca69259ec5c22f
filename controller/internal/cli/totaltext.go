package cli

import (
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/adbferry/adbferry/pkg/quantity"
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
	line(out, "rows", number(rows)+" in "+quantity.Of(chunks, "chunk"))
	line(out, "time", durationText(e.GetDuration().AsDuration()))
	line(out, "staged", "about "+size(e.GetStagedBytes())+" in the bucket; a PAR cannot delete it")
	costLines(out, e.GetCosts())
	for _, w := range e.GetWarnings() {
		line(out, "warning", w)
	}
}

// leastCost is what every cost below a cent is rounded up to.
const leastCost = "0.01"

// costLines names costs with their sources, and their sum; amounts below a cent are
// only called so.
func costLines(out *strings.Builder, costs []*pb.Cost) {
	sum, currency, known := new(big.Rat), "", true
	for _, c := range costs {
		amount := c.GetAmount()
		if amount == leastCost {
			amount = "below " + leastCost
		}
		line(out, "cost", fmt.Sprintf("%s %s %s: %s", amount, c.GetCurrency(), c.GetWhat(), c.GetSource()))
		value, ok := new(big.Rat).SetString(c.GetAmount())
		if known = known && ok; known {
			sum, currency = sum.Add(sum, value), c.GetCurrency()
		}
	}
	if len(costs) > 1 && known {
		line(out, "", fmt.Sprintf("at most %s %s in all", sum.FloatString(2), currency))
	}
}

// durationText says about how long, without the seconds of hours: an estimate is
// not that exact.
func durationText(d time.Duration) string {
	switch {
	case d >= time.Hour:
		return "about " + strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
	case d < time.Second:
		return "below 1s"
	default:
		return "about " + d.Round(time.Second).String()
	}
}
