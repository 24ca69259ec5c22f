package service

import (
	"context"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/adbferry/adbferry/controller/internal/estimate"
	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// checkExpiry refuses a PAR that ends before the migration probably does, when
// enough was measured to say so: a guess is no reason. What was said about the PAR
// when the migration was planned is about the first one.
func (s *Service) checkExpiry(ctx context.Context, status *pb.MigrationStatus, req *pb.StartMigrationRequest, now time.Time) error {
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
	if req.GetAllowEarlyExpiry() {
		return nil
	}
	takes, known := estimate.Measured(status.GetPlan(), s.past(ctx), s.lanes(status.GetPlan()))
	ends := now.Add(left(status, takes))
	if !known || expiry.AsTime().After(ends) {
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

// left is how long a migration that takes so long in all will probably take from
// now on: the share of what is not moved.
func left(status *pb.MigrationStatus, takes time.Duration) time.Duration {
	var done, all float64
	for _, t := range status.GetTables() {
		weight := float64(1 + progress.Plan(status, t.GetTableId()).GetEstimatedBytes())
		done += weight * progress.TableTotals(status, t).Fraction
		all += weight
	}
	if all == 0 {
		return 0
	}
	return time.Duration((1 - done/all) * float64(takes))
}
