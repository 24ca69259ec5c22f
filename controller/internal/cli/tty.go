package cli

import (
	"fmt"
	"io"
	"slices"
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
	speed    speed
	verified bool

	mu   sync.Mutex
	text string
}

// A speed is how fast a table moves: its bytes into the bucket, its rows out of
// it, and all of it together, from which follows how long it still takes.
type speed struct{ bytes, rows, whole progress.Rate }

// add notes how far a table is at a time.
func (s *speed) add(at time.Time, sum progress.Totals) {
	s.bytes.Add(at, float64(sum.Bytes))
	s.rows.Add(at, float64(sum.Rows))
	s.whole.Add(at, sum.Fraction)
}

// text says the rates that are not zero, each behind a comma.
func (s *speed) text() string {
	text := ""
	if n := s.bytes.PerSecond(); n >= 1 {
		text += ", " + size(int64(n)) + "/s"
	}
	if n := s.rows.PerSecond(); n >= 1 {
		text += ", " + number(int64(n)) + " rows/s"
	}
	if left, known := s.whole.Until(1); known {
		text += ", " + left.Round(time.Second).String() + " left"
	}
	return text
}

// newBars draws on out until close.
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
	if f := e.GetTableReplanned().GetFailure(); f != nil {
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
	t.speed.add(e.GetTime().AsTime(), sum)
	t.mu.Lock()
	t.text = barText(table, sum, &t.speed)
	t.mu.Unlock()
	// A bar at its end cannot go back; only a table that is done gets there.
	t.bar.SetCurrent(min(int64(sum.Fraction*barScale), barScale-1))
}

// label is called by the bars' own goroutine whenever they are drawn.
func (t *tableBar) label() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text
}

// barText is what stands beside a bar.
func barText(table *pb.TableStatus, sum progress.Totals, s *speed) string {
	text := fmt.Sprintf(" %s of %s rows, %s", number(sum.Rows), number(sum.RowsTotal), size(sum.Bytes))
	switch table.GetState() {
	case pb.TableState_TABLE_STATE_VERIFIED, pb.TableState_TABLE_STATE_FAILED, pb.TableState_TABLE_STATE_FINISHED:
		return text + ", " + tableStateText(table.GetState())
	default:
	}
	if loaded(table) {
		return text + ", finishing"
	}
	return text + s.text() + ", " + phaseText(sum.Phase)
}

// loaded reports whether all chunks have arrived, and only keys, statistics and
// the final count are left to do.
func loaded(table *pb.TableStatus) bool {
	return !slices.ContainsFunc(table.GetChunks(), func(c *pb.ChunkStatus) bool {
		return c.GetReached() < pb.ChunkState_CHUNK_STATE_IMPORTED
	})
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
