package schedules

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/adbferry/adbferry/controller/internal/agenttest"
	"github.com/adbferry/adbferry/controller/internal/journal"
	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// id is the migration's.
const id = "m"

// A world is everything in one schedule.
type world struct {
	chance         *chance
	vice           vice
	pair           *agenttest.Pair
	bucket         *bucket
	source, target *database
	hosts          []*host // source and target
	ferry          *ferry
	dir            string
	torn           []byte // the journal, when its tail was torn last
	par            string // the operator's; only the operator changes it
	ending         context.Context
	scn            int64
	tables         []*pb.TableName

	mu       sync.Mutex
	findings []string
	graves   sync.WaitGroup
}

// An outcome is how a schedule ended.
type outcome struct {
	seed     uint64
	end      string // "verified", or the reason of the failure
	findings []string
	struck   map[kind]int
	path     []string
}

// tooLong is how long a schedule may last, in virtual time.
const tooLong = 48 * time.Hour

// play plays the schedule of a seed.
func play(t *testing.T, seed uint64, v vice) (o outcome) {
	t.Helper()
	if seed%10 == 0 {
		runtime.GC() // not in the middle of a schedule; see oneAfterTheOther
	}
	dir := journals(t, seed)
	defer func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	}()
	defer func() {
		if p := recover(); p != nil { // what blocks forever, among others
			o.seed, o.end, o.findings = seed, "hangs", append(o.findings, fmt.Sprint(p))
		}
	}()
	synctest.Test(t, func(*testing.T) {
		ending, end := context.WithCancelCause(context.Background())
		w := newWorld(ending, seed, v, dir)
		w.operate()
		final := w.judge()
		end(errors.New("the schedule is over"))
		w.ferry.bury()
		w.graves.Wait()
		for _, h := range w.hosts {
			h.close()
			h.database.statements.Wait()
			h.planner.Close()
		}
		o = outcome{seed: seed, end: final, findings: w.findings, struck: w.chance.struck, path: w.chance.path}
	})
	return o
}

// journals names a directory where a sync costs nothing, if there is one.
func journals(t *testing.T, seed uint64) string {
	t.Helper()
	if _, err := os.Stat("/dev/shm"); err != nil {
		return t.TempDir()
	}
	return filepath.Join("/dev/shm", fmt.Sprintf("schedules-%d-%d", os.Getpid(), seed))
}

func newWorld(ending context.Context, seed uint64, v vice, dir string) *world {
	w := &world{chance: newChance(seed), vice: v, pair: agenttest.NewPair(), dir: dir, ending: ending}
	w.bucket = &bucket{chance: w.chance, objects: map[string][]int64{}, taken: map[string]bool{}, valid: map[string]bool{}}
	w.par = w.bucket.makePAR()
	w.source, w.target = newDatabase(ending, "source", w.chance), newDatabase(ending, "target", w.chance)
	w.fill()
	for _, h := range []*host{
		{planner: w.pair.Source, database: w.source, killed: sourceKilled, address: "192.0.2.1:7443"},
		{planner: w.pair.Target, database: w.target, killed: targetKilled, address: "192.0.2.2:7443"},
	} {
		h.world, h.links = w, map[*link]bool{}
		w.hosts = append(w.hosts, h)
		h.start()
	}
	return w
}

// fill makes the source's tables.
func (w *world) fill() {
	dice := w.chance.dice("tables")
	w.pair.Source.SetFormats(pb.Format_FORMAT_CSV, pb.Format_FORMAT_JSON)
	w.pair.Source.SetChunks(1 + dice.IntN(4))
	next := int64(1)
	for n := range 1 + dice.IntN(2) {
		name := &pb.TableName{Schema: "ADMIN", Name: fmt.Sprintf("T%d", n)}
		rows := []row{}
		for range dice.IntN(40) {
			rows = append(rows, row{id: next, born: 1})
			next++
		}
		w.tables = append(w.tables, name)
		w.source.tables[key(name)] = &rows
		w.pair.Source.AddTable(name, int64(len(rows)), &pb.Column{Name: "ID", DataType: "NUMBER"})
	}
}

// churn changes the source after the plan was made: as of the SCN nothing is
// different, now much is.
func (w *world) churn(scn int64) {
	w.source.mu.Lock()
	defer w.source.mu.Unlock()
	w.scn = scn
	for n, name := range w.tables {
		t := w.source.tables[key(name)]
		for i := range *t {
			if i%3 == 0 {
				(*t)[i].died = scn + 1
			}
		}
		before := len(*t)
		for i := range 5 {
			*t = append(*t, row{id: int64(1_000_000*(n+1) + i), born: scn + 1})
		}
		w.pair.Source.AddRows(name, int64(5-(before+2)/3))
	}
}

// found notes something that must not be.
func (w *world) found(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.findings = append(w.findings, fmt.Sprintf(format, args...))
}

// must is for what cannot fail here.
func (w *world) must(err error) {
	if err != nil {
		panic(err)
	}
}

