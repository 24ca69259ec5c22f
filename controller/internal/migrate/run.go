package migrate

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"golang.org/x/sync/errgroup"

	"github.com/adbferry/adbferry/controller/internal/fleet"
	"github.com/adbferry/adbferry/controller/internal/journal"
	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A run is one migration being carried out.
type run struct {
	id             string
	par            *lentPAR
	plan           *pb.MigrationPlan
	journal        *journal.Journal
	source, target *fleet.Agent
	exports        *lanes // at the source
	imports        *lanes // at the target
	limits         Limits
	tried          func(source, target string) (proven, failed []pb.Format) // nil for none
	version        string
	continued      bool // by the controller itself: budgets go on, and what failed stays so
	now            func() time.Time
	log            hclog.Logger

	asked context.Context         // ends when a stop is asked for
	stop  context.Context         // ends then, and when the migration pauses; work goes on until the next step boundary
	halt  context.CancelCauseFunc // ends stop
	say   sync.Once               // tells that the migration pauses
}

// newRun makes the run of a migration whose journal is open. It asks nobody
// and writes nothing.
//
// Errors: REASON_MIGRATION_BUSY for one that was given up, errStopped for one that
// the controller would go on with and somebody has stopped, REASON_NOT_FOUND for a
// database without an agent.
func newRun(o Options, j *journal.Journal, parURL string, continued bool) (*run, error) {
	status := j.Status()
	if err := Startable(status); err != nil { // asked while nobody else can clean up
		return nil, err
	}
	if continued && !progress.Interrupted(status) {
		return nil, errStopped
	}
	id, p := status.GetMigrationId(), status.GetPlan()
	spec := p.GetSpec()
	source, err := o.Fleet.Agent(spec.GetSource())
	if err != nil {
		return nil, err
	}
	target, err := o.Fleet.Agent(spec.GetTarget())
	if err != nil {
		return nil, err
	}
	r := &run{
		id: id, par: &lentPAR{url: parURL}, plan: p, journal: j, limits: o.Limits, tried: o.Tried, version: o.Version, continued: continued,
		source: source.Patient(o.Limits.Patience), target: target.Patient(o.Limits.Patience), now: o.Now, log: o.Log.With("migration_id", id),
	}
	say := func(text string) { r.notice(progress.Subject{Migration: id}, text) }
	r.exports = newLanes(spec.GetSource(), lanesOf(p.GetSource(), spec.GetSourceLanes(), o.Limits.Lanes), o.Now, say)
	r.imports = newLanes(spec.GetTarget(), lanesOf(p.GetTarget(), spec.GetTargetLanes(), o.Limits.Lanes), o.Now, say)
	return r, nil
}

// begin writes down that the migration runs, and where its objects go.
func (r *run) begin() error {
	status := r.journal.Status()
	place, err := Place(r.par.secret())
	if err == nil {
		err = CheckPlace(status, place)
	}
	if err != nil {
		return err
	}
	renewed := !r.continued && spentAny(status)
	subject := progress.Subject{Migration: r.id}
	running := &pb.MigrationChanged{State: pb.MigrationState_MIGRATION_STATE_RUNNING, Continued: r.continued, Storage: place}
	if err := r.journal.Append(subject.MigrationChanged(running)); err != nil {
		return err
	}
	if renewed {
		r.notice(subject, fmt.Sprintf("started again on request: each chunk may be tried %d times again, whatever failed before", r.limits.Attempts))
	}
	return nil
}

// carryOut moves what is not moved yet and writes down how it ended. An error
// means that the journal cannot be written: the migration stays as the journal
// has it, to be started again.
func (r *run) carryOut(stop context.Context) error {
	r.asked = stop
	r.stop, r.halt = context.WithCancelCause(stop)
	defer r.halt(nil)
	work, cut := context.WithCancelCause(context.Background())
	defer cut(nil)
	done := make(chan struct{})
	var grace sync.WaitGroup
	grace.Go(func() { r.cutAfterGrace(cut, done) })
	err := r.tables(work)
	if err == nil {
		err = r.references(work)
	}
	close(done)
	grace.Wait()
	if err != nil && !errors.Is(err, errStopped) {
		return err
	}
	return r.end(err != nil)
}

// errBroken cuts off what runs when the journal cannot be written.
var errBroken = errors.New("the journal cannot be written")

