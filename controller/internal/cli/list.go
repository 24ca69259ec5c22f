package cli

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// newListCommand finds the ID of a migration that was made from the time.
func (a *app) newListCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "List the migrations, newest first",
		Long:    "List the migrations of a controller, newest first; with --output json, one message per line.\n" + exitHelp,
		Example: `  adbferry list`,
		Args:    onlyFlags,
		RunE:    a.run(func(ctx context.Context, _ []string) error { return a.runList(ctx) }),
	}
}

func (a *app) runList(ctx context.Context) error {
	return a.withController(func(client pb.MigrationServiceClient) error {
		all, err := migrations(ctx, client)
		if err != nil {
			return err
		}
		if a.output == formJSON {
			for _, m := range all {
				if err := a.printJSON(m); err != nil {
					return err
				}
			}
			return nil
		}
		a.print("%s", listText(all))
		return nil
	})
}

// migrations reads all pages.
func migrations(ctx context.Context, client pb.MigrationServiceClient) ([]*pb.MigrationStatus, error) {
	var all []*pb.MigrationStatus
	for token := ""; ; {
		resp, err := client.ListMigrations(ctx, &pb.ListMigrationsRequest{PageToken: token})
		if err != nil {
			return nil, err
		}
		all = append(all, resp.GetMigrations()...)
		if token = resp.GetNextPageToken(); token == "" {
			return all, nil
		}
	}
}

// listText is a table with a line for each migration.
func listText(all []*pb.MigrationStatus) string {
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "ID\tSTATE\tFROM\tTO\tTABLES\tPLANNED")
	for _, m := range all {
		spec := m.GetPlan().GetSpec()
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%s\n", m.GetMigrationId(), standText(m),
			spec.GetSource(), spec.GetTarget(), len(m.GetPlan().GetTables()), when(m.GetPlanTime()))
	}
	_ = w.Flush()
	return out.String()
}