// judge compares the rows of both sides and says how the migration ended, by
// its journal as it is on the disk.
func (w *world) judge() string {
	store, err := journal.NewStore(journal.Options{Dir: w.ferry.dir, Now: time.Now, Log: hclog.NewNullLogger()})
	w.must(err)
	s, err := store.Status(id)
	if errors.Is(err, journal.ErrNotFound) {
		return "never planned"
	}
	if err != nil {
		w.found("the journal cannot be read: %v", err)
		return "journal lost"
	}
	w.chance.note("ends %s, %s", s.GetState(), s.GetFailure())
	for _, t := range s.GetTables() {
		for _, try := range t.GetTries() {
			if !w.emptiedInVain(try.GetFailure()) {
				w.explained("an earlier try of table "+t.GetTableId(), try.GetFailure())
			}
		}
	}
	switch s.GetState() {
	case pb.MigrationState_MIGRATION_STATE_VERIFIED:
		w.identical(s)
		return "verified"
	case pb.MigrationState_MIGRATION_STATE_FAILED:
		for _, t := range s.GetTables() {
			if t.GetState() == pb.TableState_TABLE_STATE_FAILED {
				w.explained("table "+t.GetTableId(), t.GetFailure())
			}
		}
		return s.GetFailure().GetReason().String()
	default:
		w.found("the migration ends %s", s.GetState())
		return s.GetState().String()
	}
}

// identical compares the rows of verified tables, without asking adbferry.
func (w *world) identical(s *pb.MigrationStatus) {
	for _, p := range s.GetPlan().GetTables() {
		source, _ := w.source.asOf(key(p.GetSource()), progress.SCN(s.GetPlan(), p))
		target, _ := w.target.asOf(key(p.GetTarget()), 0)
		if !slices.Equal(source, target) {
			w.found("table %s is called verified and differs: source %v, target %v", p.GetTableId(), source, target)
		}
	}
}

// because says which faults explain which failures.
var because = map[pb.Reason][]kind{
	pb.Reason_REASON_COUNTS_DIFFER:       {rowLost, rowSwapped},
	pb.Reason_REASON_CHECKSUMS_DIFFER:    {rowLost, rowSwapped},
	pb.Reason_REASON_TARGET_DIFFERS:      {rowLost, rowSwapped},
	pb.Reason_REASON_ROWS_REJECTED:       {objectCut},
	pb.Reason_REASON_OBJECT_CHANGED:      {objectCut, objectDoubled},
	pb.Reason_REASON_PAR_EXPIRED:         {parExpired},
	pb.Reason_REASON_STORAGE_BUSY:        {storageError},
	pb.Reason_REASON_STORAGE_UNREACHABLE: {storageError},
	pb.Reason_REASON_SNAPSHOT_GONE:       {undoGone},
	pb.Reason_REASON_SPACE_EXHAUSTED:     {statementError},
	pb.Reason_REASON_DATABASE_ERROR:      {statementError},
	pb.Reason_REASON_CONNECTION_LOST:     {statementError, sessionLost, commitLost},
	pb.Reason_REASON_OUTCOME_UNKNOWN:     {statementError, sessionLost, commitLost, sourceKilled, targetKilled, ferryKilled},
	pb.Reason_REASON_AGENT_UNREACHABLE:   {callCut, callHalfOpen, sourceKilled, targetKilled},
	pb.Reason_REASON_CANCELLED:           {callCut, callHalfOpen, sourceKilled, targetKilled, ferryKilled, stopped},
}

// emptiedInVain reports whether a try may have failed over a table that was
// emptied for a new plan by a controller that was killed before it could write
// the plan down: the next one counts the rows that are gone, and plans again.
func (w *world) emptiedInVain(f *pb.Failure) bool {
	return f.GetReason() == pb.Reason_REASON_COUNTS_DIFFER && w.chance.had(ferryKilled) && w.chance.had(objectCut)
}

// explained finds fault with failures that no fault of this run explains.
func (w *world) explained(what string, f *pb.Failure) {
	if !w.chance.had(because[f.GetReason()]...) {
		w.found("%s fails with %s, and no fault of this run explains it: %s", what, f.GetReason(), f.GetText())
	}
}

// starts is how often a migration is started at most. Before the last time
// all faults end.
const starts = 8

// operate is what an operator does: create the migration, start it until it is
// verified, bring back a controller that died, stop it for the night. Some lose
// their patience with a migration that fails; for the others nothing goes
// wrong any more in the end, and one more start has to settle it.
func (w *world) operate() {
	w.ferry = w.launch("ferry 1", filepath.Join(w.dir, "first"))
	patience := 1 + w.chance.dice("patience").IntN(2*starts)
	for n := 1; n <= starts; n++ {
		if n == starts {
			w.chance.soothe()
			w.must(pause(w.ending, time.Hour)) // until nothing outlives anything
		}
		switch w.attend(n) {
		case pb.MigrationState_MIGRATION_STATE_VERIFIED:
			return
		case pb.MigrationState_MIGRATION_STATE_FAILED:
			if n >= patience {
				return
			}
		default:
		}
		w.must(pause(w.ending, time.Minute))
	}
}

