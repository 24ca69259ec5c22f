package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestAPausedMigrationExitsAsFailedAndSaysHowToGoOn(t *testing.T) {
	var out bytes.Buffer
	a := &app{stdout: &out, stderr: &out}
	m := &pb.MigrationStatus{
		MigrationId: "m1", State: pb.MigrationState_MIGRATION_STATE_PAUSED, Receipt: &pb.Receipt{}, // of an earlier start that failed
		Failure: &pb.Failure{Reason: pb.Reason_REASON_PAR_EXPIRED, Text: "the PAR is expired", Hint: "adbferry par replace m1 --par-file FILE"},
	}
	if got := exitCode(a.conclude(t.Context(), m)); got != exitFailed || out.Len() != 0 {
		t.Errorf("exit code %d, printed %q", got, out.String())
	}
	text := statusText(m)
	for _, want := range []string{"m1 is paused", "the PAR is expired", "adbferry par replace m1"} {
		if !strings.Contains(text, want) {
			t.Errorf("the status does not say %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "Verdict") {
		t.Errorf("an old receipt is shown:\n%s", text)
	}
	e := progress.Subject{Migration: "m1"}.MigrationChanged(&pb.MigrationChanged{State: m.GetState(), Failure: m.GetFailure()})
	if got := eventText(e); got != "paused: the PAR is expired" {
		t.Errorf("event %q", got)
	}
}

func TestWhatBecomesOfAReplacedPARIsSaid(t *testing.T) {
	for state, want := range map[pb.MigrationState]string{
		pb.MigrationState_MIGRATION_STATE_VERIFIED: "migration m1 is verified and needs no PAR\n",
		pb.MigrationState_MIGRATION_STATE_RUNNING:  "migration m1 goes on with the new PAR\n",
	} {
		var out bytes.Buffer
		a := &app{stdout: &out, output: formPlain}
		if err := a.replaced(&pb.MigrationStatus{MigrationId: "m1", State: state}); err != nil || out.String() != want {
			t.Errorf("printed %q, %v", out.String(), err)
		}
	}
}

func TestACleanUpSaysWhatIsGoneAndWhatIsLeft(t *testing.T) {
	removed := &pb.Leftover{Kind: "objects", Count: 1200, Bytes: 3_000_000, Location: "m1/"}
	left := &pb.Leftover{Kind: "objects", Count: 2, Bytes: 10, Location: "m1/", Hint: "run: oci os object bulk-delete"}
	for _, tt := range []struct {
		resp   *pb.CleanUpResponse
		looked bool
		want   string
	}{
		{&pb.CleanUpResponse{}, true, "nothing is left\n"},
		{&pb.CleanUpResponse{Removed: []*pb.Leftover{removed}}, true, "removed: 1,200 objects, 3.0 MB, in m1/\nnothing else is left\n"},
		{
			&pb.CleanUpResponse{Removed: []*pb.Leftover{{Kind: "ledger entries", Count: 4, Location: "schema ADMIN"}}, Leftovers: []*pb.Leftover{left}},
			true,
			"removed: 4 ledger entries, in schema ADMIN\nleft:    2 objects, 10 B, in m1/\n         run: oci os object bulk-delete\n",
		},
		{
			&pb.CleanUpResponse{Leftovers: []*pb.Leftover{left}}, false,
			"left:    2 objects, 10 B, in m1/, by the journal; with --par-file the bucket is looked at\n         run: oci os object bulk-delete\n",
		},
	} {
		if diff := cmp.Diff(tt.want, cleanupText(tt.resp, tt.looked)); diff != "" {
			t.Errorf("text (-want +got):\n%s", diff)
		}
	}
	whole := progress.Subject{Migration: "m1"}
	for want, c := range map[string]*pb.MigrationCleanedUp{
		"cleaning up": {}, "cleaned up": {Done: true}, "cleaned up; left: 2 objects, 10 B, in m1/": {Done: true, Leftovers: []*pb.Leftover{left}},
	} {
		if got := eventText(whole.CleanedUp(c)); got != want {
			t.Errorf("event %q, want %q", got, want)
		}
	}
}

func TestAnExpiryIsSentWithTheStart(t *testing.T) {
	at, err := moment("2026-12-31T18:00:00Z")
	if err != nil {
		t.Fatal(err)
	}
	got := (&earlyExpiry{allowed: true}).starting(at)
	if !got.GetAllowEarlyExpiry() || !got.GetParExpiry().AsTime().Equal(time.Date(2026, 12, 31, 18, 0, 0, 0, time.UTC)) {
		t.Errorf("request %v", got)
	}
}
