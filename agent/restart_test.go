//go:build !race

package agent_test

// Agents that end while they work cancel calls in the driver; see cancel_test.go.

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

// tables is how many tables are on their way when an agent ends.
const tables = 20

// A load is the tables of a migration on their way through agents that come
// and go.
type load struct {
	*pair
	plans []*pb.TablePlan

	mu            sync.Mutex
	source, goal  pb.AgentServiceClient
	manifests     []*pb.Manifest
	interruptions int
}

func newLoad(p *pair) *load {
	l := &load{pair: p, source: p.source, goal: p.target, manifests: make([]*pb.Manifest, tables)}
	for i := range tables {
		table := fmt.Sprintf("LOAD%d", i)
		p.exec(sim.SanJose, fmt.Sprintf("CREATE TABLE %s (ID NUMBER PRIMARY KEY, TEXT VARCHAR2(100))", table),
			fmt.Sprintf("INSERT INTO %s SELECT LEVEL, RPAD('x', 50, 'y') FROM DUAL CONNECT BY LEVEL <= %d", table, 100+i))
		plan := p.plan(table)
		if _, err := p.target.PrepareTable(p.t.Context(), &pb.PrepareTableRequest{MigrationId: "m1", Plan: plan}); err != nil {
			p.t.Fatal(err)
		}
		l.plans = append(l.plans, plan)
	}
	return l
}

// agent returns the region's agent that is there now.
func (l *load) agent(region string) pb.AgentServiceClient {
	l.mu.Lock()
	defer l.mu.Unlock()
	if region == sim.SanJose {
		return l.source
	}
	return l.goal
}

// restart ends a region's agent and starts another. An abrupt end takes the
// agent's connections away first, so that it can cancel and tidy up nothing.
func (l *load) restart(region string, abrupt bool) {
	var over atomic.Bool
	if abrupt {
		l.sim.Region(region).Intercept(func(_ context.Context, c sim.Call) sim.Decision {
			if over.Load() {
				return sim.Decision{Done: true}
			}
			return sim.Decision{Cut: strings.HasPrefix(c.SQL, "/* adbferry dbmscloud.forget") || strings.HasPrefix(c.SQL, "/* adbferry staging.drop")}
		})
		l.sim.Region(region).Cut()
	}
	l.stop(region)
	over.Store(true)
	l.mu.Lock()
	defer l.mu.Unlock()
	if region == sim.SanJose {
		l.source = l.start(region)
	} else {
		l.goal = l.start(region)
	}
}

// all does a step of every table at once, under the attempt's number until that
// has an outcome, then under the next, as the controller does.
func (l *load) all(region string, step func(agent pb.AgentServiceClient, table int, attempt int32) error) {
	var group errgroup.Group
	for i := range tables {
		group.Go(func() error {
			attempt := int32(1)
			for tries := range 20 {
				err := step(l.agent(region), i, attempt)
				if err == nil {
					return nil
				}
				if !apierr.Retryable(err) {
					return fmt.Errorf("table %d, try %d: %w", i, tries, err)
				}
				l.mu.Lock()
				l.interruptions++
				l.mu.Unlock()
				if apierr.ReasonOf(err) == pb.Reason_REASON_AGENT_UNREACHABLE {
					<-time.After(50 * time.Millisecond)
					continue
				}
				attempt++
			}
			return fmt.Errorf("table %d has no outcome", i)
		})
	}
	if err := group.Wait(); err != nil {
		l.t.Error(err)
	}
}

// hang makes every call that matches wait.
func (l *load) hang(region, match string) {
	if _, err := l.sim.Region(region).Fail(sim.Trigger{Match: match, Repeat: true}, sim.CallFault{Hang: 400 * time.Millisecond}); err != nil {
		l.t.Fatal(err)
	}
}