// attend starts the migration once and watches it until it does not run any
// more. A controller that dies meanwhile is launched again.
func (w *world) attend(n int) pb.MigrationState {
	ctx, cancel := context.WithTimeoutCause(w.ending, tooLong, errors.New("took too long"))
	defer cancel()
	for lives := 0; ; lives++ {
		if lives == 10 {
			w.chance.soothe()
		}
		state, err := w.attempt(ctx, n)
		switch {
		case w.ferry.isDead():
			w.succeed()
			continue
		case ctx.Err() != nil:
			w.found("start %d hangs", n)
		case err != nil:
			w.explained("start", apierr.FailureOf(err))
		}
		w.chance.note("start %d: %s %v", n, state, err)
		return state
	}
}

// succeed launches the next controller in the place of a dead one.
func (w *world) succeed() {
	dead := w.ferry
	w.graves.Go(dead.bury)
	w.must(pause(w.ending, w.chance.takes("down "+dead.name, 5*time.Minute)))
	w.ferry = w.launch(dead.name+"'", dead.heir)
	w.chance.note("the controller is back")
}

// errSettled ends a watch.
var errSettled = errors.New("settled")

// attempt creates and starts the migration and waits for its end, or for the
// controller's.
func (w *world) attempt(ctx context.Context, n int) (state pb.MigrationState, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	f := w.ferry
	stop := make(chan struct{})
	defer func() { <-stop }()
	go func() {
		defer close(stop)
		select {
		case <-f.dead:
			cancel(errKilled)
		case <-ctx.Done():
		}
	}()
	defer cancel(nil)
	if !w.bucket.honours(w.par) {
		w.par = w.bucket.makePAR()
	}
	spec := &pb.MigrationSpec{Source: "sanjose", Target: "phoenix", Tables: w.selection()}
	created, err := f.service.CreateMigration(ctx, &pb.CreateMigrationRequest{MigrationId: id, Spec: spec, ParUrl: w.par})
	if err != nil {
		return 0, err
	}
	if w.scn == 0 {
		w.churn(created.GetMigration().GetPlan().GetScn())
	}
	after, err := w.begin(ctx, f)
	if err != nil {
		return 0, err
	}
	var operator sync.WaitGroup
	defer operator.Wait()
	defer cancel(nil)
	for k, do := range map[kind]func(context.Context, *ferry) error{stopped: w.stop, parReplaced: w.replacePAR} {
		if place := fmt.Sprintf("start %d of %s", n, f.name); w.chance.strikes(k, place) {
			operator.Go(func() {
				if pause(ctx, w.chance.takes(string(k)+place, time.Minute)) == nil {
					w.chance.note("%s: %v", k, do(ctx, f))
				}
			})
		}
	}
	return w.watch(ctx, f, after)
}

// begin starts the migration, or gives a paused one another PAR, and returns its
// last event.
func (w *world) begin(ctx context.Context, f *ferry) (after int64, err error) {
	status, err := f.store.Status(id)
	if err != nil {
		return 0, err
	}
	if status.GetState() == pb.MigrationState_MIGRATION_STATE_PAUSED && w.chance.dice("replace a PAR").IntN(2) == 0 {
		resp, err := f.service.ReplacePar(ctx, &pb.ReplaceParRequest{MigrationId: id, ParUrl: w.par})
		return resp.GetMigration().GetLastSequence(), err
	}
	resp, err := f.service.StartMigration(ctx, &pb.StartMigrationRequest{MigrationId: id, ParUrl: w.par})
	return resp.GetMigration().GetLastSequence(), err
}

// stop stops the migration.
func (w *world) stop(ctx context.Context, f *ferry) error {
	_, err := f.service.StopMigration(ctx, &pb.StopMigrationRequest{MigrationId: id})
	return err
}

// replacePAR gives a migration that runs another PAR; the one before ends at
// the same moment, whatever uses it.
func (w *world) replacePAR(ctx context.Context, f *ferry) error {
	url := w.bucket.makePAR()
	_, err := f.service.ReplacePar(ctx, &pb.ReplaceParRequest{MigrationId: id, ParUrl: url})
	if err == nil {
		w.bucket.expire(w.par)
		w.par = url
	}
	return err
}

// watch follows the migration's events, which have no gaps, to a state in which
// it does not run.
func (w *world) watch(ctx context.Context, f *ferry, after int64) (state pb.MigrationState, err error) {
	last := after
	err = f.store.Watch(ctx, id, after, func(e *pb.Event) error {
		if e.GetSequence() == 0 {
			return nil
		}
		if e.GetSequence() != last+1 {
			w.found("event %d follows event %d", e.GetSequence(), last)
		}
		last = e.GetSequence()
		if c := e.GetMigrationChanged(); c != nil && c.GetState() != pb.MigrationState_MIGRATION_STATE_RUNNING {
			state = c.GetState()
			return errSettled
		}
		return nil
	})
	if errors.Is(err, errSettled) {
		err = nil
	}
	return state, err
}

// selection is the migration's tables.
func (w *world) selection() []*pb.TableSelection {
	var all []*pb.TableSelection
	for _, name := range w.tables {
		all = append(all, &pb.TableSelection{Source: name})
	}
	return all
}