// cutAfterGrace ends running steps when they outlast a stop for too long, and at
// once when the journal cannot be written: nothing must be done that is not known
// afterwards. The agents go on with what they do, for a while.
func (r *run) cutAfterGrace(cut context.CancelCauseFunc, done <-chan struct{}) {
	select {
	case <-done:
		return
	case <-r.journal.Broke(): // running steps cannot tell how they end: the next start asks
		r.halt(errStopped)
		cut(errBroken)
		return
	case <-r.asked.Done():
	}
	r.notice(progress.Subject{Migration: r.id}, fmt.Sprintf("a stop was asked for; running steps have %s to end", r.limits.Grace))
	timer := time.NewTimer(r.limits.Grace)
	defer timer.Stop()
	select {
	case <-done:
	case <-r.journal.Broke():
		cut(errBroken)
	case <-timer.C:
		cut(errStopped)
	}
}

// tables moves tables side by side, in plan order. A table that fails does not
// stop the others. The error is a stop, or the journal's.
func (r *run) tables(ctx context.Context) error {
	var group errgroup.Group
	group.SetLimit(max(r.exports.most, r.imports.most) + 1)
	for _, p := range r.plan.GetTables() {
		group.Go(func() error {
			if err := r.boundary(); err != nil && r.tableState(p) != pb.TableState_TABLE_STATE_VERIFIED {
				return err // also for a table that failed before: it was not tried again
			}
			return r.table(ctx, p)
		})
	}
	return group.Wait()
}

// boundary is asked before every step: it is an error when a stop was asked for.
func (r *run) boundary() error {
	if r.stop.Err() != nil {
		return errStopped
	}
	return nil
}

// end writes down the migration's end: stopped or paused when something was left
// undone, else verified or failed, with the receipt.
func (r *run) end(undone bool) error {
	status := r.journal.Status()
	subject := progress.Subject{Migration: r.id}
	if undone || !settled(status) {
		return r.journal.Append(subject.MigrationChanged(r.undone()))
	}
	failure := migrationFailure(status)
	var leftovers []*pb.Leftover
	if failure == nil {
		leftovers = r.cleanUp()
	} else {
		leftovers = staged(status) // kept on purpose: another start imports from them
	}
	changed := &pb.MigrationChanged{
		State:   pb.MigrationState_MIGRATION_STATE_VERIFIED,
		Receipt: receipt(status, r.now(), r.version, leftovers),
	}
	if failure != nil {
		changed.State, changed.Failure = pb.MigrationState_MIGRATION_STATE_FAILED, failure
	}
	return r.journal.Append(subject.MigrationChanged(changed))
}

// settled reports whether every table is verified or failed.
func settled(s *pb.MigrationStatus) bool {
	for _, t := range s.GetTables() {
		if t.GetState() != pb.TableState_TABLE_STATE_VERIFIED && t.GetState() != pb.TableState_TABLE_STATE_FAILED {
			return false
		}
	}
	return true
}

// cleanUpTime bounds cleaning up after a verified migration, of which deleting
// objects one by one takes the longest.
const cleanUpTime = 10 * time.Minute

// cleanUp has both agents discard what a verified migration does not need any
// more, and returns what is left. Failing to do so does not make the moved tables
// worse: it is a notice, and a leftover.
func (r *run) cleanUp() []*pb.Leftover {
	ctx, cancel := context.WithTimeoutCause(context.Background(), cleanUpTime, errors.New("cleaning up took too long"))
	defer cancel()
	var all []*pb.Leftover
	for _, side := range []struct {
		agent *fleet.Agent
		par   string
	}{{r.source, r.par.secret()}, {r.target, ""}} {
		resp, err := side.agent.Discard(ctx, &pb.DiscardRequest{MigrationId: r.id, ParUrl: side.par})
		if err == nil {
			all = append(all, resp.GetLeftovers()...)
			continue
		}
		r.notice(progress.Subject{Migration: r.id}, "clean-up is incomplete: "+apierr.FailureOf(err).GetText())
		if side.agent == r.source {
			all = append(all, staged(r.journal.Status())...)
		}
	}
	return all
}

// notice writes down what a reader of the journal should know. That it cannot
// be written shows with the next event, which matters more.
func (r *run) notice(subject progress.Subject, text string) {
	if err := r.journal.Append(subject.Notice(text)); err != nil {
		r.log.Warn("notice is lost", "error", err)
	}
}
