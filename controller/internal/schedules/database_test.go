package schedules

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A row can be told from all others; a changed row is another one.
type row struct{ id, born, died int64 }

// A database is what outlives its agent: tables, ledger, staging tables, and
// statements that nobody waits for any more.
type database struct {
	name   string
	chance *chance

	mu         sync.Mutex
	tables     map[string]*[]row
	ledger     map[string]entry
	staging    map[string]*[]int64
	entering   map[string]chan struct{} // closed when the transaction that enters a chunk is over
	running    map[string]int           // statements by the chunk they work on
	statements sync.WaitGroup
	gone       int64           // the undo of all SCNs up to this one
	ending     context.Context // ends when the schedule is over
}

type entry struct {
	table string
	rows  int64
}

func newDatabase(ctx context.Context, name string, c *chance) *database {
	return &database{
		name: name, chance: c, ending: ctx, tables: map[string]*[]row{}, ledger: map[string]entry{}, staging: map[string]*[]int64{},
		entering: map[string]chan struct{}{}, running: map[string]int{},
	}
}

// errKilled is the cause of all that ends because an agent was killed.
var errKilled = errors.New("the agent was killed")

// call has the database carry out a statement that answers nothing; see query.
func (d *database) call(ctx context.Context, subject, place string, do func(context.Context) error) error {
	_, err := query(ctx, d, subject, place, func(ctx context.Context) (struct{}, error) { return struct{}{}, do(ctx) })
	return err
}

// query has the database carry out a statement about a subject. When the caller
// goes away the statement is cancelled; when the caller was killed, or its
// session is lost, the database may not notice.
func query[T any](ctx context.Context, d *database, subject, place string, do func(context.Context) (T, error)) (none T, err error) {
	place = d.name + " " + place
	if err := pause(ctx, d.chance.takes(place, 300*time.Millisecond)); err != nil {
		return none, err
	}
	if d.chance.strikes(statementError, place) {
		return none, d.trouble(place)
	}
	type answer struct {
		value T
		err   error
	}
	work, cancel := context.WithCancelCause(d.ending)
	done := make(chan answer, 1)
	d.enter(subject, 1)
	d.statements.Go(func() {
		defer cancel(nil)
		defer d.enter(subject, -1)
		value, err := do(work)
		done <- answer{value, err}
	})
	lost := d.chance.strikes(sessionLost, place)
	if lost && d.chance.dice("unnoticed "+place).IntN(2) == 0 {
		return none, connectionLost()
	}
	select {
	case a := <-done:
		if lost {
			return none, connectionLost()
		}
		return a.value, a.err
	case <-ctx.Done():
	}
	if !errors.Is(context.Cause(ctx), errKilled) {
		cancel(context.Cause(ctx))
		<-done
	} else if !d.chance.strikes(orphaned, place) {
		cancel(errKilled)
	}
	return none, context.Cause(ctx)
}

func (d *database) enter(subject string, n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.running[subject] += n
}

// idle waits until no statement about a subject runs any more.
func (d *database) idle(ctx context.Context, subject string) error {
	for {
		d.mu.Lock()
		n := 0
		for s, count := range d.running {
			if strings.HasPrefix(s, subject) {
				n += count
			}
		}
		d.mu.Unlock()
		if n == 0 {
			return nil
		}
		if err := pause(ctx, time.Second+d.chance.takes("idle "+subject, time.Second)); err != nil {
			return err
		}
	}
}

func connectionLost() error {
	return apierr.New(codes.Unavailable, pb.Reason_REASON_CONNECTION_LOST, "ORA-03113: the database closed the connection").WithRetry(0)
}

// trouble is what statements fail with.
func (d *database) trouble(place string) error {
	switch d.chance.dice("trouble " + place).IntN(4) {
	case 0:
		return apierr.New(codes.ResourceExhausted, pb.Reason_REASON_SPACE_EXHAUSTED, "ORA-01653: the tablespace is full")
	case 1:
		return apierr.New(codes.Internal, pb.Reason_REASON_DATABASE_ERROR, "ORA-00600: internal error code")
	default:
		return connectionLost()
	}
}

// asOf returns the rows of a table as of an SCN, 0 for now, in order.
func (d *database) asOf(table string, scn int64) (ids []int64, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	t := d.tables[table]
	if t == nil {
		return nil, false
	}
	for _, r := range *t {
		if scn == 0 && r.died == 0 || scn != 0 && r.born <= scn && (r.died == 0 || r.died > scn) {
			ids = append(ids, r.id)
		}
	}
	slices.Sort(ids)
	return ids, true
}

// undo fails where a table cannot be read as of an SCN any more: this once, or
// from now on.
func (d *database) undo(scn int64, place string) error {
	struck := scn != 0 && d.chance.strikes(undoGone, place)
	stays := d.chance.dice("undo stays gone "+place).IntN(2) == 0
	d.mu.Lock()
	defer d.mu.Unlock()
	if struck && stays {
		d.gone = max(d.gone, scn)
	}
	if !struck && (scn == 0 || scn > d.gone) {
		return nil
	}
	return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_SNAPSHOT_GONE, "ORA-01555: snapshot too old").WithFact("ora_code", "ORA-01555")
}

// commit enters a chunk in the ledger and its rows in the table, both or
// neither. It waits for another transaction that enters the same chunk. It
// reports whether the chunk was entered before.
func (d *database) commit(ctx context.Context, key, table string, ids []int64, place string) (already bool, err error) {
	d.mu.Lock()
	for d.entering[key] != nil {
		other := d.entering[key]
		d.mu.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return false, context.Cause(ctx)
		}
		d.mu.Lock()
	}
	if _, ok := d.ledger[key]; ok {
		d.mu.Unlock()
		return true, nil
	}
	over := make(chan struct{})
	d.entering[key] = over
	d.mu.Unlock()
	err = pause(ctx, d.chance.takes("insert "+place, 5*time.Second))
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.entering, key)
	close(over)
	t := d.tables[table]
	switch {
	case err != nil:
		return false, err
	case t == nil:
		return false, noTable(table)
	}
	for _, id := range ids {
		*t = append(*t, row{id: id})
	}
	d.ledger[key] = entry{table: table, rows: int64(len(ids))}
	return false, nil
}

// entered looks a chunk up in the ledger.
func (d *database) entered(key string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, ok := d.ledger[key]
	return ok
}

// damage loses or doubles a row that was committed, which nobody is told.
func (d *database) damage(table, place string) {
	lose, swap := d.chance.strikes(rowLost, place), d.chance.strikes(rowSwapped, place)
	d.mu.Lock()
	defer d.mu.Unlock()
	t := d.tables[table]
	if t == nil {
		return
	}
	if n := len(*t); swap && n > 1 {
		(*t)[n-1].id = (*t)[n-2].id
	}
	if n := len(*t); lose && n > 0 {
		*t = (*t)[:n-1]
	}
}

func noTable(name string) error {
	return apierr.New(codes.NotFound, pb.Reason_REASON_TABLE_NOT_FOUND, "table %s does not exist", name).WithFact("table", name)
}
