package command

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/adbferry/adbferry/sim/internal/control"
)

func newPAR() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "par",
		Short: "Create, revoke and expire pre-authenticated requests",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newCreatePAR(),
		newEndPAR("revoke", "Delete a PAR", "revoked", true), newEndPAR("expire", "Let a PAR expire now", "expired", false))
	return cmd
}

// newCreatePAR makes a PAR and prints its URL, which is shown nowhere else.
func newCreatePAR() *cobra.Command {
	var p control.PAR
	cmd := newOrder("create", "Make a PAR and print its URL", controlTimeout,
		func(ctx context.Context, cmd *cobra.Command, c *control.Client, _ string) error {
			a, err := c.CreatePAR(ctx, p)
			if err != nil {
				return err
			}
			return printLines(cmd.OutOrStdout(), []string{a.URL})
		})
	flags := cmd.Flags()
	flags.StringVar(&p.Access, "access", "AnyObjectReadWrite",
		"ObjectRead, ObjectWrite, ObjectReadWrite, AnyObjectRead, AnyObjectWrite or AnyObjectReadWrite")
	flags.StringVar(&p.Object, "object", "", "the object, or with Any… the prefix that names have to begin with; default all objects")
	flags.BoolVar(&p.List, "list", false, "objects may be listed")
	flags.DurationVar(&p.Lifetime, "lifetime", 0, "how long it lives, for example 1h; default a week")
	return cmd
}

// newEndPAR makes a command that ends the PAR of a URL, or of a file with one.
func newEndPAR(use, short, done string, revoked bool) *cobra.Command {
	var url string
	cmd := newOrder(use, short, controlTimeout, func(ctx context.Context, cmd *cobra.Command, c *control.Client, _ string) error {
		if err := c.EndPAR(ctx, control.End{URL: url, Revoked: revoked}); err != nil {
			return err
		}
		_, err := fmt.Fprintln(cmd.OutOrStdout(), done)
		return err
	})
	run := cmd.RunE
	cmd.Use = use + " --dir DIR URL|FILE"
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if err := cobra.ExactArgs(1)(cmd, args); err != nil {
			return usageError{err}
		}
		return nil
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		if url, err = readURL(args[0]); err != nil {
			return err
		}
		return run(cmd, args)
	}
	return cmd
}

// readURL takes a URL as it is and reads one out of anything else, a file.
func readURL(arg string) (string, error) {
	if strings.HasPrefix(arg, "https://") {
		return arg, nil
	}
	text, err := os.ReadFile(arg)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%s is neither the URL of a PAR nor a file with one", arg)
	}
	if err != nil {
		return "", fmt.Errorf("read the PAR: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}
