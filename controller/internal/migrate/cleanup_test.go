package migrate_test

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/adbferry/adbferry/controller/internal/agenttest"
	"github.com/adbferry/adbferry/controller/internal/journal"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestAVerifiedMigrationIsCleanedUpAnyNumberOfTimes(t *testing.T) {
	p := newPort(t)
	p.expectVerified(p.run())
	for range 2 {
		done, err := p.runs.CleanUp(t.Context(), id, p.Bucket.PAR(), false)
		check(t, err)
		if left := done.GetLeftovers(); !done.GetDone() || len(left) != 1 || left[0].GetCount() != 3 {
			t.Errorf("cleaned up %v", done)
		}
	}
	s, err := p.store.Status(id)
	check(t, err)
	if s.GetState() != pb.MigrationState_MIGRATION_STATE_VERIFIED || !s.GetCleanUp().GetDone() || s.GetReceipt() == nil {
		t.Errorf("status %v, %v", s.GetState(), s.GetCleanUp())
	}
	p.expectNoSecret()
}

func TestWithoutAPARTheCommandComesFromTheJournal(t *testing.T) {
	p := newPort(t)
	p.expectVerified(p.run())
	done, err := p.runs.CleanUp(t.Context(), id, "", false)
	check(t, err)
	const want = "run: oci os object bulk-delete --namespace axsim --bucket-name ferry --prefix m1/ --region us-sanjose-1"
	if left := done.GetLeftovers(); len(left) != 1 || left[0].GetCount() != 3 || left[0].GetHint() != want { // what the receipt has seen
		t.Errorf("left %v", left)
	}
}

// What was seen to be gone is not called left by a look into the journal.
func TestWithoutAPARWhatWasSeenLastCounts(t *testing.T) {
	p := newPort(t)
	p.Target.Inject(agenttest.Fault{RPC: "Import", Before: agenttest.Permanent()})
	p.expect(p.run(), pb.MigrationState_MIGRATION_STATE_FAILED, pb.Verdict_VERDICT_FAILED)
	for _, name := range p.Bucket.Objects() {
		p.Bucket.Remove(name)
	}
	for n, par := range []string{"", p.Bucket.PAR(), "", ""} {
		done, err := p.runs.CleanUp(t.Context(), id, par, true)
		check(t, err)
		if left := done.GetLeftovers(); len(left) != 0 && n > 0 || len(left) != 1 && n == 0 || done.GetLooked() != (n > 0) {
			t.Errorf("clean-up %d left %v", n, done)
		}
	}
}

func TestARunningMigrationIsNotCleanedUp(t *testing.T) {
	p := newPort(t)
	gate := make(chan struct{})
	p.Source.Inject(agenttest.Fault{RPC: "Export", Gate: gate})
	p.start()
	_, err := p.runs.CleanUp(t.Context(), id, p.Bucket.PAR(), true)
	if _, busy := errors.AsType[*journal.BusyError](err); !busy {
		t.Errorf("got %v", err)
	}
	close(gate)
	p.expectVerified(p.wait(0))
}

// A migration that is not verified could still be started. Once what it needs to
// load no row twice begins to go, it cannot, whatever happens meanwhile.
func TestAMigrationThatIsGivenUpCannotBeStarted(t *testing.T) {
	p := newPort(t)
	p.Target.Inject(agenttest.Fault{RPC: "Import", Before: agenttest.Permanent()})
	p.expect(p.run(), pb.MigrationState_MIGRATION_STATE_FAILED, pb.Verdict_VERDICT_FAILED)

	before := len(asked(p.Target, "Discard"))
	_, err := p.runs.CleanUp(t.Context(), id, p.Bucket.PAR(), false)
	if f := apierr.FailureOf(err); f.GetReason() != pb.Reason_REASON_MIGRATION_BUSY || !strings.Contains(f.GetHint(), "--give-up") {
		t.Errorf("without consent: %v", f)
	}
	if len(asked(p.Target, "Discard")) != before {
		t.Error("something was removed without consent")
	}

	p.Target.Inject(agenttest.Fault{RPC: "Discard", Before: agenttest.Permanent()})
	if _, err := p.runs.CleanUp(t.Context(), id, p.Bucket.PAR(), true); err == nil {
		t.Error("a clean-up that failed reports nothing")
	}
	for _, step := range []string{"after a failed clean-up", "after a clean-up"} {
		if _, err := p.runs.Start(id, p.Bucket.PAR()); apierr.ReasonOf(err) != pb.Reason_REASON_MIGRATION_BUSY {
			t.Errorf("%s it starts: %v", step, err)
		}
		done, err := p.runs.CleanUp(t.Context(), id, p.Bucket.PAR(), false)
		if err != nil || !done.GetDone() {
			t.Errorf("%s: %v, %v", step, done, err)
		}
	}
}

