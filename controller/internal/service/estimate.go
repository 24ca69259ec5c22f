package service

import (
	"context"
	"slices"
	"time"

	"github.com/adbferry/adbferry/controller/internal/estimate"
	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// pastMigrations is how many journals are looked at to learn from: the last by
// name, which are the latest when the names were made from the time.
const pastMigrations = 20

// estimate says what a plan will probably take.
func (s *Service) estimate(ctx context.Context, req *pb.CreateMigrationRequest, p *pb.MigrationPlan, d *pb.Diagnosis) *pb.Estimate {
	in := estimate.Input{
		Plan: p, Past: s.past(ctx), Prices: req.GetPrices(), Now: time.Now(), Diagnosis: d, Lanes: s.lanes(p),
	}
	if req.GetParExpiry() != nil {
		in.PARExpiry = req.GetParExpiry().AsTime()
	}
	return estimate.Make(in)
}

// lanes is how many chunks of a plan move at a time.
func (s *Service) lanes(p *pb.MigrationPlan) int {
	exports, imports := s.Runs.Lanes(p)
	return min(exports, imports)
}

// past returns migrations that ended. A journal that cannot be read teaches
// nothing, and is no reason not to plan.
func (s *Service) past(ctx context.Context) []estimate.Past {
	ids, err := s.Store.IDs()
	if err != nil {
		return nil
	}
	var ended []estimate.Past
	for _, id := range slices.Backward(ids[max(0, len(ids)-pastMigrations):]) {
		status, err := s.Store.Status(id)
		if err != nil || status.GetReceipt() == nil || !progress.Ended(status.GetState()) {
			continue
		}
		if started, err := s.lastStart(ctx, id); err == nil {
			ended = append(ended, estimate.Past{Status: status, Started: started})
		}
	}
	return ended
}

// lastStart is when a migration that ended was last started.
func (s *Service) lastStart(ctx context.Context, id string) (started time.Time, err error) {
	err = s.Store.Watch(ctx, id, 0, func(e *pb.Event) error {
		if e.GetMigrationChanged().GetState() == pb.MigrationState_MIGRATION_STATE_RUNNING {
			started = e.GetTime().AsTime()
		}
		return nil
	})
	return started, err
}
