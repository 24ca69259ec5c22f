package cli

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestExitCodes(t *testing.T) {
	tests := map[string]struct {
		err  error
		want int
	}{
		"nothing wrong":     {nil, 0},
		"some error":        {errors.New("boom"), 1},
		"a failure":         {apierr.New(codes.Internal, pb.Reason_REASON_SPACE_EXHAUSTED, "x"), 1},
		"usage":             {usage("hint", "x"), 2},
		"a malformed PAR":   {apierr.New(codes.InvalidArgument, pb.Reason_REASON_PAR_MALFORMED, "x"), 2},
		"a bad name":        {fmt.Errorf("more: %w", apierr.New(codes.InvalidArgument, pb.Reason_REASON_NAME_INVALID, "x")), 2},
		"counts differ":     {apierr.Of(&pb.Failure{Reason: pb.Reason_REASON_COUNTS_DIFFER}), 3},
		"checksums differ":  {apierr.Of(&pb.Failure{Reason: pb.Reason_REASON_CHECKSUMS_DIFFER}), 3},
		"checksums unknown": {apierr.Of(&pb.Failure{Reason: pb.Reason_REASON_CHECKSUMS_UNKNOWN}), 1},
		"interrupted":       {fmt.Errorf("more: %w", errInterrupted), 130},
		"an expired PAR":    {apierr.New(codes.PermissionDenied, pb.Reason_REASON_PAR_EXPIRED, "x"), 1},
		"nobody's consent":  {apierr.New(codes.FailedPrecondition, pb.Reason_REASON_COLUMNS_NOT_CARRIED, "x"), 1},
		"no such database":  {apierr.New(codes.NotFound, pb.Reason_REASON_NOT_FOUND, "x").WithFact("database", "d"), 2},
		"no such migration": {apierr.New(codes.NotFound, pb.Reason_REASON_NOT_FOUND, "x").WithFact("migration_id", "m"), 1},
		"stopped by others": {apierr.New(codes.Aborted, pb.Reason_REASON_CANCELLED, "x"), 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := exitCode(tt.err); got != tt.want {
				t.Errorf("exit code %d, want %d", got, tt.want)
			}
		})
	}
}

// Scripts rely on the exit codes: every command that can end with one of them
// documents them.
func TestEveryCommandDocumentsItsExitCodes(t *testing.T) {
	var out bytes.Buffer
	a := &app{stdout: &out, stderr: &out}
	judging := []string{"adbferry", "adbferry migrate", "adbferry resume", "adbferry watch", "adbferry par replace", "adbferry verify"}
	without := []string{"adbferry version", "adbferry pki", "adbferry par"} // they have nothing that could fail
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			walk(sub)
		}
		want := exitHelp
		if slices.Contains(judging, c.CommandPath()) {
			want = verdictExitHelp
		}
		if !slices.Contains(without, c.CommandPath()) && !strings.Contains(c.Long, want) {
			t.Errorf("%s does not document its exit codes", c.CommandPath())
		}
		if c.Short == "" {
			t.Errorf("%s has no short help", c.CommandPath())
		}
	}
	walk(a.newRoot())
}

// Who types a command for the first time looks at its help for a line to change.
func TestCommandsHaveExamples(t *testing.T) {
	var out bytes.Buffer
	without := []string{"version", "pki", "par"}
	for _, c := range (&app{stdout: &out, stderr: &out}).newRoot().Commands() {
		if c.Example == "" && !slices.Contains(without, c.Name()) {
			t.Errorf("%s has no example", c.CommandPath())
		}
		for line := range strings.Lines(c.Example) {
			wantCommand(t, c.Name(), strings.TrimPrefix(strings.TrimSpace(line), "adbferry "))
		}
	}
}

func TestNoFlagTakesAPAR(t *testing.T) {
	a := &app{stdout: &bytes.Buffer{}, stderr: &bytes.Buffer{}}
	for _, c := range a.newRoot().Commands() {
		for _, name := range []string{"par", "par-url"} {
			if c.Flags().Lookup(name) != nil {
				t.Errorf("%s --%s would show a PAR in the process list", c.Name(), name)
			}
		}
	}
}

func TestExplainTellsTheControllersFailures(t *testing.T) {
	a := &app{controller: "host:1"}
	if err := a.explain(nil); err != nil {
		t.Error(err)
	}
	plain := errors.New("plain")
	if err := a.explain(plain); !errors.Is(err, plain) {
		t.Errorf("a plain error became %v", err)
	}
	sent := apierr.New(codes.NotFound, pb.Reason_REASON_NOT_FOUND, "no such thing").WithHint("look elsewhere").GRPCStatus().Err()
	err := a.explain(sent)
	if err.Error() != "no such thing" || apierr.FailureOf(err).GetHint() != "look elsewhere" {
		t.Errorf("explained as %q with hint %q", err, apierr.FailureOf(err).GetHint())
	}
	err = a.explain(status.Error(codes.Unavailable, "connection refused"))
	if err.Error() != "the controller at host:1 cannot be reached" || apierr.FailureOf(err).GetHint() == "" {
		t.Errorf("explained as %q", err)
	}
}
