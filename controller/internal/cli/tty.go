package cli

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"sync"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

const (
	// barScale is how finely a bar shows a fraction.
	barScale = 10000
	// barWidth is how wide a bar is, and barLeast how wide it stays on a terminal on
	// which its text is shortened for it.
	barWidth, barLeast = 30, 8
	// barLines is how many lines a terminal has whose size is unknown.
	barLines = 24
)

// bars shows what moves: a migration's only table, or a bar for each table that
// is being moved and, below them, one for all tables together.
type bars struct {
	mu     sync.Mutex
	out    io.Writer
	here   func(text string) string // see app.here
	group  *mpb.Progress
	tables map[string]*bar
	whole  *bar // nil as long as there is but one table
	told   told
}

// A bar is how far a table, or all of a migration, is. Its mpb.Bar is nil as long
// as it is not shown.
type bar struct {
	bar     *mpb.Bar
	speed   speed
	sum     progress.Totals
	state   pb.TableState // of a table
	running bool          // something is being done for the table

	mu   sync.Mutex
	text barText
}

// newBars draws on out until close.
func newBars(out io.Writer, here func(text string) string) *bars {
	return &bars{out: out, here: here, group: mpb.New(mpb.WithOutput(out), mpb.WithAutoRefresh()), tables: map[string]*bar{}}
}

func (b *bars) event(status *pb.MigrationStatus, e *pb.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, t := range status.GetTables() {
		if e.GetTableId() == "" || t.GetTableId() == e.GetTableId() {
			b.note(status, t, e)
		}
	}
	if all := status.GetTables(); len(all) == 1 {
		b.show(all[0].GetTableId(), b.tables[all[0].GetTableId()], 0)
	} else if len(all) > 1 {
		b.choose(all)
		b.sumUp(status, e)
	}
	verified := e.GetTableChanged().GetState() == pb.TableState_TABLE_STATE_VERIFIED && b.whole != nil // its bar has gone
	switch {
	case verified, e.GetNotice() != nil, failureOf(e) != nil:
		b.write(strings.TrimSpace(e.GetTableId() + " " + b.told.text(e)))
	case e.GetMigrationChanged() != nil:
		b.write(e.GetMigrationId() + " " + b.told.text(e))
	}
}

// note keeps how far a table is.
func (b *bars) note(status *pb.MigrationStatus, table *pb.TableStatus, e *pb.Event) {
	t := b.tables[table.GetTableId()]
	if t == nil {
		t = &bar{}
		b.tables[table.GetTableId()] = t
	}
	sum := progress.TableTotals(status, table)
	t.state, t.running = table.GetState(), status.GetState() == pb.MigrationState_MIGRATION_STATE_RUNNING && running(table)
	t.note(stepText(status, table, sum), t.running && !loaded(table), sum, e)
}

// note keeps how far a bar is.
func (t *bar) note(step string, moving bool, sum progress.Totals, e *pb.Event) {
	t.sum = sum
	t.speed.add(e.GetTime().AsTime(), sum)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = newBarText(step, moving, sum, &t.speed)
}

// choose shows the tables that are being moved, as many as there is room for. A
// table that waits for its next step makes room when another one needs it.
func (b *bars) choose(all []*pb.TableStatus) {
	for _, table := range all {
		if over(table) {
			b.tables[table.GetTableId()].hide()
		}
	}
	for n, table := range all {
		if t := b.tables[table.GetTableId()]; t.bar != nil || t.running && b.hasRoom() {
			b.show(table.GetTableId(), t, n)
		}
	}
}

// hasRoom reports whether a bar more can be shown, if need be instead of that of a
// table for which nothing is done at the moment.
func (b *bars) hasRoom() bool {
	shown := 0
	var idle *bar
	for _, t := range b.tables {
		if t.bar != nil {
			shown++
			if !t.running {
				idle = t
			}
		}
	}
	if shown < b.lines()-2 || shown == 0 { // beside the sum and the line that is written next
		return true
	}
	if idle != nil {
		idle.hide()
	}
	return idle != nil
}

// hide takes a bar off the terminal.
func (t *bar) hide() {
	if t.bar != nil {
		t.bar.Abort(true)
		t.bar = nil
	}
}

// lines is how high the terminal is now.
func (b *bars) lines() int {
	if f, ok := b.out.(*os.File); ok {
		if _, height, err := term.GetSize(int(f.Fd())); err == nil {
			return height
		}
	}
	return barLines
}

// sumUp brings the bar of the whole migration up to date.
func (b *bars) sumUp(status *pb.MigrationStatus, e *pb.Event) {
	if b.whole == nil {
		b.whole = &bar{}
	}
	var whole tally
	for _, table := range status.GetTables() {
		t := b.tables[table.GetTableId()]
		whole.add(t.state, t.sum)
	}
	b.whole.note(whole.text(), status.GetState() == pb.MigrationState_MIGRATION_STATE_RUNNING, whole.totals(), e)
	b.show(cmp.Or(status.GetMigrationId(), "all"), b.whole, math.MaxInt32)
}

// show draws a bar from now on, if it is not drawn yet, and moves it.
func (b *bars) show(name string, t *bar, priority int) {
	if t.bar == nil {
		t.bar = b.group.New(barScale, mpb.BarStyle(), mpb.BarWidth(barWidth), mpb.BarPriority(priority),
			mpb.PrependDecorators(decor.Any(func(s decor.Statistics) string {
				return shorten(name, s.AvailableWidth/2)
			}, decor.WCSyncSpaceR)),
			mpb.AppendDecorators(decor.Any(func(s decor.Statistics) string {
				return t.label(s.AvailableWidth - barLeast - 2) // two blanks
			})))
	}
	// A bar at its end cannot go back; only what is done gets there.
	t.bar.SetCurrent(min(int64(t.sum.Fraction*barScale), barScale-1))
}

// label is called by the bars' own goroutine whenever they are drawn.
func (t *bar) label(width int) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.fit(width)
}

func (b *bars) say(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.write(text)
}

// write prints a line above the bars. A terminal that is gone is nothing to act on.
func (b *bars) write(text string) { _, _ = fmt.Fprintln(b.group, b.here(text)) }

// close leaves the bars as they are and waits until they are drawn.
func (b *bars) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, t := range b.tables {
		t.close()
	}
	if b.whole != nil {
		b.whole.close()
	}
	b.group.Wait()
}

// close draws a bar for the last time.
func (t *bar) close() {
	switch {
	case t.bar == nil:
	case t.sum.Fraction >= 1:
		t.bar.SetCurrent(barScale)
	default:
		t.bar.Abort(false)
	}
}
