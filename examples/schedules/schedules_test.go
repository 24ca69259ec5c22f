//go:build !race

package schedules

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

var (
	seed  = flag.Uint64("seed", 0, "play this schedule alone and print what happened")
	first = flag.Uint64("first", 1, "seed of the first schedule")
	count = flag.Int("schedules", 10, "how many schedules are played")
)

// within bounds a schedule: what takes longer hangs.
const within = 2 * time.Minute

// TestRealAgents plays schedules with the real agents against the simulator.
func TestRealAgents(t *testing.T) {
	w := newWorld(t)
	if *seed != 0 {
		*first, *count = *seed, 1
	}
	began := time.Now()
	ends, struck, failed, found := map[string]int{}, map[string]int{}, map[string]int{}, 0
	for n := range *count {
		s := &schedule{world: w, seed: *first + uint64(n), struck: struck, failed: failed}
		ends[s.play()]++
		if found += len(s.findings); len(s.findings) > 0 || *seed != 0 {
			t.Logf("seed %d:\n\t%s", s.seed, strings.Join(s.story, "\n\t"))
		}
		for _, f := range s.findings {
			t.Errorf("seed %d: %s\n\tplay it again: go test ./examples/schedules -run TestRealAgents -count=1 -v -args -seed %d", s.seed, f, s.seed)
		}
	}
	for _, part := range []struct {
		title  string
		counts map[string]int
	}{{"fault", struck}, {"start failed", failed}, {"ended", ends}} {
		for _, k := range slices.Sorted(maps.Keys(part.counts)) {
			t.Logf("%6d %s: %s", part.counts[k], part.title, k)
		}
	}
	t.Logf("%6d findings in %d schedules, %v", found, *count, time.Since(began).Round(time.Second))
}

// A schedule is one migration of one table and what goes wrong with it.
type schedule struct {
	*world
	seed     uint64
	random   *rand.Rand
	id       string
	table    string
	ferry    *ferry
	journals string
	struck   map[string]int                       // by fault
	failed   map[string]int                       // starts, by reason
	set      map[interface{ Struck() int }]string // faults that are set, by name
	story    []string
	findings []string
}

func (s *schedule) tell(format string, args ...any) {
	s.story = append(s.story, fmt.Sprintf(format, args...))
}

func (s *schedule) found(format string, args ...any) {
	s.findings = append(s.findings, fmt.Sprintf(format, args...))
}

// play moves the table and says how that ended.
func (s *schedule) play() string {
	s.t.Helper()
	s.random = rand.New(rand.NewPCG(s.seed, 0))
	s.id, s.table = fmt.Sprintf("s%d", s.seed), fmt.Sprintf("S%d", s.seed)
	s.journals, s.set = s.t.TempDir(), map[interface{ Struck() int }]string{}
	s.make()
	before := s.content(sim.SanJose, s.table)
	s.ferry = s.launch(s.journals)
	state, failure := s.operate()
	check(s.t, s.ferry.close())
	end := state.String()
	if failure != nil {
		end = failure.GetReason().String()
	}
	switch state {
	case pb.MigrationState_MIGRATION_STATE_VERIFIED:
		if after := s.content(sim.Phoenix, s.table); !maps.Equal(before, after) {
			s.found("it is called verified, and %d different rows became %d: %v", len(before), len(after), after)
		}
	default:
		s.found("nothing goes wrong any more, and it ends %s: %s", state, failure)
	}
	s.clear()
	return end
}

// make makes the table. Its rows change after the migration was planned.
func (s *schedule) make() {
	s.t.Helper()
	s.exec(sim.SanJose, "CREATE TABLE ADMIN."+s.table+" (ID NUMBER, NAME VARCHAR2(40), AT TIMESTAMP(6), NOTE CLOB)")
	for n := range 5 + s.random.IntN(60) {
		s.exec(sim.SanJose, fmt.Sprintf("INSERT INTO ADMIN.%s (ID, NAME, AT, NOTE) VALUES (%d, 'name, %d\"', TIMESTAMP '2026-11-22 08:%02d:00.5', 'a note %d')", s.table, n/2, n, n%60, n/3))
	}
	s.exec(sim.SanJose, "COMMIT")
}

// clear removes what could be in the next one's way.
func (s *schedule) clear() {
	s.t.Helper()
	s.exec(sim.SanJose, "DROP TABLE ADMIN."+s.table+" PURGE")
	rows, err := s.sim.Region(sim.Phoenix).Rows(s.t.Context(), "SELECT table_name FROM user_tables WHERE table_name = '"+s.table+"'")
	check(s.t, err)
	if len(rows) > 0 {
		s.exec(sim.Phoenix, "DROP TABLE ADMIN."+s.table+" PURGE")
	}
}

