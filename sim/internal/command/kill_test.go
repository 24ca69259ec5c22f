package command_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// TestKillsNeverBreakTheState kills a simulation again and again while it saves
// what a client inserts. Each time it comes up with the rows of one instant,
// none of those lost that a snapshot answered for.
func TestKillsNeverBreakTheState(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "adbferry-sim") // which TestMain goes by
	if err := os.Symlink(self, program); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "d")
	safe := 0
	for round, life := range []time.Duration{40, 150, 80, 250, 120} {
		kill := run(t, program, "up", "--dir", dir, "--save-after", "2ms")
		awaitFile(t, filepath.Join(dir, "control"))
		if round == 0 {
			do(t, dir, "CREATE TABLE t (n NUMBER PRIMARY KEY, note VARCHAR2(4000))")
			snapshot(t, program, dir) // so that the next rounds find it, however slow this one is
		}
		rows, err := strconv.Atoi(do(t, dir, "SELECT COUNT(*) FROM t"))
		if err != nil || rows < safe {
			t.Fatalf("round %d: %d rows, %v; %d were saved", round, rows, err, safe)
		}
		if got := do(t, dir, "SELECT NVL(MAX(n), 0) FROM t"); got != strconv.Itoa(rows) {
			t.Errorf("round %d: row %s is the last of %d", round, got, rows)
		}
		end := time.Now().Add(life * time.Millisecond)
		for n := rows + 1; n <= rows+2 || time.Now().Before(end); n++ {
			do(t, dir, fmt.Sprintf("INSERT INTO t VALUES (%d, RPAD('x', 4000, 'x'))", n))
			if n == rows+2 {
				snapshot(t, program, dir)
				safe = n
			}
		}
		kill()
		if err := os.Remove(filepath.Join(dir, "control")); err != nil {
			t.Fatal(err)
		}
	}
	if safe == 0 {
		t.Error("nothing was ever saved")
	}
}

// snapshot has everything saved that is there now.
func snapshot(t *testing.T, program, dir string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), program, "snapshot", "--dir", dir).CombinedOutput(); err != nil {
		t.Fatalf("snapshot: %s, %v", out, err)
	}
}

// run starts a program that lives until kill.
func run(t *testing.T, program string, args ...string) (kill func()) {
	t.Helper()
	cmd := exec.CommandContext(context.Background(), program, args...)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill = func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // says that it was killed
	}
	t.Cleanup(kill)
	return kill
}

func awaitFile(t *testing.T, path string) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range 3000 {
		if _, err := os.Stat(path); err == nil {
			return
		}
		<-tick.C
	}
	t.Fatalf("waited in vain for %s", path)
}

// do runs a statement in San Jose and returns its value.
func do(t *testing.T, dir, statement string) string {
	t.Helper()
	value, err := query(dir, "sanjose", statement)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return value
}
