// Package command is the command line of adbferry-sim.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/adbferry/adbferry/pkg/daemon"
)

const name = "adbferry-sim"

// Main runs adbferry-sim with arguments and returns its exit code: 0 after a
// clean end or a signal, 1 after an error, 2 for wrong usage.
func Main(args []string, out, errs io.Writer) int {
	ctx, stop := daemon.Signals(context.Background())
	defer stop()
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(errs)
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil, errors.Is(context.Cause(ctx), daemon.ErrInterrupted):
		return 0
	case errors.As(err, new(usageError)):
		daemon.PrintError(errs, name, err)
		return 2
	default:
		daemon.PrintError(errs, name, err)
		return 1
	}
}

// usageError is a command line that cannot be carried out.
type usageError struct{ error }

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           name,
		Short:         "Simulates two OCI regions with an Autonomous Database each, and Object Storage",
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(newUp(), newFail(), newFaults(), newHeal(), newExpirePAR(), newPAR(), newSnapshot(), newVersion())
	return root
}

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), name, daemon.Version())
			return err
		},
	}
}

// logTo is where daemons log: standard error, so that standard output keeps to
// what was promised.
var logTo = os.Stderr
