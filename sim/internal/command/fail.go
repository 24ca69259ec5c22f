package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/adbferry/adbferry/sim"
	"github.com/adbferry/adbferry/sim/internal/control"
)

// failOptions are the flags of "fail".
type failOptions struct {
	dir     string
	region  string
	storage bool
	when    sim.Trigger
	call    sim.CallFault
	drop    string
	request sim.StorageFault
}

func newFail() *cobra.Command {
	var o failOptions
	cmd := &cobra.Command{
		Use:   "fail --dir DIR (--region NAME | --storage)",
		Short: "Let something go wrong in a simulation that is running",
		Long: `Let something go wrong in the simulation that "up" runs in DIR: once, at the n-th
matching event from now, or with --repeat at all from there on.

With --region, events are the calls of that database's clients. --match is a
regular expression without regard to letter case, and is compared with the text
of a statement or the name of a call without one (commit, rollback, fetch, ping).
With --transfers, they are the objects that DBMS_CLOUD writes and reads there.
With --storage, they are requests to Object Storage. Transfers and requests read
"PUT /n/NAMESPACE/b/BUCKET/o/NAME?QUERY".`,
		Example: `  adbferry-sim fail --dir D --region phoenix --match COPY_DATA --nth 2 --ora 1653
  adbferry-sim fail --dir D --region phoenix --match '^commit' --drop after-commit
  adbferry-sim fail --dir D --region sanjose --transfers --match '^PUT' --nth 3 --ora 12805
  adbferry-sim fail --dir D --storage --match '^GET .*/o/x' --status 503 --repeat`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.call.Drop = sim.Drop(o.drop)
			o.request.Cut = cmd.Flags().Changed("truncate")
			if err := o.check(cmd); err != nil {
				return usageError{err}
			}
			return runFail(cmd.Context(), o, cmd.OutOrStdout())
		},
	}
	o.addFlags(cmd)
	return cmd
}

func (o *failOptions) addFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	addDir(cmd, &o.dir)
	flags.StringVar(&o.region, "region", "", "database whose calls go wrong: sanjose or phoenix")
	flags.BoolVar(&o.storage, "storage", false, "requests to Object Storage go wrong")
	flags.StringVar(&o.when.Match, "match", "", "regular expression that events have to match")
	flags.IntVar(&o.when.Nth, "nth", 1, "strike at this matching event")
	flags.BoolVar(&o.when.Repeat, "repeat", false, "and at all that follow")
	flags.IntVar(&o.call.Code, "ora", 0, "the call fails with this ORA- number")
	flags.StringVar(&o.call.Text, "text", "", "text of the ORA- error")
	flags.StringVar(&o.drop, "drop", "", "the connection is lost: before, or after-commit of the call")
	flags.DurationVar(&o.call.Hang, "hang", 0, "the call waits first, for example 5s")
	flags.BoolVar(&o.call.Orphan, "orphan", false, "the connection is lost, and the statement runs on to its end")
	flags.BoolVar(&o.call.Transfers, "transfers", false, "strike at objects that DBMS_CLOUD moves, not at calls")
	flags.IntVar(&o.request.Status, "status", 0, "the request is answered with this HTTP status")
	flags.DurationVar(&o.request.Slow, "slow", 0, "the request waits first, for example 1s")
	flags.Int64Var(&o.request.Truncate, "truncate", 0, "the answer breaks off after this many bytes")
	flags.BoolVar(&o.request.Duplicate, "duplicate", false, "the request is carried out twice")
}

// ofCalls and ofRequests are the flags that say what goes wrong.
func ofCalls() []string { return []string{"ora", "text", "drop", "hang", "orphan", "transfers"} }

func ofRequests() []string { return []string{"status", "slow", "truncate", "duplicate"} }

// check finds flags that do not belong together.
func (o *failOptions) check(cmd *cobra.Command) error {
	if o.dir == "" {
		return errNoDir
	}
	if (o.region == "") != o.storage {
		return errors.New("give either --region or --storage")
	}
	foreign, place := ofRequests(), "--storage"
	if o.storage {
		foreign, place = ofCalls(), "--region"
	}
	for _, name := range foreign {
		if cmd.Flags().Changed(name) {
			return fmt.Errorf("--%s belongs to %s", name, place)
		}
	}
	return nil
}

func runFail(ctx context.Context, o failOptions, out io.Writer) error {
	client, err := control.Dial(o.dir)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, controlTimeout, noAnswer(controlTimeout))
	defer cancel()
	var a control.Answer
	if o.storage {
		a, err = client.FailStorage(ctx, control.StorageFault{When: o.when, What: o.request})
	} else {
		a, err = client.FailCalls(ctx, control.CallFault{Region: o.region, When: o.when, What: o.call})
	}
	if err != nil {
		return refused(err)
	}
	return printLines(out, a.Faults)
}

// noAnswer is why a program stops waiting for the simulation that it controls.
func noAnswer(limit time.Duration) error {
	return fmt.Errorf("the simulation did not answer within %s: %w", limit, context.DeadlineExceeded)
}

// refused turns what the simulation could not make sense of into wrong usage.
func refused(err error) error {
	if _, ok := errors.AsType[*control.RefusedError](err); ok {
		return usageError{err}
	}
	return err
}

func printLines(out io.Writer, lines []string) error {
	for _, line := range lines {
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	return nil
}

// controlTimeout bounds an order to a simulation, which answers at once.
const controlTimeout = 10 * time.Second
