package service

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/agent/internal/bucket"
	"github.com/adbferry/adbferry/agent/internal/dbmscloud"
	"github.com/adbferry/adbferry/agent/internal/ledger"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/agent/internal/probe"
	"github.com/adbferry/adbferry/agent/internal/staging"
	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/par"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Discard removes what a migration made beside the moved tables: without a PAR
// staging tables, the probe's tables and ledger entries of the database, with one
// the migration's objects; operations of DBMS_CLOUD with both. What it cannot remove it reports.
func (s *Service) Discard(ctx context.Context, req *pb.DiscardRequest) (*pb.DiscardResponse, error) {
	if err := checkMigration(req.GetMigrationId()); err != nil {
		return nil, err
	}
	if req.GetParUrl() == "" {
		return with(ctx, s, "discard", func(ctx context.Context, session *oracle.Session) (*pb.DiscardResponse, error) {
			if err := quiet(ctx, session, req.GetMigrationId()); err != nil {
				return nil, err
			}
			return discardTables(ctx, session, s.Database.User(), req.GetMigrationId())
		})
	}
	u, err := bucket.Parse(req.GetParUrl())
	if err != nil {
		return nil, err
	}
	if _, err := with(ctx, s, "discard", func(ctx context.Context, session *oracle.Session) (struct{}, error) {
		return struct{}{}, quiet(ctx, session, req.GetMigrationId())
	}); err != nil {
		return nil, err
	}
	resp, err := s.discardObjects(ctx, u, req.GetMigrationId())
	if err != nil {
		return nil, err
	}
	return with(ctx, s, "discard", func(ctx context.Context, session *oracle.Session) (*pb.DiscardResponse, error) {
		return resp, forgetOperations(ctx, session, req.GetMigrationId())
	})
}

// quiet checks that nothing of a migration runs in the database any more: an export
// whose agent has died would write objects after the last one was removed.
func quiet(ctx context.Context, s *oracle.Session, migration string) error {
	n, err := dbmscloud.Running(ctx, s, migration)
	if err != nil || n == 0 {
		return err
	}
	return apierr.New(codes.Aborted, pb.Reason_REASON_DATABASE_ERROR, "%d exports or loads of the migration still run in the database, though their agent has gone", n).
		WithHint("clean up again when they have ended: USER_LOAD_OPERATIONS has their SID and SERIAL#, and without SELECT on V$SESSION a session that was killed counts too").WithRetry(quietDelay)
}

// quietDelay is how long a caller waits before it asks again.
const quietDelay = 5 * time.Second

// forgetOperations deletes what exports and loads of dead agents left in
// USER_LOAD_OPERATIONS, the PAR among it.
func forgetOperations(ctx context.Context, s *oracle.Session, migration string) error {
	return dbmscloud.ForgetMigration(ctx, s, migration)
}

// discardTables removes what is in the database.
func discardTables(ctx context.Context, s *oracle.Session, user, migration string) (*pb.DiscardResponse, error) {
	staged, err := staging.DropMigration(ctx, s, migration)
	if err != nil {
		return nil, err
	}
	probes, err := probe.Drop(ctx, s, user, migration)
	if err != nil {
		return nil, err
	}
	if err := forgetOperations(ctx, s, migration); err != nil {
		return nil, err
	}
	entries, err := ledger.Discard(ctx, s, migration)
	resp := &pb.DiscardResponse{}
	for _, r := range []*pb.Leftover{
		{Kind: "staging tables", Count: int64(staged)}, {Kind: "probe tables", Count: int64(len(probes))}, {Kind: "ledger entries", Count: entries},
	} {
		if r.GetCount() > 0 {
			r.Location = "schema " + user
			resp.Removed = append(resp.Removed, r)
		}
	}
	return resp, err
}

// discardObjects deletes the migration's objects as far as a credential permits,
// and proves by listing what is left.
func (s *Service) discardObjects(ctx context.Context, u par.URL, migration string) (*pb.DiscardResponse, error) {
	before, err := s.Store.Held(ctx, u, migration)
	if err != nil {
		return nil, err
	}
	trouble := s.deleteObjects(ctx, u, before.Ours)
	after, err := s.Store.Held(ctx, u, migration)
	if err != nil {
		return nil, err
	}
	resp := &pb.DiscardResponse{}
	if removed := before.Without(after); removed != nil {
		resp.Removed = append(resp.Removed, removed)
	}
	if left := after.Leftover(u); left != nil {
		if trouble != nil {
			left.Hint = apierr.FailureOf(trouble).GetText() + "; " + left.GetHint()
		}
		resp.Leftovers = append(resp.Leftovers, left)
	}
	return resp, nil
}

// deleteObjects deletes objects one by one, none without a credential. It stops at
// the first that cannot be deleted.
func (s *Service) deleteObjects(ctx context.Context, u par.URL, objects []par.Object) error {
	if s.Credential == "" || len(objects) == 0 {
		return nil
	}
	credential, err := oracle.NewName(s.Credential)
	if err != nil {
		return err
	}
	_, err = with(ctx, s, "discard", func(ctx context.Context, session *oracle.Session) (struct{}, error) {
		for _, o := range objects {
			if err := dbmscloud.Delete(ctx, session, credential, u.Native(o.Name)); err != nil {
				return struct{}{}, fmt.Errorf("delete with credential %s: %w", credential.Text(), err)
			}
		}
		return struct{}{}, nil
	})
	return err
}
