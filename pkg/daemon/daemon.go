// Package daemon is what every program of ours needs around its work: signals,
// log set-up, version and the last word on an error.
package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/hashicorp/go-hclog"
)

// ErrInterrupted is the cause of a context that a signal ended.
var ErrInterrupted = errors.New("interrupted")

// ExitInterrupted is the exit code of a program that a signal ended.
const ExitInterrupted = 130

// Signals returns a context that SIGINT or SIGTERM ends, with ErrInterrupted
// as its cause. SIGINT counts only in a process that was not started to ignore
// it. A second signal exits the process at once. Call stop when the
// work is over.
func Signals(parent context.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	ch := make(chan os.Signal, 2)
	signal.Notify(ch, wanted()...)
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		select {
		case <-ch:
			cancel(ErrInterrupted)
		case <-done:
			return
		}
		select {
		case <-ch:
			os.Exit(ExitInterrupted)
		case <-done:
		}
	}()
	return ctx, func() {
		signal.Stop(ch)
		close(done)
		<-ended
		cancel(nil)
	}
}

// wanted is the signals that end a program. A shell starts background jobs with
// SIGINT ignored, so that Ctrl-C at the terminal means the foreground alone;
// that stays so.
func wanted() []os.Signal {
	if signal.Ignored(os.Interrupt) {
		return []os.Signal{syscall.SIGTERM}
	}
	return []os.Signal{os.Interrupt, syscall.SIGTERM}
}

// A UsageError is what the user typed, or wrote into a configuration, wrongly, and
// what to do about it.
type UsageError struct {
	Err    error
	Advice string
}

func (e *UsageError) Error() string { return e.Err.Error() }

// Unwrap returns what is wrong.
func (e *UsageError) Unwrap() error { return e.Err }

// Hint returns what to do about it.
func (e *UsageError) Hint() string { return e.Advice }

// Main runs a daemon until it ends or a signal ends it, and returns its exit
// code: 0 after a clean end or a signal, 2 after a *UsageError, 1 after any other
// error. Errors are printed with their hint.
func Main(name string, run func(ctx context.Context) error) int {
	ctx, stop := Signals(context.Background())
	defer stop()
	err := run(ctx)
	if err == nil || errors.Is(err, ErrInterrupted) || errors.Is(context.Cause(ctx), ErrInterrupted) {
		return 0
	}
	PrintError(os.Stderr, name, err)
	if _, usage := errors.AsType[*UsageError](err); usage {
		return 2
	}
	return 1
}

// PrintError prints an error as "name: text". When an error in the chain has a
// Hint method that says something, that is a second line.
func PrintError(w io.Writer, name string, err error) {
	_, _ = fmt.Fprintf(w, "%s: %s\n", name, err)
	var hinted interface {
		error
		Hint() string
	}
	if errors.As(err, &hinted) && hinted.Hint() != "" {
		_, _ = fmt.Fprintf(w, "hint: %s\n", hinted.Hint())
	}
}

// NewLogger makes the root logger of a program. Level is one of trace, debug,
// info, warn, error; format is text or json.
func NewLogger(name, level, format string, w io.Writer) (hclog.Logger, error) {
	l := hclog.LevelFromString(level)
	if l == hclog.NoLevel {
		return nil, fmt.Errorf("log level %q is none of trace, debug, info, warn, error", level)
	}
	if format != "text" && format != "json" {
		return nil, fmt.Errorf("log format %q is neither text nor json", format)
	}
	return hclog.New(&hclog.LoggerOptions{Name: name, Level: l, Output: w, JSONFormat: format == "json"}), nil
}

// release is the version of a release build, set by the linker.
var release string

// Version returns the version of this build: a release number, or the commit
// it was built from, or "devel".
func Version() string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "devel"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "devel-" + s.Value[:12]
		}
	}
	return "devel"
}
