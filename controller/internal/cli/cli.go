// Package cli is the command line. Each command lives in a file of its own, in
// three parts: newXCommand says what it is called, xOptions what it can be told,
// runX does it. It is a gRPC client of the controller, whether that runs in
// another process or in this one; it prints and decides nothing about
// migrations.
package cli

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/daemon"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// The exit codes; exitHelp and verdictExitHelp say what they mean.
const (
	exitVerified    = 0
	exitFailed      = 1
	exitUsage       = 2
	exitDiffer      = 3
	exitInterrupted = daemon.ExitInterrupted
)

// exitHelp ends the help of commands that only do something.
const exitHelp = `
Exit codes:
  0    done
  1    failed
  2    usage: an unknown flag, a bad name, configuration or PAR
  130  interrupted`

// verdictExitHelp ends the help of commands whose exit code is a verdict on rows.
const verdictExitHelp = `
Exit codes:
  0    verified, also when columns or tables were left behind with consent
  1    failed, paused until another PAR is given, or unproven: not every value could be compared
  2    usage: an unknown flag, a bad name, configuration or PAR
  3    the row counts or digests of source and target differ
  130  interrupted`

// errInterrupted is returned by commands that a signal ended.
var errInterrupted = daemon.ErrInterrupted

// usage is what the user typed, or wrote into a file, wrongly. It exits with 2.
func usage(hint, format string, args ...any) error {
	e := apierr.New(codes.InvalidArgument, pb.Reason_REASON_REQUEST_INVALID, format, args...)
	if hint != "" {
		e = e.WithHint("%s", hint)
	}
	return e
}

// An app is one invocation: its global flags and where it prints.
type app struct {
	stdout, stderr io.Writer

	config     string // path of the configuration file; "" to look for it
	controller string // address of a controller; "" for one inside this process
	typed      bool   // the address was given with --controller
	output     string
	logLevel   string

	started bool // a command got as far as running: later errors are not about flags
}

// Main runs the command line and returns the exit code. The first signal ends
// what runs in an orderly way, a second one at once.
func Main(args []string, stdout, stderr io.Writer) int {
	ctx, stop := daemon.Signals(context.Background())
	defer stop()
	a := &app{stdout: stdout, stderr: stderr}
	root := a.newRoot()
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if _, told := errors.AsType[*apierr.Error](err); err != nil && !a.started && !told {
		err = usage("see "+cmd.CommandPath()+" --help", "%v", err)
	}
	if ctx.Err() != nil && apierr.ReasonOf(err) == pb.Reason_REASON_CANCELLED {
		err = context.Cause(ctx) // a call that the signal cut off
	}
	code := exitCode(err)
	if err != nil && code != exitInterrupted {
		var text strings.Builder
		daemon.PrintError(&text, "adbferry", err)
		_, _ = io.WriteString(stderr, a.here(text.String()))
	}
	return code
}

// exitCode is the one place where an error becomes an exit code.
func exitCode(err error) int {
	if err == nil {
		return exitVerified
	}
	if errors.Is(err, errInterrupted) {
		return exitInterrupted
	}
	if differs(err) {
		return exitDiffer
	}
	switch apierr.ReasonOf(err) {
	case pb.Reason_REASON_NOT_FOUND:
		if _, unknown := apierr.FailureOf(err).GetFacts()["database"]; unknown { // a name that was typed, or is not configured
			return exitUsage
		}
		return exitFailed
	case pb.Reason_REASON_COUNTS_DIFFER, pb.Reason_REASON_CHECKSUMS_DIFFER:
		return exitDiffer
	case pb.Reason_REASON_REQUEST_INVALID, pb.Reason_REASON_NAME_INVALID, pb.Reason_REASON_PAR_MALFORMED:
		return exitUsage
	default:
		return exitFailed
	}
}

// newRoot builds the tree of commands. cobra adds help and completion.
func (a *app) newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "adbferry",
		Short: "Move tables between Oracle Autonomous Databases, and prove that every row arrived",
		Long: `adbferry moves tables between Oracle Autonomous Databases in different regions. The
source exports into an Object Storage bucket, the target imports from it, and
adbferry compares counts and digests of both sides.
` + verdictExitHelp,
		Version:       daemon.Version(),
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          onlyFlags,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetVersionTemplate("adbferry {{.Version}}\n") // as "adbferry version" prints it
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	flags := root.PersistentFlags()
	flags.StringVar(&a.config, "config", "",
		"configuration `file` (default $ADBFERRY_CONFIG, ./adbferry.yaml, $XDG_CONFIG_HOME/adbferry/adbferry.yaml)")
	flags.StringVar(&a.controller, "controller", "",
		"`address` of a controller, host:port (default $ADBFERRY_CONTROLLER, controller in the configuration, else one inside this process)")
	flags.StringVar(&a.output, "output", "auto", "`form` of the output: auto, tty, plain or json")
	flags.StringVar(&a.logLevel, "log-level", "", "trace, debug, info, warn or error (default: error, and for serve as configured)")
	root.AddCommand(
		a.newMigrateCommand(), a.newPlanCommand(), a.newResumeCommand(), a.newStopCommand(), a.newPARCommand(), a.newCleanupCommand(),
		a.newVerifyCommand(), a.newStatusCommand(), a.newListCommand(), a.newWatchCommand(), a.newReceiptCommand(), a.newDatabasesCommand(), a.newDoctorCommand(),
		a.newServeCommand(), a.newPKICommand(), a.newVersionCommand(),
	)
	return root
}

// run adapts a command's function to cobra.
func (a *app) run(do func(ctx context.Context, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		a.started = true
		switch a.output {
		case formAuto, formTTY, formPlain, formJSON:
		default:
			return usage("leave it out for auto, which looks at where the output goes", "--output is one of auto, tty, plain and json, not %q", a.output)
		}
		return do(cmd.Context(), args)
	}
}