// during restarts a region's agent when some calls of a procedure have begun.
func (l *load) during(region, procedure string, abrupt bool) (finished func()) {
	var restarting sync.WaitGroup
	restarting.Go(func() {
		l.eventually(procedure+" is called", func(context.Context) bool { return l.calls(region, procedure) >= 3 })
		l.restart(region, abrupt)
	})
	return restarting.Wait
}

func TestAgentsAreRestartedUnderLoad(t *testing.T) {
	for label, abrupt := range map[string]bool{"gracefully": false, "abruptly": true} {
		t.Run(label, func(t *testing.T) {
			p := newPair(t, sim.Config{})
			l := newLoad(p)
			l.hang(sim.SanJose, "EXPORT_DATA")
			restarted := l.during(sim.SanJose, "EXPORT_DATA", abrupt)
			l.all(sim.SanJose, func(a pb.AgentServiceClient, i int, attempt int32) error {
				got, err := l.exportOf(a, "m1", l.plans[i], attempt)
				l.mu.Lock()
				defer l.mu.Unlock()
				l.manifests[i] = got.GetManifest()
				return err
			})
			restarted()
			l.hang(sim.Phoenix, "COPY_DATA")
			restarted = l.during(sim.Phoenix, "COPY_DATA", abrupt)
			l.all(sim.Phoenix, func(a pb.AgentServiceClient, i int, attempt int32) error {
				_, err := l.importOf(a, "m1", l.plans[i], l.manifests[i], attempt)
				return err
			})
			restarted()
			if l.interruptions < 2 {
				t.Errorf("%d calls were interrupted; the agents ended beside the work", l.interruptions)
			}
			l.counted()
			l.settled()
			if abrupt {
				l.discard()
			}
			l.tidy()
		})
	}
}

// counted looks whether every row is there once.
func (l *load) counted() {
	l.t.Helper()
	for i := range tables {
		if n, err := l.sim.Region(sim.Phoenix).Count(l.t.Context(), fmt.Sprintf("ADMIN.LOAD%d", i)); err != nil || n != int64(100+i) {
			l.t.Errorf("LOAD%d has %d rows, want %d: %v", i, n, 100+i, err)
		}
	}
}

// discard ends the migration, as the controller does: an agent that died between
// the commit of a chunk and the end of its attempt leaves tables and operations
// that no later attempt looks for.
func (l *load) discard() {
	l.t.Helper()
	for _, agent := range []pb.AgentServiceClient{l.source, l.goal} {
		if _, err := agent.Discard(l.t.Context(), &pb.DiscardRequest{MigrationId: "m1"}); err != nil {
			l.t.Error(err)
		}
	}
}

// tidy ends the agents and looks what they left.
func (l *load) tidy() {
	l.t.Helper()
	for _, region := range []string{sim.SanJose, sim.Phoenix} {
		l.stop(region)
		if left := slices.Concat(
			l.rows(region, "SELECT table_name FROM user_tables WHERE table_name LIKE 'ADBFERRY$S%'"),
			l.rows(region, "SELECT id, type, status FROM user_load_operations"),
		); len(left) != 0 {
			l.t.Errorf("%s: left behind %v", region, left)
		}
	}
	l.sim.AssertIdle(l.t)
}

// TestShutdownHandsShortCallsBack ends an agent while calls run that are no
// attempts: their callers hear that another try is worth it, and the database
// stops working on them.
func TestShutdownHandsShortCallsBack(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 5})
	reached := p.block(sim.SanJose, "catalog.count")
	ended := make(chan error, 1)
	go func() {
		_, err := p.source.Count(t.Context(), &pb.CountRequest{Table: name(demo)})
		ended <- err
	}()
	<-reached
	began := time.Now()
	p.stop(sim.SanJose)
	err := <-ended
	if took := time.Since(began); !apierr.Retryable(err) || took > 4*time.Second {
		t.Errorf("after %v the caller got %v", took, err)
	}
	wantReason(t, err, pb.Reason_REASON_CANCELLED)
	p.stop(sim.Phoenix)
	p.sim.AssertIdle(t)
}
