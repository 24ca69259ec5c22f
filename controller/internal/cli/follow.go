package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/advice"
	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/config"
	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// startAndFollow carries a migration out, shows the events after a sequence
// number and ends with its receipt. A signal stops the migration.
func (a *app) startAndFollow(ctx context.Context, client pb.MigrationServiceClient, m *pb.MigrationStatus, after int64, par config.Secret, start *pb.StartMigrationRequest) error {
	start.MigrationId, start.ParUrl = m.GetMigrationId(), par.Reveal()
	// Starting takes a moment and is not cut off: follow answers a signal better.
	resp, err := client.StartMigration(context.WithoutCancel(ctx), start)
	if err != nil {
		return err
	}
	a.warnOfExpiry(m, start, time.Now())
	after = min(after, max(0, resp.GetMigration().GetLastSequence()-1)) // the end of one that is verified already
	final, err := a.follow(ctx, client, m, after, true)
	if err != nil {
		return err
	}
	return a.conclude(ctx, final)
}

// warnOfExpiry says that a PAR probably ends too early for a plan. The controller
// refuses it only when it has measured how long such a migration takes.
func (a *app) warnOfExpiry(m *pb.MigrationStatus, start *pb.StartMigrationRequest, now time.Time) {
	e := m.GetPlan().GetEstimate()
	expiry := cmp.Or(start.GetParExpiry(), e.GetParExpiry())
	ends := now.Add(e.GetDuration().AsDuration())
	if m.GetState() == pb.MigrationState_MIGRATION_STATE_PLANNED && !start.GetAllowEarlyExpiry() && expiry != nil && expiry.AsTime().Before(ends) {
		a.warn(fmt.Sprintf("the PAR expires at %s, and the migration is estimated to take %s: it may pause and need another PAR",
			when(expiry), durationText(e.GetDuration().AsDuration())))
	}
}

// follow shows a migration's events as they come, until it ends, and returns its
// last status. A signal ends it: either by stopping the migration, or by no
// longer looking.
func (a *app) follow(ctx context.Context, client pb.MigrationServiceClient, m *pb.MigrationStatus, after int64, stop bool) (*pb.MigrationStatus, error) {
	watch, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)
	stream, err := client.WatchMigration(watch, &pb.WatchMigrationRequest{MigrationId: m.GetMigrationId()})
	if err != nil {
		return nil, err
	}
	p, err := a.newPrinter()
	if err != nil {
		return nil, err
	}
	var stopping sync.WaitGroup
	release := context.AfterFunc(ctx, func() {
		if !stop {
			cancel(context.Cause(ctx))
			return
		}
		p.say("stopping: running steps have some time to end, 30 s unless stop_grace says otherwise; go on later with: " + advice.Resume(m.GetMigrationId()))
		p.say("press Ctrl-C again to exit at once")
		stopping.Go(func() { stopMigration(watch, client, m.GetMigrationId(), p) })
	})
	err = show(stream, p, after)
	p.close()
	if release(); ctx.Err() != nil && !stop {
		return nil, context.Cause(ctx)
	}
	stopping.Wait()
	if err != nil {
		return nil, err
	}
	resp, err := client.GetMigration(context.WithoutCancel(ctx), &pb.GetMigrationRequest{MigrationId: m.GetMigrationId()})
	return resp.GetMigration(), err
}

// stopMigration asks for a stop. That it cannot be asked for is said, since the
// migration then goes on.
func stopMigration(ctx context.Context, client pb.MigrationServiceClient, id string, p printer) {
	call, cancel := unbounded(ctx)
	defer cancel()
	if _, err := client.StopMigration(call, &pb.StopMigrationRequest{MigrationId: id}); err != nil && ctx.Err() == nil {
		p.say("the migration could not be stopped: " + apierr.From(err).Error())
	}
}

// show folds all events and prints those after a sequence number, and ticks.
func show(stream interface {
	Recv() (*pb.WatchMigrationResponse, error)
}, p printer, after int64,
) error {
	status := &pb.MigrationStatus{}
	for {
		resp, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		e := resp.GetEvent()
		progress.Fold(status, e)
		if progress.IsTick(e) || e.GetSequence() > after {
			p.event(status, e)
		}
	}
}

// conclude prints the receipt and returns what the exit code comes from.
func (a *app) conclude(ctx context.Context, m *pb.MigrationStatus) error {
	if a.output != formJSON && m.GetReceipt() != nil && hasFinalReceipt(m.GetState()) {
		a.print("%s", receiptText(m.GetReceipt(), detail{}))
	}
	switch m.GetState() {
	case pb.MigrationState_MIGRATION_STATE_VERIFIED:
		return nil
	case pb.MigrationState_MIGRATION_STATE_FAILED:
		return goingOn(m.GetMigrationId(), m.GetFailure())
	case pb.MigrationState_MIGRATION_STATE_PAUSED:
		return apierr.Of(m.GetFailure())
	default:
	}
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case m.GetFailure() != nil: // nobody asked for the stop
		return apierr.Of(m.GetFailure())
	}
	return apierr.New(codes.Aborted, pb.Reason_REASON_CANCELLED, "migration %s was stopped before its end", m.GetMigrationId()).
		WithHint("go on with: %s", advice.Resume(m.GetMigrationId()))
}

// goingOn is the failure of a migration, with how to go on once what it says is done.
func goingOn(id string, f *pb.Failure) *apierr.Error {
	again := advice.Resume(id)
	switch {
	case f.GetHint() == "":
		return apierr.Of(f).WithHint("go on with: %s", again)
	case strings.Contains(f.GetHint(), "adbferry resume"):
		return apierr.Of(f)
	default:
		return apierr.Of(f).WithHint("%s, then: %s", f.GetHint(), again)
	}
}

// hasFinalReceipt reports whether the last receipt of a migration in this state is about
// its end, and not about that of an earlier start.
func hasFinalReceipt(state pb.MigrationState) bool {
	return state == pb.MigrationState_MIGRATION_STATE_VERIFIED || state == pb.MigrationState_MIGRATION_STATE_FAILED
}
