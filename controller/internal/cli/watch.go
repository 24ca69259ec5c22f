package cli

import (
	"context"

	"github.com/spf13/cobra"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

type watchOptions struct {
	after int64
}

// newWatchCommand follows what another process carries out.
func (a *app) newWatchCommand() *cobra.Command {
	var o watchOptions
	cmd := &cobra.Command{
		Use:   "watch ID",
		Short: "Follow a migration until it ends",
		Long: `Show all events of a migration and follow it until it ends, whichever process
carries it out. Ctrl-C ends the watching, not the migration.
` + verdictExitHelp,
		Example: `  adbferry watch sales-2026`,
		Args:    oneID,
		RunE:    a.run(func(ctx context.Context, args []string) error { return a.runWatch(ctx, o, args[0]) }),
	}
	cmd.Flags().Int64Var(&o.after, "after", 0, "show only events after this sequence `number`")
	return cmd
}

// runWatch exits as migrate would have, so that a script can wait for somebody else's migration.
func (a *app) runWatch(ctx context.Context, o watchOptions, id string) error {
	return a.withController(func(client pb.MigrationServiceClient) error {
		if now, err := client.GetMigration(ctx, &pb.GetMigrationRequest{MigrationId: id}); err == nil { // else following says what is wrong
			a.sayElsewhere(now.GetMigration())
		}
		final, err := a.follow(ctx, client, &pb.MigrationStatus{MigrationId: id}, o.after, false)
		if err != nil {
			return err
		}
		return a.conclude(ctx, final)
	})
}
