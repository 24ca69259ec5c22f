package cli

import (
	"io"
	"strings"
	"testing"

	"github.com/adbferry/adbferry/pkg/advice"
)

// What a hint tells somebody to type is a command with the flags that it has.
func TestAdviceCanBeFollowed(t *testing.T) {
	for _, line := range []string{
		advice.Resume("m1"), advice.ReplacePAR("m1"), advice.GiveUp("m1"), advice.Status("m1"), advice.Stop("m1"),
	} {
		args := strings.Fields(strings.TrimPrefix(line, "adbferry "))
		cmd, rest, err := (&app{stdout: io.Discard, stderr: io.Discard}).newRoot().Find(args)
		if err != nil || !cmd.Runnable() {
			t.Errorf("%s: %v", line, err)
			continue
		}
		if err := cmd.ParseFlags(rest); err != nil {
			t.Errorf("%s: %v", line, err)
		}
		if err := cmd.ValidateArgs(cmd.Flags().Args()); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
}

// A command that is printed does the same as the one that printed it.
func TestAdviceNamesTheControllerThatWasGiven(t *testing.T) {
	for name, tt := range map[string]struct{ flag, variable, want string }{
		"flag":     {"h:1", "", "adbferry status --controller h:1 m1"},
		"variable": {"", "h:1", "adbferry status m1"},
		"both":     {"h:1", "h:2", "adbferry status --controller h:1 m1"},
		"neither":  {"", "", "adbferry status m1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("ADBFERRY_CONTROLLER", tt.variable)
			a := &app{controller: tt.flag}
			if err := a.findController("nowhere.yaml"); err != nil {
				t.Fatal(err)
			}
			if got := a.here(advice.Status("m1")); got != tt.want {
				t.Errorf("advice is %q, want %q", got, tt.want)
			}
		})
	}
}
