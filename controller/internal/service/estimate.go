package service

import (
	"slices"
	"time"

	"github.com/adbferry/adbferry/controller/internal/estimate"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// pastMigrations is how many journals are looked at to learn from: the last by
// name, which are the latest when the names were made from the time.
const pastMigrations = 20

// estimate says what a plan will probably take.
func (s *Service) estimate(req *pb.CreateMigrationRequest, p *pb.MigrationPlan, d *pb.Diagnosis) *pb.Estimate {
	exports, imports := s.Runs.Lanes(p)
	in := estimate.Input{
		Plan: p, Past: s.past(), Prices: req.GetPrices(), Now: time.Now(), Diagnosis: d, Lanes: min(exports, imports),
	}
	if req.GetParExpiry() != nil {
		in.PARExpiry = req.GetParExpiry().AsTime()
	}
	return estimate.Make(in)
}

// past returns receipts of migrations that ended. A journal that cannot be read
// teaches nothing, and is no reason not to plan.
func (s *Service) past() []*pb.Receipt {
	ids, err := s.Store.IDs()
	if err != nil {
		return nil
	}
	var receipts []*pb.Receipt
	for _, id := range slices.Backward(ids[max(0, len(ids)-pastMigrations):]) {
		if status, err := s.Store.Status(id); err == nil && status.GetReceipt() != nil {
			receipts = append(receipts, status.GetReceipt())
		}
	}
	return receipts
}
