package command

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/adbferry/adbferry/sim/internal/control"
)

// snapshotTimeout bounds the saving of a state, which takes a second for some
// hundred megabytes.
const snapshotTimeout = 10 * time.Minute

// newSnapshot saves the state of a simulation that is running.
func newSnapshot() *cobra.Command {
	return newOrder("snapshot", "Save the state of a simulation that is running, now", snapshotTimeout,
		func(ctx context.Context, cmd *cobra.Command, c *control.Client, _ string) error {
			if err := c.Snapshot(ctx); err != nil {
				return err
			}
			_, err := fmt.Fprintln(cmd.OutOrStdout(), "saved")
			return err
		})
}