// The half of a clean-up that cannot be undone does not begin when the other half
// cannot be done.
func TestAPARThatIsNoGoodGivesNothingUp(t *testing.T) {
	p := newPort(t)
	p.Target.Inject(agenttest.Fault{RPC: "Import", Before: agenttest.Permanent()})
	p.expect(p.run(), pb.MigrationState_MIGRATION_STATE_FAILED, pb.Verdict_VERDICT_FAILED)
	expired, objects := p.Bucket.PAR(), p.Bucket.Objects()
	p.Bucket.Expire()
	if _, err := p.runs.CleanUp(t.Context(), id, expired, true); apierr.ReasonOf(err) != pb.Reason_REASON_PAR_EXPIRED {
		t.Errorf("with an expired PAR: %v", err)
	}
	if n := len(asked(p.Source, "Discard")) + len(asked(p.Target, "Discard")); n != 0 || len(p.Bucket.Objects()) != len(objects) {
		t.Errorf("%d calls removed something", n)
	}
	p.expectVerified(p.run())
}

// A damaged journal cannot go on, and what the migration left can be removed: the
// plan is its first line.
func TestAMigrationWhoseJournalIsDamagedCanBeGivenUp(t *testing.T) {
	p := newPort(t)
	p.Target.Inject(agenttest.Fault{RPC: "Import", Before: agenttest.Permanent()})
	p.expect(p.run(), pb.MigrationState_MIGRATION_STATE_FAILED, pb.Verdict_VERDICT_FAILED)
	p.runs.Close()
	p.open()
	data, err := os.ReadFile(journalPath(p))
	check(t, err)
	lines := bytes.SplitAfter(data, []byte("\n"))
	lines[3][12] ^= 1
	check(t, os.WriteFile(journalPath(p), bytes.Join(lines, nil), 0o600))
	if _, err := p.runs.CleanUp(t.Context(), id, p.Bucket.PAR(), false); !isDamaged(err) {
		t.Errorf("without consent: %v", err)
	}
	if _, err := p.runs.Start(id, p.Bucket.PAR()); !isDamaged(err) {
		t.Errorf("it starts: %v", err)
	}
	done, err := p.runs.CleanUp(t.Context(), id, p.Bucket.PAR(), true)
	if err != nil || !done.GetDone() || len(asked(p.Source, "Discard")) != 2 || len(asked(p.Target, "Discard")) != 1 {
		t.Errorf("cleaned up %v, %v", done, err)
	}
	if _, err := p.runs.Start(id, p.Bucket.PAR()); apierr.ReasonOf(err) != pb.Reason_REASON_MIGRATION_BUSY {
		t.Errorf("it starts after it was given up: %v", err)
	}
	p.expectNoSecret()
}

func isDamaged(err error) bool {
	_, damaged := errors.AsType[*journal.CorruptError](err)
	return damaged
}

// An import whose controller died may still run: it is ended before its staging
// table and its ledger go.
func TestWhatMayStillRunIsCancelledFirst(t *testing.T) {
	p := deadController(t)
	lines := journalLines(t, p)
	for n, line := range lines {
		if bytes.Contains(line, []byte("CHUNK_STATE_IMPORTING")) {
			check(t, os.WriteFile(journalPath(p), bytes.Join(lines[:n+1], nil), 0o600))
			break
		}
	}
	p.open()
	_, err := p.runs.CleanUp(t.Context(), id, "", true)
	check(t, err)
	if got := asked(p.Target, "Cancel"); len(got) != 1 || !strings.HasSuffix(got[0], "/1") {
		t.Errorf("cancelled %v", got)
	}
}

func TestNoMigrationIsCleanedUpThroughAPARThatLeadsElsewhere(t *testing.T) {
	p := newPort(t)
	p.expectVerified(p.run())
	elsewhere := strings.Replace(p.Bucket.PAR(), "/b/ferry/", "/b/other/", 1)
	if _, err := p.runs.CleanUp(t.Context(), id, elsewhere, false); apierr.ReasonOf(err) != pb.Reason_REASON_PAR_ELSEWHERE {
		t.Errorf("got %v", err)
	}
}
