package progress_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestAPausedMigrationHasEndedForNowAndKeepsItsPlace(t *testing.T) {
	place := &pb.StorageLocation{Namespace: "ns", Bucket: "ferry", Prefix: "team/"}
	why := &pb.Failure{Reason: pb.Reason_REASON_PAR_EXPIRED}
	events := stamped(
		migration.Planned(plan()),
		migration.MigrationChanged(&pb.MigrationChanged{State: pb.MigrationState_MIGRATION_STATE_RUNNING, Storage: place}),
		migration.MigrationChanged(&pb.MigrationChanged{State: pb.MigrationState_MIGRATION_STATE_PAUSED, Failure: why}),
		migration.MigrationChanged(&pb.MigrationChanged{State: pb.MigrationState_MIGRATION_STATE_RUNNING}),
	)
	paused, again := fold(events[:3]), fold(events)
	if !progress.Ended(paused.GetState()) || paused.GetFailure().GetReason() != why.GetReason() || paused.GetEndTime() == nil {
		t.Errorf("paused: %v", paused)
	}
	if progress.Ended(again.GetState()) || again.GetFailure() != nil || again.GetEndTime() != nil {
		t.Errorf("running again: %v", again)
	}
	for _, s := range []*pb.MigrationStatus{paused, again} {
		if diff := cmp.Diff(place, s.GetStorage(), protocmp.Transform()); diff != "" {
			t.Errorf("storage (-want +got):\n%s", diff)
		}
	}
}

func TestACleanUpIsKnownFromItsBeginning(t *testing.T) {
	done := &pb.MigrationCleanedUp{Done: true, Leftovers: []*pb.Leftover{{Kind: "objects", Count: 3}}}
	events := stamped(migration.Planned(plan()), migration.CleanedUp(&pb.MigrationCleanedUp{}), migration.CleanedUp(done))
	if s := fold(events[:2]); s.GetCleanUp() == nil || s.GetCleanUp().GetDone() || s.GetState() != pb.MigrationState_MIGRATION_STATE_PLANNED {
		t.Errorf("at its beginning: %v", s)
	}
	if diff := cmp.Diff(done, fold(events).GetCleanUp(), protocmp.Transform()); diff != "" {
		t.Errorf("at its end (-want +got):\n%s", diff)
	}
}
