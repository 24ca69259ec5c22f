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
		advice.Resume("m1"), advice.ReplacePAR("m1"), advice.GiveUp("m1"), advice.Status("m1"),
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
