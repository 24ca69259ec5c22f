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
		Short: "Show where a migration stands, and its verdict",
		Long: `Show where a migration stands, whichever process carries it out, and its verdict
when it has a receipt. The exit code says only whether the status could be read.
` + exitHelp,
		Example: `  adbferry status sales-2026
  adbferry status sales-2026 --output json`,
		Args: oneID,
		RunE: a.run(func(ctx context.Context, args []string) error { return a.runStatus(ctx, args[0]) }),
	}
}

// sayElsewhere says of a migration that another process carries out that what
// happens inside its steps is known only there.
func (a *app) sayElsewhere(m *pb.MigrationStatus) {
	if a.controller == "" && m.GetState() == pb.MigrationState_MIGRATION_STATE_RUNNING {
		a.warn("another process carries this migration out, and shows how far each step is; here a step counts when it is complete")
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
		a.sayElsewhere(resp.GetMigration())
		return nil
	})
}
