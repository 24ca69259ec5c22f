package cli

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

const (
	// barScale is how finely a bar shows a fraction.
	barScale = 10000
	barWidth = 30
)

// bars shows a bar per table: what is done, how fast, and how long it still takes.
type bars struct {
	mu     sync.Mutex
	group  *mpb.Progress
	tables map[string]*tableBar
}

// A tableBar is one table's bar with the text beside it.
type tableBar struct {
	bar      *mpb.Bar
	rate     progress.Rate
	verified bool

	mu   sync.Mutex
	text string
}

func newBars(out io.Writer) *bars {
	return &bars{group: mpb.New(mpb.WithOutput(out), mpb.WithAutoRefresh()), tables: map[string]*tableBar{}}
}

func (b *bars) event(status *pb.MigrationStatus, e *pb.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, t := range status.GetTables() {
		if e.GetTableId() == "" || t.GetTableId() == e.GetTableId() {
			b.table(t.GetTableId()).show(status, t, e)
		}
	}
	switch {
	case e.GetNotice() != nil, failureOf(e) != nil:
		b.write(e.GetTableId() + " " + eventText(e))
	case e.GetMigrationChanged() != nil:
		b.write(e.GetMigrationId() + " " + eventText(e))
	}
}

// failureOf returns the failure of a table's or chunk's event; the migration's
// own is printed at the end.
func failureOf(e *pb.Event) *pb.Failure {
	if f := e.GetTableChanged().GetFailure(); f != nil {
		return f
	}
	return e.GetChunkChanged().GetFailure()
}

// table returns a table's bar, a new one for a new table.
func (b *bars) table(id string) *tableBar {
	if t := b.tables[id]; t != nil {
		return t
	}
	t := &tableBar{}
	t.bar = b.group.New(barScale, mpb.BarStyle(), mpb.BarWidth(barWidth),
		mpb.PrependDecorators(decor.Name(id, decor.WCSyncSpaceR)),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return t.label() })))
	b.tables[id] = t
	return t
}

// show brings a bar up to date with an event.
func (t *tableBar) show(status *pb.MigrationStatus, table *pb.TableStatus, e *pb.Event) {
	sum := progress.TableTotals(status, table)
	t.verified = table.GetState() == pb.TableState_TABLE_STATE_VERIFIED
	t.rate.Add(e.GetTime().AsTime(), sum.Fraction)
	t.mu.Lock()
	t.text = barText(table, sum, &t.rate)
	t.mu.Unlock()
	// A bar at its end cannot go back; only a table that is done gets there.
	t.bar.SetCurrent(min(int64(sum.Fraction*barScale), barScale-1))
}

func (t *tableBar) label() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text
}

// barText is what stands beside a bar. The rate is the table's bytes and rows
// together; the rest of the time follows from it.
func barText(table *pb.TableStatus, sum progress.Totals, rate *progress.Rate) string {
	text := fmt.Sprintf(" %s of %s rows, %s", number(sum.Rows), number(sum.RowsTotal), size(sum.Bytes))
	switch table.GetState() {
	case pb.TableState_TABLE_STATE_VERIFIED, pb.TableState_TABLE_STATE_FAILED, pb.TableState_TABLE_STATE_FINISHED:
		return text + ", " + tableStateText(table.GetState())
	default:
	}
	if perSecond := rate.PerSecond(); perSecond > 0 {
		text += fmt.Sprintf(", %s/s", size(int64(perSecond*float64(sum.BytesTotal))))
	}
	if left, known := rate.Until(1); known {
		text += fmt.Sprintf(", %s left", left.Round(time.Second))
	}
	return text + ", " + phaseText(sum.Phase)
}

func (b *bars) say(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.write(text)
}

// write prints a line above the bars. A terminal that is gone is nothing to act on.
func (b *bars) write(text string) { _, _ = fmt.Fprintln(b.group, text) }

// close leaves the bars as they are and waits until they are drawn.
func (b *bars) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, t := range b.tables {
		if t.verified {
			t.bar.SetCurrent(barScale)
		} else {
			t.bar.Abort(false)
		}
	}
	b.group.Wait()
}
