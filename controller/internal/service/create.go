package service

import (
	"context"
	"errors"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/adbferry/adbferry/controller/internal/estimate"
	"github.com/adbferry/adbferry/controller/internal/journal"
	"github.com/adbferry/adbferry/controller/internal/plan"
	"github.com/adbferry/adbferry/pkg/advice"
	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// CreateMigration implements MigrationService.
func (s *Service) CreateMigration(ctx context.Context, req *pb.CreateMigrationRequest) (*pb.CreateMigrationResponse, error) {
	if err := checkCreate(req); err != nil {
		return nil, err
	}
	id := req.GetMigrationId()
	if !req.GetValidateOnly() {
		existing, err := s.existing(id, req.GetSpec())
		if err != nil || existing != nil {
			return &pb.CreateMigrationResponse{Migration: existing}, err
		}
	}
	p, err := s.plan(ctx, req)
	if req.GetValidateOnly() && p != nil {
		return &pb.CreateMigrationResponse{Migration: unkept(id, p, err)}, nil
	}
	if err != nil {
		return nil, err
	}
	status, err := s.Store.Create(id, p)
	if errors.Is(err, journal.ErrExists) { // by another call meanwhile
		status, err = s.existing(id, req.GetSpec())
	}
	return &pb.CreateMigrationResponse{Migration: status}, explain(id, unwritten(id, err))
}

// unwritten explains that a plan could not be kept: there is no migration then that
// could go on.
func unwritten(id string, err error) error {
	broken, ok := errors.AsType[*journal.WriteError](err)
	if !ok {
		return err
	}
	return apierr.New(codes.ResourceExhausted, pb.Reason_REASON_JOURNAL_BROKEN, "%v", broken).
		WithHint("make room or repair the file system, then plan again: nothing was begun").
		WithFact("directory", broken.Dir).WithFact("migration_id", id)
}

// checkCreate checks what can be checked without asking anybody.
func checkCreate(req *pb.CreateMigrationRequest) error {
	if !pb.ValidMigrationID(req.GetMigrationId()) {
		return apierr.New(codes.InvalidArgument, pb.Reason_REASON_REQUEST_INVALID, "%q cannot be a migration ID", req.GetMigrationId()).
			WithHint("use 1 to 63 letters, digits, '-' and '_', and start with a letter or digit").
			WithFact("field", "migration_id")
	}
	if req.GetParUrl() != "" {
		if err := checkPAR(req.GetParUrl()); err != nil {
			return err
		}
	}
	if err := checkExpired(req.GetParExpiry(), time.Now()); err != nil {
		return err
	}
	if req.GetPrices() != nil {
		if err := estimate.CheckPrices(req.GetPrices()); err != nil {
			return apierr.New(codes.InvalidArgument, pb.Reason_REASON_REQUEST_INVALID, "prices: %v", err).WithFact("field", "prices")
		}
	}
	return plan.CheckSpec(req.GetSpec())
}

// existing returns the migration of an ID if it was created from the same spec,
// nil when the ID is free.
func (s *Service) existing(id string, spec *pb.MigrationSpec) (*pb.MigrationStatus, error) {
	status, err := s.Store.Status(id)
	switch {
	case errors.Is(err, journal.ErrNotFound):
		return nil, nil //nolint:nilnil // a free ID is neither a migration nor an error
	case err != nil:
		return nil, explain(id, err)
	case !sameSpec(status.GetPlan().GetSpec(), spec):
		return nil, apierr.New(codes.AlreadyExists, pb.Reason_REASON_MIGRATION_EXISTS, "migration %s exists with a different specification", id).
			WithHint("choose another --id, or go on with that migration: %s", advice.Resume(id)).
			WithFact("migration_id", id)
	}
	return status, nil
}

// sameSpec compares what was asked for. Consent to remove rows is given once, and
// asking again without it changes nothing.
func sameSpec(kept, asked *pb.MigrationSpec) bool {
	asked = proto.CloneOf(asked)
	asked.AllowDataRemoval = kept.GetAllowDataRemoval()
	return proto.Equal(kept, asked)
}

// unkept is the status a migration would have right after it was created. Its
// failure is what keeps it from being created, with everything that is wrong.
func unkept(id string, p *pb.MigrationPlan, wrong error) *pb.MigrationStatus {
	status := &pb.MigrationStatus{}
	e := progress.Subject{Migration: id}.Planned(p)
	e.Sequence = 1
	progress.Fold(status, e)
	status.LastSequence, status.Failure = 0, apierr.FailureOf(wrong)
	return status
}
