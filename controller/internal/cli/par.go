package cli

import (
	"context"

	"github.com/spf13/cobra"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// newPARCommand groups what is about the PAR of a migration.
func (a *app) newPARCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "par",
		Short: "Replace the pre-authenticated request of a migration",
		Long:  "What can be done about the pre-authenticated request of a migration.",
		Args:  onlyFlags,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.newPARReplaceCommand())
	return cmd
}

type parReplaceOptions struct {
	parSource
}

// newPARReplaceCommand is what a paused migration waits for.
func (a *app) newPARReplaceCommand() *cobra.Command {
	var o parReplaceOptions
	cmd := &cobra.Command{
		Use:   "replace ID",
		Short: "Give a migration another PAR, whether it runs or not",
		Long: `Give a migration another pre-authenticated request of the same bucket and prefix.
It is checked from both databases first; one that will not do changes nothing. A
migration that a controller carries out uses it for everything that begins from now
on. One that is paused, stopped or failed is started again with it, and followed
until it ends. Chunks that are done are not done again.
` + verdictExitHelp,
		Example: `  adbferry par replace m20261122-080000-k3x7q --par-file new-par.url`,
		Args:    oneID,
		RunE:    a.run(func(ctx context.Context, args []string) error { return a.runPARReplace(ctx, o, args[0]) }),
	}
	o.addFlags(cmd.Flags())
	return cmd
}

// runPARReplace follows what it has started, as resume does, and only that.
func (a *app) runPARReplace(ctx context.Context, o parReplaceOptions, id string) error {
	par, err := o.need()
	if err != nil {
		return err
	}
	return a.withController(func(client pb.MigrationServiceClient) error {
		before, err := client.GetMigration(ctx, &pb.GetMigrationRequest{MigrationId: id})
		if err != nil {
			return err
		}
		resp, err := client.ReplacePar(context.WithoutCancel(ctx), &pb.ReplaceParRequest{MigrationId: id, ParUrl: par.Reveal()})
		if err != nil {
			return err
		}
		if !resp.GetStarted() {
			return a.replaced(resp.GetMigration())
		}
		final, err := a.follow(ctx, client, before.GetMigration(), before.GetMigration().GetLastSequence(), true)
		if err != nil {
			return err
		}
		return a.conclude(ctx, final)
	})
}

// replaced says what became of a PAR whose migration was not started with it.
func (a *app) replaced(m *pb.MigrationStatus) error {
	switch {
	case a.output == formJSON:
		return a.printJSON(m)
	case m.GetState() == pb.MigrationState_MIGRATION_STATE_VERIFIED:
		a.print("migration %s is verified and needs no PAR\n", m.GetMigrationId())
	default:
		a.print("migration %s goes on with the new PAR\n", m.GetMigrationId())
	}
	return nil
}
