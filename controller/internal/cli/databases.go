package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// newDatabasesCommand is the first thing to try with a new configuration.
func (a *app) newDatabasesCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "databases",
		Short:   "Show the databases and whether their agents answer",
		Long:    "Ask every agent of the configuration what database it stands next to.\n" + exitHelp,
		Example: `  adbferry databases`,
		Args:    onlyFlags,
		RunE:    a.run(func(ctx context.Context, _ []string) error { return a.runDatabases(ctx) }),
	}
}

// runDatabases prints all databases, and fails when one of them did not answer.
func (a *app) runDatabases(ctx context.Context) error {
	return a.withController(func(client pb.MigrationServiceClient) error {
		resp, err := client.ListDatabases(ctx, &pb.ListDatabasesRequest{})
		if err != nil {
			return err
		}
		if a.output == formJSON {
			if err := a.printJSON(resp); err != nil {
				return err
			}
		} else {
			a.print("%s", databasesText(resp.GetDatabases()))
		}
		return unanswered(resp.GetDatabases())
	})
}

// databasesText is a table with a line for each database.
func databasesText(all []*pb.DatabaseStatus) string {
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "NAME\tREGION\tDATABASE\tVERSION\tUSER\tSERVICE\tAGENT")
	for _, d := range all {
		is := d.GetDescription()
		if is == nil {
			_, _ = fmt.Fprintf(w, "%s\t-\t-\t-\t-\t-\t%s (see below)\n", d.GetName(), d.GetAgentAddress())
			continue
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", d.GetName(), is.GetRegion(), is.GetDatabaseName(),
			is.GetVersion(), is.GetUser(), is.GetServiceLevel(), d.GetAgentAddress())
	}
	_ = w.Flush()
	return out.String()
}

// unanswered is an error when an agent could not tell about its database: one
// failure as it is, several joined.
func unanswered(all []*pb.DatabaseStatus) error {
	var errs []error
	for _, d := range all {
		if f := d.GetFailure(); f != nil {
			errs = append(errs, apierr.Of(f))
		}
	}
	return errors.Join(errs...)
}
