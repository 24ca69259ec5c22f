package example

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestCtrlCLeavesNothingBehind interrupts the demo as a terminal does, by a
// signal to all its processes, at different lines of its output.
func TestCtrlCLeavesNothingBehind(t *testing.T) {
	bin := build(t)
	for _, at := range []string{"adbferry-sim up", "adbferry serve", "adbferry migrate", "exporting", "verified"} {
		t.Run(at, func(t *testing.T) {
			tmp := t.TempDir()
			cmd := exec.CommandContext(t.Context(), "bash", "run.sh")
			cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "TMPDIR="+tmp, "DEMO_ROWS=5000")
			cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			cmd.Stderr = os.Stderr
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			interruptAt(t, bufio.NewScanner(out), at, cmd.Process.Pid)
			if err := cmd.Wait(); cmd.ProcessState.ExitCode() != 130 {
				t.Errorf("the demo ended with %v, want exit code 130", err)
			}
			if err := syscall.Kill(-cmd.Process.Pid, 0); !errors.Is(err, syscall.ESRCH) {
				t.Errorf("a process of the demo is left (%v)", err)
			}
			if left, err := filepath.Glob(filepath.Join(tmp, "*")); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v (%v)", left, err)
			}
		})
	}
}

// interruptAt reads lines until one says the word, interrupts the process
// group, and reads on to the end.
func interruptAt(t *testing.T, lines *bufio.Scanner, word string, group int) {
	t.Helper()
	struck := false
	for lines.Scan() {
		if struck || !strings.Contains(lines.Text(), word) {
			continue
		}
		struck = true
		if err := syscall.Kill(-group, syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
	}
	if !struck {
		t.Errorf("no line says %q", word)
	}
}
