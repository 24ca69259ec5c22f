package migrate

import (
	"context"
	"errors"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/adbferry/adbferry/controller/internal/fleet"
	"github.com/adbferry/adbferry/controller/internal/journal"
	"github.com/adbferry/adbferry/pkg/advice"
	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/par"
	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// CleanUp removes what a migration that does not run left behind: staging tables,
// ledger entries and the probe's tables on both databases, and with a PAR the
// objects that the source's agent can delete. It holds the journal meanwhile,
// so nobody starts the migration. What was done is durable on return; after an
// error it may be repeated.
//
// That it begins is journaled first: without its ledger a migration that is not
// verified could load rows twice, so from then on it cannot be started. It takes
// giveUp to clean up after one that could, or whose journal is damaged: of that, the
// readable beginning says what there is to remove.
//
// Errors: journal.ErrNotFound, *journal.BusyError, *journal.CorruptError when
// giveUp is missing or the plan cannot be read, REASON_MIGRATION_BUSY when
// giveUp is missing, REASON_PAR_ELSEWHERE, those of the agents. A PAR that does not
// list the migration's objects is found before anything is removed or journaled.
func (r *Runs) CleanUp(ctx context.Context, id, parURL string, giveUp bool) (_ *pb.MigrationCleanedUp, err error) {
	r.awaitEnd(id)
	c := cleaning{id: id, par: parURL}
	if err := c.open(r.options.Store, giveUp); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	if err := c.allowed(giveUp); err != nil {
		return nil, err
	}
	spec := c.status.GetPlan().GetSpec()
	if c.source, err = r.options.Fleet.Agent(spec.GetSource()); err != nil {
		return nil, err
	}
	if c.target, err = r.options.Fleet.Agent(spec.GetTarget()); err != nil {
		return nil, err
	}
	if c.par != "" {
		if err := c.source.ListStorage(ctx, id, c.par); err != nil {
			return nil, err
		}
	}
	if err := c.begin(r.options.Store); err != nil {
		return nil, err
	}
	done, err := c.run(ctx)
	if err != nil {
		return nil, err
	}
	return done, c.journal.Append(progress.Subject{Migration: id}.CleanedUp(done))
}

// Startable refuses a migration that cannot be started any more.
//
// Error: REASON_MIGRATION_BUSY.
func Startable(s *pb.MigrationStatus) error {
	if s.GetCleanUp() == nil || s.GetState() == pb.MigrationState_MIGRATION_STATE_VERIFIED {
		return nil
	}
	return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_MIGRATION_BUSY,
		"migration %s was given up: what it needs to load no row twice was removed", s.GetMigrationId()).
		WithHint("migrate under a new ID; say with --if-exists what becomes of rows that are on the target already").
		WithFact("migration_id", s.GetMigrationId())
}

// A cleaning is one clean-up.
type cleaning struct {
	id             string
	par            string           // a bearer secret; "" for none
	journal        *journal.Journal // nil as long as it is a damaged one
	status         *pb.MigrationStatus
	source, target *fleet.Agent
}

// open takes the journal. With giveUp a damaged one will do: as much of it counts as
// can be read. Nobody can start such a migration either.
func (c *cleaning) open(store *journal.Store, giveUp bool) (err error) {
	c.journal, err = store.Open(c.id)
	if err == nil {
		c.status = c.journal.Status()
		return nil
	}
	if _, damaged := errors.AsType[*journal.CorruptError](err); damaged && giveUp {
		c.status, err = store.Readable(c.id)
	}
	return err
}

// close gives the journal up, if it was taken.
func (c *cleaning) close() error {
	if c.journal == nil {
		return nil
	}
	return c.journal.Close()
}

