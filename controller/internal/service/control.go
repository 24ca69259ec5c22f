package service

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/adbferry/adbferry/controller/internal/fleet"
	"github.com/adbferry/adbferry/controller/internal/journal"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// The page sizes of the API.
const (
	defaultPage = 100
	longestPage = 1000
	pageBytes   = 4 << 20
)

// GetMigration implements MigrationService.
func (s *Service) GetMigration(_ context.Context, req *pb.GetMigrationRequest) (*pb.GetMigrationResponse, error) {
	status, err := s.status(req.GetMigrationId())
	return &pb.GetMigrationResponse{Migration: status}, err
}

// status is a migration as its journal has it, except that one which runs by its
// journal while nobody carries it out is shown as stopped.
func (s *Service) status(id string) (*pb.MigrationStatus, error) {
	status, err := s.Store.Status(id)
	if err != nil {
		return nil, explain(id, err)
	}
	if status.GetState() != pb.MigrationState_MIGRATION_STATE_RUNNING {
		return status, nil
	}
	if _, held, err := s.Store.Holder(id); err != nil || held {
		return status, explain(id, err)
	}
	// It may have ended between the two looks.
	if status, err = s.Store.Status(id); err == nil && status.GetState() == pb.MigrationState_MIGRATION_STATE_RUNNING {
		status.State = pb.MigrationState_MIGRATION_STATE_STOPPED
		status.Failure = apierr.FailureOf(s.ended(id, journal.ErrAbandoned))
	}
	return status, explain(id, err)
}

// ended explains how following a migration ended. One that nobody carries out any
// more may have ended here, without a word in its journal.
func (s *Service) ended(id string, err error) error {
	if errors.Is(err, journal.ErrAbandoned) {
		err = cmp.Or(s.Runs.Broken(id), err)
	}
	return explain(id, err)
}

// ListMigrations implements MigrationService. Columns, chunks and definitions are
// left out of the plans; GetMigration has them.
func (s *Service) ListMigrations(_ context.Context, req *pb.ListMigrationsRequest) (*pb.ListMigrationsResponse, error) {
	ids, err := s.Store.IDs()
	if err != nil {
		return nil, err
	}
	var all []*pb.MigrationStatus
	for _, id := range ids {
		all = append(all, s.listed(id))
	}
	slices.SortFunc(all, func(a, b *pb.MigrationStatus) int {
		return cmp.Or(b.GetPlanTime().AsTime().Compare(a.GetPlanTime().AsTime()), cmp.Compare(a.GetMigrationId(), b.GetMigrationId()))
	})
	if req.GetPageToken() != "" {
		at := slices.IndexFunc(all, func(m *pb.MigrationStatus) bool { return m.GetMigrationId() == req.GetPageToken() })
		if at < 0 {
			return nil, apierr.New(codes.InvalidArgument, pb.Reason_REASON_REQUEST_INVALID, "the page token is none of this list").
				WithFact("field", "page_token")
		}
		all = all[at:]
	}
	size := int(min(cmp.Or(req.GetPageSize(), defaultPage), longestPage))
	if size < 0 {
		size = defaultPage
	}
	resp := &pb.ListMigrationsResponse{Migrations: all}
	if size = min(size, fitting(all)); len(all) > size {
		resp.Migrations, resp.NextPageToken = all[:size], all[size].GetMigrationId()
	}
	return resp, nil
}

// fitting is how many migrations fit into one page: all of them, unless they have
// thousands of tables; one in any case.
func fitting(all []*pb.MigrationStatus) int {
	bytes := 0
	for n, m := range all {
		if bytes += proto.Size(m); bytes > pageBytes && n > 0 {
			return n
		}
	}
	return len(all)
}

// listed is a migration's entry in the list. A damaged journal does not hide the others.
func (s *Service) listed(id string) *pb.MigrationStatus {
	status, err := s.status(id)
	if err != nil {
		return &pb.MigrationStatus{MigrationId: id, State: pb.MigrationState_MIGRATION_STATE_FAILED, Failure: apierr.FailureOf(err)}
	}
	for _, t := range status.GetPlan().GetTables() {
		t.Columns, t.Chunks, t.Definition = nil, nil, nil
	}
	return status
}

// StartMigration implements MigrationService. The PAR is checked first, so that a
// wrong one changes nothing.
func (s *Service) StartMigration(ctx context.Context, req *pb.StartMigrationRequest) (*pb.StartMigrationResponse, error) {
	id := req.GetMigrationId()
	status, err := s.Store.Status(id)
	if err != nil {
		return nil, explain(id, err)
	}
	if s.Runs.Active(id) && status.GetState() == pb.MigrationState_MIGRATION_STATE_RUNNING ||
		status.GetState() == pb.MigrationState_MIGRATION_STATE_VERIFIED {
		return &pb.StartMigrationResponse{Migration: status}, nil
	}
	if err := checkExpiry(status, req, time.Now()); err != nil {
		return nil, err
	}
	if err := s.admit(ctx, status, req.GetParUrl()); err != nil {
		return nil, err
	}
	status, err = s.Runs.Start(id, req.GetParUrl())
	return &pb.StartMigrationResponse{Migration: status}, explain(id, err)
}

// checkStorage proves a PAR from both sides: the source writes with it, the
// target lists and reads.
func checkStorage(ctx context.Context, id, parURL string, agents ...*fleet.Agent) error {
	for _, agent := range agents {
		if _, err := agent.CheckStorage(ctx, &pb.CheckStorageRequest{MigrationId: id, ParUrl: parURL}); err != nil {
			return err
		}
	}
	return nil
}

// StopMigration implements MigrationService. It waits until the migration has
// stopped. One that another process carries out cannot be stopped from here.
func (s *Service) StopMigration(ctx context.Context, req *pb.StopMigrationRequest) (*pb.StopMigrationResponse, error) {
	id := req.GetMigrationId()
	if !s.Runs.Active(id) {
		if who, held, err := s.Store.Holder(id); err != nil || held {
			return nil, explain(id, cmp.Or(err, error(&journal.BusyError{ID: id, Holder: who})))
		}
	}
	if err := s.Runs.Stop(ctx, id); err != nil {
		return nil, err
	}
	status, err := s.status(id)
	return &pb.StopMigrationResponse{Migration: status}, err
}
