package cli

import (
	"bytes"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestAPARThatMayEndTooEarlyIsWarnedOfOnce(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	early := timestamppb.New(now.Add(30 * time.Second))
	const warning = "adbferry: the PAR expires at 2026-11-22 12:00:30 UTC, and the migration is estimated to take about 1m0s: it may pause and need another PAR\n"
	for name, tt := range map[string]struct {
		change func(*pb.MigrationStatus, *pb.StartMigrationRequest)
		want   string
	}{
		"too early, by the plan": {func(m *pb.MigrationStatus, _ *pb.StartMigrationRequest) { m.Plan.Estimate.ParExpiry = early }, warning},
		"too early, by the flag": {func(_ *pb.MigrationStatus, s *pb.StartMigrationRequest) { s.ParExpiry = early }, warning},
		"late enough": {func(_ *pb.MigrationStatus, s *pb.StartMigrationRequest) {
			s.ParExpiry = timestamppb.New(now.Add(time.Hour))
		}, ""},
		"not known": {func(*pb.MigrationStatus, *pb.StartMigrationRequest) {}, ""},
		"agreed to": {func(_ *pb.MigrationStatus, s *pb.StartMigrationRequest) {
			s.ParExpiry, s.AllowEarlyExpiry = early, true
		}, ""},
		"begun already": {func(m *pb.MigrationStatus, s *pb.StartMigrationRequest) {
			s.ParExpiry, m.State = early, pb.MigrationState_MIGRATION_STATE_STOPPED
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			m := &pb.MigrationStatus{
				State: pb.MigrationState_MIGRATION_STATE_PLANNED,
				Plan:  &pb.MigrationPlan{Estimate: &pb.Estimate{Duration: durationpb.New(time.Minute)}},
			}
			start := &pb.StartMigrationRequest{}
			tt.change(m, start)
			var out bytes.Buffer
			(&app{stderr: &out}).warnOfExpiry(m, start, now)
			if out.String() != tt.want {
				t.Errorf("warning %q, want %q", out.String(), tt.want)
			}
		})
	}
}
