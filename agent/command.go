package agent

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/adbferry/adbferry/pkg/daemon"
)

// Command is the program adbferry-agent: it reads flags and configuration, and
// runs the agent until ctx ends. What is wrong with either is a *daemon.UsageError.
func Command(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("adbferry-agent", flag.ContinueOnError)
	flags.SetOutput(stderr)
	path := flags.String("config", "agent.yaml", "configuration `file`")
	version := flags.Bool("version", false, "print the version and exit")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		return &daemon.UsageError{Err: err}
	}
	if *version {
		_, err := fmt.Fprintln(stdout, "adbferry-agent", daemon.Version())
		return err
	}
	if flags.NArg() > 0 {
		return &daemon.UsageError{Err: fmt.Errorf("argument %q is not known", flags.Arg(0)), Advice: "see adbferry-agent -h"}
	}
	cfg, err := LoadConfig(*path)
	if err != nil {
		return err
	}
	log, err := daemon.NewLogger("adbferry-agent", cfg.Log.Level, cfg.Log.Format, stderr)
	if err != nil {
		return &daemon.UsageError{Err: err, Advice: "log in the configuration has a level and a format; deploy/agent.yaml explains it"}
	}
	a, err := New(cfg, log)
	if err != nil {
		return err
	}
	return a.Run(ctx)
}
