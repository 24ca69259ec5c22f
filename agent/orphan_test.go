package agent_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

// orphan lets the next statement of a kind outlive its agent's connection, and
// holds it up where it first writes or reads an object with rows. The returned
// function lets it go on.
func (p *pair) orphan(region, kind, method string) (release func()) {
	gate := make(chan struct{})
	release = sync.OnceFunc(func() { close(gate) })
	p.t.Cleanup(release)
	var held atomic.Bool
	p.sim.Storage().Intercept(func(_ http.ResponseWriter, r *http.Request) sim.StorageVerdict {
		if r.Method == method && strings.Contains(r.URL.Path, "/part_") && held.CompareAndSwap(false, true) {
			<-gate
		}
		return sim.StoragePass
	})
	p.strike(region, kind, sim.Decision{Orphan: true})
	return release
}

// TestAnExportThatOutlivesItsAgentKeepsItsFolder asks another agent for the same
// attempt while the first export has yet to write its first object.
func TestAnExportThatOutlivesItsAgentKeepsItsFolder(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 20})
	plan := p.plan(demo)
	if _, err := p.target.PrepareTable(t.Context(), &pb.PrepareTableRequest{MigrationId: "m1", Plan: plan}); err != nil {
		t.Fatal(err)
	}
	release := p.orphan(sim.SanJose, "dbmscloud.export", http.MethodPut)
	if _, err := p.exportOf(p.source, "m1", plan, 1); apierr.ReasonOf(err) != pb.Reason_REASON_CONNECTION_LOST {
		t.Fatalf("the strike missed: %v", err)
	}
	fresh := p.start(sim.SanJose)
	_, err := p.exportOf(fresh, "m1", plan, 1)
	wantReason(t, err, pb.Reason_REASON_OUTCOME_UNKNOWN)
	if !apierr.Retryable(err) {
		t.Error("a new attempt would do, and is not asked for")
	}
	release()
	changed, err := p.exportOf(fresh, "m1", plan, 2)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.importOf(p.target, "m1", plan, changed.GetManifest(), 1); err != nil || p.targetRows() != 20 {
		t.Errorf("%v, %d rows", err, p.targetRows())
	}
}

// TestALoadThatOutlivesItsAgentIsWaitedFor asks another agent for the next attempt
// while the load of the first still fills its staging table.
func TestALoadThatOutlivesItsAgentIsWaitedFor(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 20})
	plan, m := p.exported("m1")
	release := p.orphan(sim.Phoenix, "dbmscloud.copy", http.MethodGet)
	var refused atomic.Int32
	p.sim.Region(sim.Phoenix).Intercept(func(_ context.Context, c sim.Call) sim.Decision {
		if !at("staging.drop")(c) {
			return sim.Decision{}
		}
		return sim.Decision{Ended: func(e sim.Ended) bool {
			if e.Code == 54 {
				refused.Add(1)
				release()
			}
			return false
		}}
	})
	if _, err := p.importOf(p.target, "m1", plan, m, 1); apierr.ReasonOf(err) != pb.Reason_REASON_CONNECTION_LOST {
		t.Fatalf("the strike missed: %v", err)
	}
	if _, err := p.importOf(p.start(sim.Phoenix), "m1", plan, m, 2); err != nil || p.targetRows() != 20 {
		t.Errorf("%v, %d rows", err, p.targetRows())
	}
	if refused.Load() == 0 {
		t.Error("the second attempt did not meet the first one's load")
	}
	if left := p.rows(sim.Phoenix, "SELECT table_name FROM user_tables WHERE table_name LIKE 'ADBFERRY$S%'"); len(left) != 0 {
		t.Errorf("left behind %v", left)
	}
}

// TestNothingIsCleanedUpBesideAStatementThatRuns asks for the end of a migration
// whose export has outlived its agent and would write objects after it.
func TestNothingIsCleanedUpBesideAStatementThatRuns(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 20})
	plan := p.plan(demo)
	release := p.orphan(sim.SanJose, "dbmscloud.export", http.MethodPut)
	if _, err := p.exportOf(p.source, "m1", plan, 1); apierr.ReasonOf(err) != pb.Reason_REASON_CONNECTION_LOST {
		t.Fatalf("the strike missed: %v", err)
	}
	for label, par := range map[string]string{"tables": "", "objects": p.par} {
		_, err := p.source.Discard(t.Context(), &pb.DiscardRequest{MigrationId: "m1", ParUrl: par})
		if f := apierr.FailureOf(err); !f.GetRetryable() || f.GetHint() == "" {
			t.Errorf("%s beside the export: %v", label, err)
		}
		if _, err := p.source.Discard(t.Context(), &pb.DiscardRequest{MigrationId: "m2", ParUrl: par}); err != nil {
			t.Errorf("%s of another migration: %v", label, err)
		}
	}
	release()
	p.settled()
	if _, err := p.source.Discard(t.Context(), &pb.DiscardRequest{MigrationId: "m1"}); err != nil {
		t.Errorf("after the export: %v", err)
	}
}
