package chaos

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/adbferry/adbferry/sim"
)

// grace is what running steps get after a stop in these tests: less than an
// export or import takes, so that some are cancelled in the database.
const grace = 100 * time.Millisecond

// ours is what must not be there after a stop, by a query that finds it.
var ours = map[string]string{
	"sessions at work":      "SELECT sid, action FROM v$session WHERE module = 'adbferry' AND status = 'ACTIVE'",
	"staging tables":        "SELECT table_name FROM user_tables WHERE table_name LIKE 'ADBFERRY$%' AND table_name <> 'ADBFERRY$LEDGER'",
	"operations with a PAR": "SELECT id, type, status FROM user_load_operations",
}

// TestAStoppedMigrationLeavesNothingAtWork ends migrations with Ctrl-C at
// random moments, looks into both databases while the agents stay, and resumes.
func TestAStoppedMigrationLeavesNothingAtWork(t *testing.T) {
	w := newWorld(t)
	w.graceful(grace)
	calm := w.calm()
	random := rand.New(rand.NewPCG(*seed, 1))
	stopped := 0
	for n := range *stops {
		s := &scene{world: w, random: random, calm: calm, id: fmt.Sprintf("stop%d", n), target: fmt.Sprintf("STOP%d", n)}
		process := s.migrate(s.id, s.target)
		select {
		case <-process.exited:
		case <-time.After(time.Duration(random.Int64N(int64(calm * 3 / 4)))):
			_ = process.cmd.Process.Signal(syscall.SIGINT) // one that has just ended is as good
		}
		if code := process.wait(t); code != 0 {
			stopped++
		}
		s.nothingAtWork()
		for tries := 0; process.wait(t) != 0; tries++ {
			if tries == 3 {
				t.Fatalf("%s is not verified after %d resumes:\n%s", s.id, tries, process.output.String())
			}
			process = s.resume()
		}
		s.count()
		if s.tally.lost > 0 || s.tally.doubled > 0 {
			t.Errorf("%s: %d rows lost, %d doubled", s.id, s.tally.lost, s.tally.doubled)
		}
	}
	t.Logf("%d of %d migrations were stopped before their end", stopped, *stops)
	if stopped == 0 {
		t.Error("no stop met a migration on its way")
	}
}

// settles is how long an agent may take to cancel what its caller has left.
const settles = 10 * time.Second

// nothingAtWork looks at both databases through a session of its own, until
// there is nothing of ours. A controller that has ended leaves short calls, such
// as planning, to the agent, which cancels them when it sees that.
func (s *scene) nothingAtWork() {
	s.t.Helper()
	deadline, tick := time.Now().Add(settles), time.NewTicker(50*time.Millisecond)
	defer tick.Stop()
	for {
		left := s.atWork()
		if len(left) == 0 {
			return
		}
		if time.Now().After(deadline) {
			s.t.Errorf("%v after the stop of %s there are %v", settles, s.id, left)
			return
		}
		<-tick.C
	}
}

// atWork says what is left of ours in either database.
func (s *scene) atWork() (left []string) {
	s.t.Helper()
	for _, region := range []string{sim.SanJose, sim.Phoenix} {
		for what, query := range ours {
			if rows := s.rows(region, query); len(rows) != 0 {
				left = append(left, fmt.Sprintf("%s at %s: %v", what, region, rows))
			}
		}
	}
	return left
}

// graceful gives running steps so long after a stop.
func (w *world) graceful(grace time.Duration) {
	w.t.Helper()
	file := filepath.Join(w.dir, "adbferry.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(file, fmt.Appendf(text, "\nlimits: {stop_grace: %s}\n", grace), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// mostMemory is the bar for an agent's memory: 40 MB are promised.
const mostMemory = 40 << 20

var highWater = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// peak is the most memory that a process had, in bytes.
func (p *process) peak(t *testing.T) int64 {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	m := highWater.FindSubmatch(text)
	if m == nil {
		t.Fatal("the system does not tell how much memory a process had")
	}
	kilobytes, err := strconv.ParseInt(string(m[1]), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return kilobytes << 10
}

// TestAgentsNeedLittleMemory moves 200,000 rows, then a value of 64 MB, then
// diagnoses the pair, and looks how much memory the agents had at most.
func TestAgentsNeedLittleMemory(t *testing.T) {
	w := newWorldOf(t, sim.Config{})
	for _, statement := range []string{
		"CREATE TABLE MANY (ID NUMBER PRIMARY KEY, TEXT VARCHAR2(200), AMOUNT NUMBER(12,2), AT DATE)",
		"INSERT INTO MANY SELECT LEVEL, RPAD('row ' || LEVEL, 100, '.'), LEVEL / 7, DATE '2024-01-01' + MOD(LEVEL, 1000) FROM DUAL CONNECT BY LEVEL <= 200000",
		"CREATE TABLE HUGE (ID NUMBER PRIMARY KEY, TEXT CLOB)",
		"DECLARE c CLOB := 'sixteen letters!'; BEGIN FOR i IN 1 .. 22 LOOP DBMS_LOB.APPEND(c, c); END LOOP; INSERT INTO HUGE VALUES (1, c); END;",
	} {
		if err := w.sim.Region(sim.SanJose).Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	for _, job := range [][]string{{"migrate", "--table", "ADMIN.MANY", "--output", "plain"}, {"migrate", "--table", "ADMIN.HUGE", "--output", "plain"}, {"doctor"}} {
		p := w.run("adbferry", append(job, "--source", sim.SanJose, "--target", sim.Phoenix, "--par-file", filepath.Join(w.dir, "par.url"))...)
		if code := p.wait(t); code != 0 {
			t.Errorf("%s: exit code %d\n%s", job, code, p.output.String())
		}
		for region, agent := range w.agents {
			most := agent.peak(t)
			t.Logf("%s: the agent of %s had %.1f MB at most", strings.TrimSuffix(strings.Join(job, " "), " --output plain"), region, float64(most)/(1<<20))
			if most > mostMemory {
				t.Errorf("that is more than %d MB", mostMemory>>20)
			}
		}
	}
}