// begin writes down that the clean-up begins.
func (c *cleaning) begin(store *journal.Store) (err error) {
	if c.journal == nil {
		if err := store.GiveUp(c.id); err != nil {
			return err
		}
		c.journal, err = store.Open(c.id)
		return err
	}
	if c.status.GetCleanUp() != nil {
		return nil
	}
	return c.journal.Append(progress.Subject{Migration: c.id}.CleanedUp(&pb.MigrationCleanedUp{}))
}

// allowed checks everything before the first thing is removed.
func (c *cleaning) allowed(giveUp bool) error {
	if c.par != "" {
		found, err := Place(c.par)
		if err == nil {
			err = CheckPlace(c.status, found)
		}
		if err != nil {
			return err
		}
	}
	switch {
	case giveUp, c.status.GetCleanUp() != nil:
		return nil
	case c.status.GetState() == pb.MigrationState_MIGRATION_STATE_VERIFIED, c.status.GetState() == pb.MigrationState_MIGRATION_STATE_PLANNED:
		return nil
	}
	return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_MIGRATION_BUSY, "migration %s could still go on, and could not once it is cleaned up", c.id).
		WithHint("go on with: %s; or give it up with: %s", advice.Resume(c.id), advice.GiveUp(c.id)).
		WithFact("migration_id", c.id)
}

// run removes everything, first what may still work on it.
func (c *cleaning) run(ctx context.Context) (*pb.MigrationCleanedUp, error) {
	if err := c.cancelAll(ctx); err != nil {
		return nil, err
	}
	done := &pb.MigrationCleanedUp{Done: true, Looked: c.par != "" || c.status.GetCleanUp().GetLooked()}
	sides := []struct {
		agent *fleet.Agent
		par   string
	}{{c.source, ""}, {c.target, ""}}
	if c.par != "" {
		sides = append(sides, sides[0])
		sides[2].par = c.par
	}
	for _, side := range sides {
		resp, err := side.agent.Discard(ctx, &pb.DiscardRequest{MigrationId: c.id, ParUrl: side.par})
		if err != nil {
			return nil, err
		}
		done.Removed = append(done.Removed, resp.GetRemoved()...)
		done.Leftovers = append(done.Leftovers, resp.GetLeftovers()...)
	}
	if c.par == "" {
		for _, left := range known(c.status) {
			left.Hint = "run: " + removal(c.id, c.status.GetStorage())
			done.Leftovers = append(done.Leftovers, left)
		}
	}
	return done, nil
}

// known is what lies in the bucket as far as the journal knows: what somebody saw
// there last, or else what was staged.
func known(s *pb.MigrationStatus) []*pb.Leftover {
	var seen []*pb.Leftover
	switch {
	case s.GetCleanUp().GetLooked():
		seen = s.GetCleanUp().GetLeftovers()
	case s.GetState() == pb.MigrationState_MIGRATION_STATE_VERIFIED:
		seen = s.GetReceipt().GetLeftovers()
	default:
		return staged(s)
	}
	var objects []*pb.Leftover
	for _, left := range seen {
		if left.GetKind() == stagedKind {
			objects = append(objects, proto.CloneOf(left))
		}
	}
	return objects
}

// cancelAll ends attempts whose outcome the journal does not know: they may
// still run.
func (c *cleaning) cancelAll(ctx context.Context) error {
	for subject, agent := range openAttempts(c.status, c.source, c.target) {
		req := &pb.CancelRequest{MigrationId: c.id, ChunkId: subject.Chunk, Attempt: subject.Attempt}
		if _, err := agent.Cancel(ctx, req); err != nil {
			return err
		}
	}
	return nil
}

// removal is the command that removes what a migration left in its bucket.
func removal(id string, p *pb.StorageLocation) string {
	if p == nil { // a journal of an older version
		p = &pb.StorageLocation{Namespace: "NAMESPACE", Bucket: "BUCKET"}
	}
	return par.Removal(par.Place{Region: p.GetRegion(), Namespace: p.GetNamespace(), Bucket: p.GetBucket(), Prefix: p.GetPrefix() + id + "/"})
}
