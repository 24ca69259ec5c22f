package service

import (
	"context"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/adbferry/adbferry/controller/internal/migrate"
	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// ReplacePar implements MigrationService. A PAR that will not do changes nothing.
func (s *Service) ReplacePar(ctx context.Context, req *pb.ReplaceParRequest) (*pb.ReplaceParResponse, error) {
	id := req.GetMigrationId()
	status, err := s.Store.Status(id)
	if err != nil {
		return nil, explain(id, err)
	}
	if status.GetState() == pb.MigrationState_MIGRATION_STATE_VERIFIED {
		return &pb.ReplaceParResponse{Migration: status}, nil
	}
	if err := s.admit(ctx, status, req.GetParUrl()); err != nil {
		return nil, err
	}
	replaced, err := s.Runs.ReplacePAR(ctx, id, req.GetParUrl())
	if err != nil {
		return nil, err
	}
	if replaced {
		status, err = s.status(id)
		return &pb.ReplaceParResponse{Migration: status}, err
	}
	status, err = s.Runs.Start(id, req.GetParUrl())
	return &pb.ReplaceParResponse{Migration: status, Started: true}, explain(id, err)
}

// admit checks a PAR from all sides before a migration gets it: it has to lead to
// where the migration's objects are, the source has to write with it and the
// target to read.
func (s *Service) admit(ctx context.Context, status *pb.MigrationStatus, parURL string) error {
	if err := checkPAR(parURL); err != nil {
		return err
	}
	place, err := migrate.Place(parURL)
	if err != nil {
		return err
	}
	if err := migrate.Startable(status); err != nil {
		return err
	}
	if err := migrate.CheckPlace(status, place); err != nil {
		return err
	}
	source, target, err := s.agents(status.GetPlan().GetSpec())
	if err != nil {
		return err
	}
	return checkStorage(ctx, status.GetMigrationId(), parURL, source, target)
}

// checkExpiry refuses a PAR that ends before the migration probably does. What
// was said about the PAR when the migration was planned is about the first one.
func checkExpiry(status *pb.MigrationStatus, req *pb.StartMigrationRequest, now time.Time) error {
	expiry := req.GetParExpiry()
	if expiry == nil && status.GetState() == pb.MigrationState_MIGRATION_STATE_PLANNED {
		expiry = status.GetPlan().GetEstimate().GetParExpiry()
	}
	if expiry == nil {
		return nil
	}
	if err := checkExpired(expiry, now); err != nil {
		return err
	}
	ends := now.Add(left(status))
	if req.GetAllowEarlyExpiry() || expiry.AsTime().After(ends) {
		return nil
	}
	return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_PAR_ENDS_EARLY,
		"the PAR expires at %s, and the migration probably ends at %s", expiry.AsTime().Format(time.RFC3339), ends.UTC().Format(time.RFC3339)).
		WithHint("make a PAR that lasts longer; or agree with --allow-early-expiry: the migration then pauses and takes another one").
		WithFact("expires", expiry.AsTime().Format(time.RFC3339)).WithFact("ends", ends.UTC().Format(time.RFC3339))
}

// checkExpired refuses a PAR whose time is over; nil is not known.
func checkExpired(expiry *timestamppb.Timestamp, now time.Time) error {
	if expiry == nil || expiry.AsTime().After(now) {
		return nil
	}
	return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_PAR_EXPIRED, "the PAR expired at %s", expiry.AsTime().Format(time.RFC3339)).
		WithHint("make another PAR on the same bucket, or give the right time with --par-expires")
}

// left is how long a migration will probably take from now on: the estimate's
// share of what is not moved.
func left(status *pb.MigrationStatus) time.Duration {
	var done, all float64
	for _, t := range status.GetTables() {
		weight := float64(1 + progress.Plan(status, t.GetTableId()).GetEstimatedBytes())
		done += weight * progress.TableTotals(status, t).Fraction
		all += weight
	}
	if all == 0 {
		return 0
	}
	return time.Duration((1 - done/all) * float64(status.GetPlan().GetEstimate().GetDuration().AsDuration()))
}

// CleanUp implements MigrationService.
func (s *Service) CleanUp(ctx context.Context, req *pb.CleanUpRequest) (*pb.CleanUpResponse, error) {
	if req.GetParUrl() != "" {
		if err := checkPAR(req.GetParUrl()); err != nil {
			return nil, err
		}
	}
	done, err := s.Runs.CleanUp(ctx, req.GetMigrationId(), req.GetParUrl(), req.GetGiveUp())
	if err != nil {
		return nil, explain(req.GetMigrationId(), err)
	}
	return &pb.CleanUpResponse{Removed: done.GetRemoved(), Leftovers: done.GetLeftovers()}, nil
}