// operate starts the migration, with faults three times, and then without any
// until it is verified.
func (s *schedule) operate() (pb.MigrationState, *pb.Failure) {
	s.t.Helper()
	ctx, cancel := context.WithTimeoutCause(s.t.Context(), within, errors.New("the schedule hangs"))
	defer cancel()
	var state pb.MigrationState
	var failure *pb.Failure
	for n := 1; n <= 6; n++ {
		if n <= 3 {
			s.spoil()
		} else {
			s.heal()
		}
		state, failure = s.start(ctx, n <= 3)
		s.tell("start %d: %s %s", n, state, failure)
		s.named(failure)
		if state == pb.MigrationState_MIGRATION_STATE_VERIFIED {
			break
		}
	}
	s.heal()
	return state, failure
}

// spoil sets some faults.
func (s *schedule) spoil() {
	s.t.Helper()
	for range 1 + s.random.IntN(4) {
		f := faults[s.random.IntN(len(faults))]
		s.tell("%s: %s", f.name, f.set(s.world, s.random))
		s.set[s.pending] = f.name
	}
}

// heal counts the faults that struck and takes back the others.
func (s *schedule) heal() {
	for f, name := range s.set {
		s.struck[name] += f.Struck()
	}
	clear(s.set)
	s.sim.Heal()
}

// named wants a failure to have a name, and one that faults without loss explain.
func (s *schedule) named(f *pb.Failure) {
	switch f.GetReason() {
	case pb.Reason_REASON_UNSPECIFIED:
		if f != nil {
			s.found("failure without a reason: %s", f)
		}
	case pb.Reason_REASON_INTERNAL, pb.Reason_REASON_COUNTS_DIFFER, pb.Reason_REASON_CHECKSUMS_DIFFER, pb.Reason_REASON_TARGET_NOT_EMPTY,
		pb.Reason_REASON_TARGET_DIFFERS, pb.Reason_REASON_ROWS_REJECTED, pb.Reason_REASON_CHECKSUMS_UNKNOWN:
		s.found("no fault explains %s", f)
	default:
		s.failed[f.GetReason().String()]++
	}
}

// start creates and starts the migration and waits for its end, while agents
// are restarted, connections cut and the controller replaced.
func (s *schedule) start(ctx context.Context, trouble bool) (pb.MigrationState, *pb.Failure) {
	s.t.Helper()
	spec := &pb.MigrationSpec{
		Source: sim.SanJose, Target: sim.Phoenix, AllowPartial: true,
		Tables: []*pb.TableSelection{{Source: &pb.TableName{Schema: "ADMIN", Name: s.table}}},
	}
	if s.seed%2 == 0 {
		spec.Options = &pb.TableOptions{ChunkBytes: 600}
	}
	_, err := s.ferry.CreateMigration(ctx, &pb.CreateMigrationRequest{MigrationId: s.id, Spec: spec})
	var started *pb.StartMigrationResponse
	if err == nil {
		started, err = s.ferry.StartMigration(ctx, &pb.StartMigrationRequest{MigrationId: s.id, ParUrl: s.par})
	}
	if err != nil {
		return 0, apierr.FailureOf(err)
	}
	watching, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	stream, err := s.ferry.WatchMigration(watching, &pb.WatchMigrationRequest{MigrationId: s.id, AfterSequence: started.GetMigration().GetLastSequence()})
	check(s.t, err)
	ended := make(chan error, 1)
	go func() { ended <- drain(stream) }()
	if trouble && s.random.IntN(2) == 0 {
		s.disturb(ended)
	}
	select {
	case err = <-ended:
	case <-ctx.Done():
		s.found("it hangs: %v", context.Cause(ctx))
	}
	resp, statusErr := s.ferry.GetMigration(ctx, &pb.GetMigrationRequest{MigrationId: s.id})
	if statusErr != nil {
		return 0, apierr.FailureOf(errors.Join(statusErr, err))
	}
	return resp.GetMigration().GetState(), resp.GetMigration().GetFailure()
}

// drain reads a stream to its end.
func drain(stream grpc.ServerStreamingClient[pb.WatchMigrationResponse]) error {
	for {
		if _, err := stream.Recv(); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}
}

// disturb does something after a while, unless the migration ends before.
func (s *schedule) disturb(ended chan error) {
	s.t.Helper()
	timer := time.NewTimer(time.Duration(s.random.IntN(700)) * time.Millisecond)
	defer timer.Stop()
	what := s.random.IntN(6)
	select {
	case err := <-ended:
		ended <- err
		return
	case <-timer.C:
	}
	switch what {
	case 0, 1:
		s.tell("agent of %s restarted", regions[what])
		s.struck["agent restarted"]++
		s.restart(regions[what])
	case 2, 3:
		s.tell("sessions of %s cut", regions[what-2])
		s.struck["sessions cut"]++
		s.sim.Region(regions[what-2]).Cut()
	case 4:
		s.tell("controller restarted")
		s.struck["controller restarted"]++
		check(s.t, s.ferry.close())
		s.ferry = s.launch(s.journals)
	case 5:
		s.tell("stopped")
		s.struck["stopped"]++
		if _, err := s.ferry.StopMigration(s.t.Context(), &pb.StopMigrationRequest{MigrationId: s.id}); err != nil {
			s.named(apierr.FailureOf(err))
		}
	}
}
