package cli

import (
	"github.com/adbferry/adbferry/pkg/progress"
	"github.com/adbferry/adbferry/pkg/quantity"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A tally adds up how far the tables of a migration are.
type tally struct {
	tables, verified, failed int
	sum                      progress.Totals
	weight, done             float64 // tables count by their bytes
}

// add counts a table.
func (y *tally) add(state pb.TableState, sum progress.Totals) {
	y.tables++
	switch state {
	case pb.TableState_TABLE_STATE_VERIFIED:
		y.verified++
	case pb.TableState_TABLE_STATE_FAILED:
		y.failed++
	default:
	}
	y.sum.Rows += sum.Rows
	y.sum.RowsTotal += sum.RowsTotal
	y.sum.Bytes += sum.Bytes
	weight := float64(max(1, sum.BytesTotal))
	y.weight += weight
	y.done += weight * sum.Fraction
}

// totals is how far all tables together are.
func (y *tally) totals() progress.Totals {
	sum := y.sum
	if y.weight > 0 {
		sum.Fraction = y.done / y.weight
	}
	return sum
}

// text says how many tables are done.
func (y *tally) text() string {
	text := number(int64(y.verified)) + " of " + quantity.Of(int64(y.tables), "table")
	if y.failed > 0 {
		text += ", " + number(int64(y.failed)) + " failed"
	}
	return text
}
