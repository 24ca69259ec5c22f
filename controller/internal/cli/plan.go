package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// planID names all plans that are only looked at, so that checking a PAR again and
// again leaves one object and not many.
const planID = "adbferry-plan"

// newPlanCommand takes what migrate takes, so that a plan becomes a migration by
// changing one word.
func (a *app) newPlanCommand() *cobra.Command {
	var o migrateOptions
	var all bool
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "Show what migrate would do, and do nothing",
		Long: `Ask both databases, check everything that migrate would check, and show the plan:
rows, bytes, chunks and format of each table, which columns are carried, which are
left out and why, what would be made on the target and which of its rows would be
removed, and what all of it will probably take. A plan that migrate would refuse is
shown as well, with everything that is wrong, and the exit code says so. With a PAR, what it permits is
checked too, which leaves one small object in the bucket. Nothing else is written
anywhere.
` + exitHelp,
		Example: `  adbferry plan --source sanjose --target phoenix --table ADMIN.ORDERS`,
		Args:    onlyFlags,
		RunE:    a.run(func(ctx context.Context, _ []string) error { return a.runPlan(ctx, o, all) }),
	}
	o.addFlags(cmd)
	cmd.Flags().BoolVar(&all, "verbose", false, "show all about every table, also when there are many")
	return cmd
}

// runPlan needs no PAR, but checks one that is given.
func (a *app) runPlan(ctx context.Context, o migrateOptions, all bool) error {
	order, err := o.order()
	if err != nil {
		return err
	}
	agreed := order.spec.GetAllowDataRemoval()
	order.spec.AllowDataRemoval = true // to show what would be removed; nothing is
	par, err := order.par.load()
	if err != nil {
		return err
	}
	return a.withController(func(client pb.MigrationServiceClient) error {
		status, err := a.create(ctx, client, &pb.CreateMigrationRequest{
			MigrationId: planID, Spec: order.spec, ParUrl: par.Reveal(), ValidateOnly: true, ParExpiry: order.parExpires, Prices: order.prices,
		})
		if err != nil {
			return err
		}
		if a.output == formJSON {
			status.GetPlan().GetSpec().AllowDataRemoval = agreed
			if err := a.printJSON(status.GetPlan()); err != nil {
				return err
			}
		} else {
			a.print("%s", planText(status.GetPlan(), all))
		}
		if wrong := status.GetFailure(); wrong != nil {
			return apierr.Of(wrong)
		}
		return nil
	})
}
