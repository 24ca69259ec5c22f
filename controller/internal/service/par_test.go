package service_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/adbferry/adbferry/controller/internal/agenttest"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// watched follows a migration to its end, without starting it.
func (d *desk) watched(t *testing.T, id string) *pb.MigrationStatus {
	t.Helper()
	stream, err := d.client.WatchMigration(t.Context(), &pb.WatchMigrationRequest{MigrationId: id})
	check(t, err)
	for err == nil {
		_, err = stream.Recv()
	}
	if !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	resp, err := d.client.GetMigration(t.Context(), &pb.GetMigrationRequest{MigrationId: id})
	check(t, err)
	return resp.GetMigration()
}

// exporting waits until the source exports.
func (d *desk) exporting(t *testing.T) {
	t.Helper()
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for end := time.Now().Add(10 * time.Second); d.Source.Running() == 0; {
		if (<-look.C).After(end) {
			t.Fatal("nothing is exported")
		}
	}
}

func TestAPausedMigrationIsStartedWithItsNewPAR(t *testing.T) {
	d := newDesk(t)
	d.create(t, "m1")
	gate := make(chan struct{})
	d.Source.Inject(agenttest.Fault{RPC: "Export", Gate: gate})
	_, err := d.client.StartMigration(t.Context(), &pb.StartMigrationRequest{MigrationId: "m1", ParUrl: d.Bucket.PAR()})
	check(t, err)
	d.exporting(t)
	old := d.Bucket.PAR()
	d.Bucket.Expire()
	close(gate)
	m := d.watched(t, "m1")
	if m.GetState() != pb.MigrationState_MIGRATION_STATE_PAUSED {
		t.Fatalf("migration is %s", m.GetState())
	}
	_, err = d.client.StartMigration(t.Context(), &pb.StartMigrationRequest{MigrationId: "m1", ParUrl: old})
	expectReason(t, err, pb.Reason_REASON_PAR_EXPIRED)
	elsewhere := strings.Replace(d.Bucket.PAR(), "/b/ferry/", "/b/other/", 1)
	_, err = d.client.ReplacePar(t.Context(), &pb.ReplaceParRequest{MigrationId: "m1", ParUrl: elsewhere})
	if f := expectReason(t, err, pb.Reason_REASON_PAR_ELSEWHERE); !strings.Contains(f.GetFacts()["expected"], "bucket ferry of namespace axsim") {
		t.Errorf("failure %v", f)
	}
	resp, err := d.client.ReplacePar(t.Context(), &pb.ReplaceParRequest{MigrationId: "m1", ParUrl: d.Bucket.PAR()})
	check(t, err)
	if !resp.GetStarted() || resp.GetMigration().GetState() != pb.MigrationState_MIGRATION_STATE_RUNNING {
		t.Errorf("replaced: %v, %s", resp.GetStarted(), resp.GetMigration().GetState())
	}
	if m := d.watched(t, "m1"); m.GetState() != pb.MigrationState_MIGRATION_STATE_VERIFIED {
		t.Errorf("migration is %s: %v", m.GetState(), m.GetFailure())
	}
	resp, err = d.client.ReplacePar(t.Context(), &pb.ReplaceParRequest{MigrationId: "m1", ParUrl: "no PAR at all"})
	if err != nil || resp.GetStarted() {
		t.Errorf("a verified migration: %v, %v", resp, err)
	}
}

func TestARunningMigrationGoesOnWithItsNewPAR(t *testing.T) {
	d := newDesk(t)
	d.create(t, "m1")
	gate := make(chan struct{})
	d.Source.Inject(agenttest.Fault{RPC: "Export", Gate: gate})
	_, err := d.client.StartMigration(t.Context(), &pb.StartMigrationRequest{MigrationId: "m1", ParUrl: d.Bucket.PAR()})
	check(t, err)
	d.exporting(t)
	_, err = d.client.ReplacePar(t.Context(), &pb.ReplaceParRequest{MigrationId: "m1", ParUrl: strings.Replace(d.Bucket.PAR(), "/p/", "/p/x", 1)})
	expectReason(t, err, pb.Reason_REASON_PAR_EXPIRED) // and the old one stays
	d.Bucket.Expire()
	resp, err := d.client.ReplacePar(t.Context(), &pb.ReplaceParRequest{MigrationId: "m1", ParUrl: d.Bucket.PAR()})
	check(t, err)
	if resp.GetStarted() {
		t.Error("a running migration was started")
	}
	close(gate)
	if m := d.watched(t, "m1"); m.GetState() != pb.MigrationState_MIGRATION_STATE_VERIFIED {
		t.Errorf("migration is %s: %v", m.GetState(), m.GetFailure())
	}
}

