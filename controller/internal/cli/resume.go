package cli

import (
	"context"

	"github.com/spf13/cobra"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

type resumeOptions struct {
	parSource
	earlyExpiry
	parExpires string
}

// newResumeCommand is also retry: of what failed, only what is not done is done.
func (a *app) newResumeCommand() *cobra.Command {
	var o resumeOptions
	cmd := &cobra.Command{
		Use:   "resume ID",
		Short: "Go on with a migration that was stopped, interrupted, paused or failed",
		Long: `Go on with a migration where its journal ends. Steps that are done are not done
again, and no row is loaded twice. Another PAR of the same bucket will do.
` + verdictExitHelp,
		Example: `  adbferry resume sales-2026 --par-file par.url`,
		Args:    oneID,
		RunE:    a.run(func(ctx context.Context, args []string) error { return a.runResume(ctx, o, args[0]) }),
	}
	o.parSource.addFlags(cmd.Flags())
	o.earlyExpiry.addFlags(cmd.Flags())
	cmd.Flags().StringVar(&o.parExpires, "par-expires", "", "`time` when the PAR expires, such as 2026-12-31T18:00:00Z, to compare with the estimate")
	return cmd
}

// runResume shows what happens from now on; watch shows what happened before.
func (a *app) runResume(ctx context.Context, o resumeOptions, id string) error {
	par, err := o.load() // a verified or running migration needs none
	if err != nil {
		return err
	}
	expiry, err := moment(o.parExpires)
	if err != nil {
		return err
	}
	return a.withController(func(client pb.MigrationServiceClient) error {
		resp, err := client.GetMigration(ctx, &pb.GetMigrationRequest{MigrationId: id})
		if err != nil {
			return err
		}
		return a.startAndFollow(ctx, client, resp.GetMigration(), resp.GetMigration().GetLastSequence(), par, o.starting(expiry))
	})
}
