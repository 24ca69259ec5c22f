package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/adbferry/adbferry/sim/internal/control"
)

var errNoDir = errors.New("--dir is required")

func addDir(cmd *cobra.Command, dir *string) {
	cmd.Flags().StringVar(dir, "dir", "", "folder of the simulation (required)")
}

// newOrder makes a command that has no flag but --dir.
func newOrder(use, short string, timeout time.Duration, run func(context.Context, *cobra.Command, *control.Client, string) error) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   use + " --dir DIR",
		Short: short,
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if dir == "" {
				return usageError{errNoDir}
			}
			client, err := control.Dial(dir)
			if err != nil {
				return err
			}
			ctx, cancel := context.WithTimeoutCause(cmd.Context(), timeout, noAnswer(timeout))
			defer cancel()
			return run(ctx, cmd, client, dir)
		},
	}
	addDir(cmd, &dir)
	return cmd
}

func newFaults() *cobra.Command {
	return newOrder("faults", "List the faults that have yet to strike", controlTimeout,
		func(ctx context.Context, cmd *cobra.Command, c *control.Client, _ string) error {
			a, err := c.Faults(ctx)
			if err != nil {
				return err
			}
			return printLines(cmd.OutOrStdout(), a.Faults)
		})
}

func newHeal() *cobra.Command {
	return newOrder("heal", "Take all faults back", controlTimeout,
		func(ctx context.Context, cmd *cobra.Command, c *control.Client, _ string) error {
			a, err := c.Heal(ctx)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "healed: %d\n", a.Healed)
			return err
		})
}

// newExpirePAR ends the lifetime of the PAR that "up" wrote into its folder.
func newExpirePAR() *cobra.Command {
	return newOrder("expire-par", "Let the PAR of par.url expire now", controlTimeout,
		func(ctx context.Context, cmd *cobra.Command, c *control.Client, dir string) error {
			url, err := os.ReadFile(filepath.Join(dir, "par.url"))
			if err != nil {
				return fmt.Errorf("read the PAR: %w", err)
			}
			if err := c.EndPAR(ctx, control.End{URL: strings.TrimSpace(string(url))}); err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), "expired")
			return err
		})
}