// What was measured on the demo table lets it be said how long a large one takes.
func TestAPARThatEndsTooEarlyNeedsConsent(t *testing.T) {
	d := newDesk(t)
	d.create(t, "m0")
	d.finish(t, "m0")
	d.Source.AddTable(name("A", "LARGE"), 10_000_000_000, &pb.Column{Name: "ID", DataType: "NUMBER"})
	create := d.request("m1")
	create.Spec.Tables = []*pb.TableSelection{{Source: name("A", "LARGE")}}
	create.ParExpiry = timestamppb.New(time.Now().Add(time.Minute))
	planned, err := d.client.CreateMigration(t.Context(), create)
	check(t, err)
	e := planned.GetMigration().GetPlan().GetEstimate()
	if e.GetDuration().AsDuration() < time.Minute || !strings.Contains(strings.Join(e.GetWarnings(), "\n"), "the PAR expires in") {
		t.Fatalf("estimate %v", e)
	}
	start := &pb.StartMigrationRequest{MigrationId: "m1", ParUrl: d.Bucket.PAR()}
	_, err = d.client.StartMigration(t.Context(), start)
	expectReason(t, err, pb.Reason_REASON_PAR_ENDS_EARLY)
	start.ParExpiry = timestamppb.New(time.Now().Add(-time.Second))
	_, err = d.client.StartMigration(t.Context(), start)
	expectReason(t, err, pb.Reason_REASON_PAR_EXPIRED)
	start.ParUrl, start.ParExpiry, start.AllowEarlyExpiry = "https://example.com/", timestamppb.New(time.Now().Add(time.Second)), true
	_, err = d.client.StartMigration(t.Context(), start)
	expectReason(t, err, pb.Reason_REASON_PAR_MALFORMED) // which comes after the expiry
}

func TestAGuessIsNoReasonToRefuseAPAR(t *testing.T) {
	d := newDesk(t)
	create := d.request("m1")
	create.ParExpiry = timestamppb.New(time.Now().Add(2 * time.Second))
	_, err := d.client.CreateMigration(t.Context(), create)
	check(t, err)
	_, err = d.client.StartMigration(t.Context(), &pb.StartMigrationRequest{MigrationId: "m1", ParUrl: d.Bucket.PAR()})
	check(t, err)
	if m := d.watched(t, "m1"); m.GetState() != pb.MigrationState_MIGRATION_STATE_VERIFIED {
		t.Errorf("migration is %s", m.GetState())
	}
}

func TestAPARThatLastsIsNoMatter(t *testing.T) {
	d := newDesk(t)
	create := d.request("m1")
	create.ParExpiry = timestamppb.New(time.Now().Add(48 * time.Hour))
	_, err := d.client.CreateMigration(t.Context(), create)
	check(t, err)
	if m := d.finish(t, "m1"); m.GetState() != pb.MigrationState_MIGRATION_STATE_VERIFIED {
		t.Errorf("migration is %s", m.GetState())
	}
}

func TestCleaningUpIsAnsweredWithWhatIsLeft(t *testing.T) {
	d := newDesk(t)
	d.create(t, "m1")
	d.finish(t, "m1")
	resp, err := d.client.CleanUp(t.Context(), &pb.CleanUpRequest{MigrationId: "m1", ParUrl: d.Bucket.PAR()})
	if err != nil || len(resp.GetLeftovers()) != 1 {
		t.Errorf("got %v, %v", resp, err)
	}
	_, err = d.client.CleanUp(t.Context(), &pb.CleanUpRequest{MigrationId: "m1", ParUrl: "https://example.com/"})
	expectReason(t, err, pb.Reason_REASON_PAR_MALFORMED)
	_, err = d.client.CleanUp(t.Context(), &pb.CleanUpRequest{MigrationId: "m2"})
	expectReason(t, err, pb.Reason_REASON_NOT_FOUND)
}

// Whoever asks this controller need not look for the process that is busy with it.
func TestWhatThisControllerCarriesOutIsStoppedHere(t *testing.T) {
	d := newDesk(t)
	d.create(t, "m1")
	gate := make(chan struct{})
	d.Source.Inject(agenttest.Fault{RPC: "Export", Gate: gate})
	_, err := d.client.StartMigration(t.Context(), &pb.StartMigrationRequest{MigrationId: "m1", ParUrl: d.Bucket.PAR()})
	check(t, err)
	d.exporting(t)
	_, err = d.client.CleanUp(t.Context(), &pb.CleanUpRequest{MigrationId: "m1"})
	f := expectReason(t, err, pb.Reason_REASON_MIGRATION_BUSY)
	if f.GetText() != "migration m1 is running" || f.GetHint() != "stop it first: adbferry stop m1" {
		t.Errorf("failure %v", f)
	}
	close(gate)
	d.watched(t, "m1")
}
