package cli

import (
	"context"

	"github.com/spf13/cobra"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// newStopCommand is for migrations of a controller that serves.
func (a *app) newStopCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "stop ID",
		Short: "Stop a migration; what is done stays done",
		Long: `Ask the controller to stop a migration and wait until it has. Steps that take
longer than the grace time are cancelled in the database. A migration that another
process carries out inside itself is stopped there, with Ctrl-C. One whose process
died or was shut down does not go on by itself any more, and what it left running
is cancelled.
` + exitHelp,
		Example: `  adbferry stop sales-2026
  adbferry stop sales-2026 --controller controller.example.com:7650`,
		Args: oneID,
		RunE: a.run(func(ctx context.Context, args []string) error { return a.runStop(ctx, args[0]) }),
	}
}

// runStop returns when the migration has stopped, not when it was asked to.
func (a *app) runStop(ctx context.Context, id string) error {
	return a.withController(func(client pb.MigrationServiceClient) error {
		call, cancel := unbounded(ctx)
		defer cancel()
		resp, err := client.StopMigration(call, &pb.StopMigrationRequest{MigrationId: id})
		if err != nil {
			return err
		}
		if a.output == formJSON {
			return a.printJSON(resp.GetMigration())
		}
		a.print("migration %s %s\n", id, standsText(resp.GetMigration()))
		return nil
	})
}
