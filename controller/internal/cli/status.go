package cli

import (
	"context"

	"github.com/spf13/cobra"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// newStatusCommand looks at the journal, so it needs no agent.
func (a *app) newStatusCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "status ID",
		Short: "Show where a migration stands, and its receipt",
		Long: `Show where a migration stands, whichever process carries it out, and its receipt
when it has one. The exit code says only whether the status could be read.
` + exitHelp,
		Args: cobra.ExactArgs(1),
		RunE: a.run(func(ctx context.Context, args []string) error { return a.runStatus(ctx, args[0]) }),
	}
}

// runStatus exits with 0 whatever the status is; scripts read the JSON.
func (a *app) runStatus(ctx context.Context, id string) error {
	return a.withController(func(client pb.MigrationServiceClient) error {
		resp, err := client.GetMigration(ctx, &pb.GetMigrationRequest{MigrationId: id})
		if err != nil {
			return err
		}
		if a.output == formJSON {
			return a.printJSON(resp.GetMigration())
		}
		a.print("%s", statusText(resp.GetMigration()))
		return nil
	})
}
