package cli

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/adbferry/adbferry/pkg/quantity"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

type migrateOptions struct {
	specOptions
	parSource
	earlyExpiry
	id string
}

// newMigrateCommand is what most users need: plan, carry out, watch and receipt in one.
func (a *app) newMigrateCommand() *cobra.Command {
	var o migrateOptions
	cmd := &cobra.Command{
		Use:   "migrate",
		Short: "Move tables and prove that every row arrived",
		Long: `Plan a migration, carry it out, show its progress and print its receipt.

Ctrl-C begins nothing new and waits, by default for 30 s, for what is running;
adbferry resume goes on from there.
Naming the ID of a migration of the same tables again goes on with it.
` + verdictExitHelp,
		Example: `  adbferry migrate --source sanjose --target phoenix --table ADMIN.ORDERS --par-file par.url
  adbferry migrate --source sanjose --target phoenix --schema SALES --exclude '*_TMP' --par-file par.url
  adbferry migrate --file migration.yaml`,
		Args: onlyFlags,
		RunE: a.run(func(ctx context.Context, _ []string) error { return a.runMigrate(ctx, o) }),
	}
	o.addFlags(cmd)
	o.earlyExpiry.addFlags(cmd.Flags())
	cmd.Flags().StringVar(&o.id, "id", "", "`name` of the migration (default: made from the time)")
	return cmd
}

// addFlags adds what migrate and plan have in common.
func (o *migrateOptions) addFlags(cmd *cobra.Command) {
	o.specOptions.addFlags(cmd.Flags())
	o.addCompletion(cmd)
	o.parSource.addFlags(cmd.Flags())
}

// runMigrate refuses bad names and a missing PAR before it talks to anybody.
func (a *app) runMigrate(ctx context.Context, o migrateOptions) error {
	order, err := o.order()
	if err != nil {
		return err
	}
	par, err := order.par.need()
	if err != nil {
		return err
	}
	return a.withController(func(client pb.MigrationServiceClient) error {
		created, err := a.createAsking(ctx, client, &pb.CreateMigrationRequest{
			MigrationId: migrationID(order.id), Spec: order.spec, ParUrl: par.Reveal(), ParExpiry: order.parExpires, Prices: order.prices,
		})
		if err != nil {
			return err
		}
		return a.startAndFollow(ctx, client, created, 0, par, o.starting(order.parExpires))
	})
}

// migrationID is the ID given, or one that tells when the migration was asked
// for. Others may be asked for in the same second, so it ends with a few random
// letters and digits.
func migrationID(given string) string {
	if given != "" {
		return given
	}
	return "m" + time.Now().UTC().Format("20060102-150405") + "-" + strings.ToLower(rand.Text()[:5])
}

// planningPause is how long a plan may take before it is said what is waited for.
const planningPause = time.Second

// planningText says what is waited for while a plan is made: with large tables, or
// a slow database, for long.
func planningText(spec *pb.MigrationSpec) string {
	var about []string
	switch tables := spec.GetTables(); len(tables) {
	case 0:
	case 1:
		about = append(about, tables[0].GetSource().Text())
	default:
		about = append(about, quantity.Of(len(tables), "table"))
	}
	switch schemas := spec.GetSchemas(); len(schemas) {
	case 0:
	case 1:
		about = append(about, "the tables of "+schemas[0].GetSchema())
	default:
		about = append(about, "the tables of "+quantity.Of(len(schemas), "schema"))
	}
	return fmt.Sprintf("planning: asking %s and %s about %s ...", spec.GetSource(), spec.GetTarget(), strings.Join(about, " and "))
}

// create asks for a plan, which may have to count large tables. An interrupt
// before the plan is kept leaves nothing behind.
func (a *app) create(ctx context.Context, client pb.MigrationServiceClient, req *pb.CreateMigrationRequest) (*pb.MigrationStatus, error) {
	call, cancel := unbounded(ctx)
	defer cancel()
	defer time.AfterFunc(planningPause, func() { a.warn(planningText(req.GetSpec())) }).Stop()
	resp, err := client.CreateMigration(call, req)
	if ctx.Err() != nil {
		a.warn("interrupted while planning; no row was moved")
		return nil, context.Cause(ctx)
	}
	return resp.GetMigration(), err
}
