package daemon_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"
	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/daemon"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("os/signal.loop")) }

func TestASignalEndsTheContextWithItsCause(t *testing.T) {
	ctx, stop := daemon.Signals(t.Context())
	defer stop()
	if err := syscall.Kill(syscall.Getpid(), syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-ctx.Done()
	if !errors.Is(context.Cause(ctx), daemon.ErrInterrupted) {
		t.Errorf("cause = %v", context.Cause(ctx))
	}
}

func TestMainMapsTheEndToAnExitCode(t *testing.T) {
	for name, tt := range map[string]struct {
		run  func(context.Context) error
		want int
	}{
		"clean end": {func(context.Context) error { return nil }, 0},
		"error":     {func(context.Context) error { return errors.New("boom") }, 1},
		"usage": {func(context.Context) error {
			return fmt.Errorf("start: %w", &daemon.UsageError{Err: errors.New("boom"), Advice: "try y"})
		}, 2},
		"signal": {func(ctx context.Context) error {
			if err := syscall.Kill(syscall.Getpid(), syscall.SIGINT); err != nil {
				return err
			}
			<-ctx.Done()
			return fmt.Errorf("serve: %w", ctx.Err())
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			if got := daemon.Main("test", tt.run); got != tt.want {
				t.Errorf("exit code %d, want %d", got, tt.want)
			}
		})
	}
}

func TestPrintErrorAddsTheHint(t *testing.T) {
	var out bytes.Buffer
	err := apierr.New(codes.NotFound, pb.Reason_REASON_ALIAS_UNKNOWN, "alias x is unknown").WithHint("try y")
	daemon.PrintError(&out, "prog", fmt.Errorf("connect: %w", err))
	if want := "prog: connect: alias x is unknown\nhint: try y\n"; out.String() != want {
		t.Errorf("printed %q, want %q", out.String(), want)
	}
}

func TestNewLoggerRefusesUnknownSettings(t *testing.T) {
	for _, tt := range []struct {
		level, format string
		ok            bool
	}{
		{"info", "text", true}, {"trace", "json", true}, {"loud", "text", false}, {"info", "xml", false},
	} {
		var out bytes.Buffer
		log, err := daemon.NewLogger("p", tt.level, tt.format, &out)
		if (err == nil) != tt.ok {
			t.Errorf("level %q, format %q: err = %v", tt.level, tt.format, err)
		}
		if err == nil {
			log.Info("hello")
			if !strings.Contains(out.String(), "hello") {
				t.Errorf("logged %q", out.String())
			}
		}
	}
}
