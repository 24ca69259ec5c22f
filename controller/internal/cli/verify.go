package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

type verifyOptions struct {
	source, target     string
	table, targetTable string
	columns, key       string
	where, targetWhere string
	sourceSCN          int64
	limit              int32
}

func (a *app) newVerifyCommand() *cobra.Command {
	var o verifyOptions
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Compare any two tables by counts and digests, and name the rows that differ",
		Long: `Digest a table in each of two databases, without moving anything. When the digests
differ, narrow the difference down on both sides at once and list the rows that are
missing, extra or changed, by key and column. Only hashes and key values leave the
databases. Tables without a key are compared row by row, and their rows named by ROWID.
` + verdictExitHelp,
		Example: `  adbferry verify --source sanjose --target phoenix --table ADMIN.ORDERS
  adbferry verify --source sanjose --target phoenix --table ADMIN.ORDERS --columns ORDER_ID,ORDER_TOTAL
  adbferry verify --source sanjose --target phoenix --table ADMIN.ORDERS --where "ORDER_DATE >= DATE '2026-01-01'"`,
		Args: onlyFlags,
		RunE: a.run(func(ctx context.Context, _ []string) error { return a.runVerify(ctx, o) }),
	}
	flags := cmd.Flags()
	flags.StringVar(&o.source, "source", "", "`database` of the table to compare with")
	flags.StringVar(&o.target, "target", "", "`database` of the table to compare")
	flags.StringVar(&o.table, "table", "", "`SCHEMA.TABLE` to compare")
	flags.StringVar(&o.targetTable, "target-table", "", "`SCHEMA.TABLE` on the target, when it has another name there")
	flags.StringVar(&o.columns, "columns", "", "`columns` to compare, separated by commas (default: all)")
	flags.StringVar(&o.where, "where", "", "compare only the source's rows that this SQL `condition` selects, such as a migration's --where (default: all)")
	flags.StringVar(&o.targetWhere, "target-where", "", "compare only the target's rows that this SQL `condition` selects (default: all)")
	flags.StringVar(&o.key, "key", "", "`columns` that tell rows apart, separated by commas (default: the primary key)")
	flags.Int64Var(&o.sourceSCN, "source-scn", 0, "read the source as of this `SCN`, such as a migration's (default: now)")
	flags.Int32Var(&o.limit, "limit", 0, "list at most `N` differences, up to 1000 (default 100)")
	return cmd
}

// request reads the names as Oracle would.
func (o *verifyOptions) request() (*pb.CompareTablesRequest, error) {
	if o.source == "" || o.target == "" || o.table == "" {
		return nil, missing(o.source, o.target, "--table", o.table != "", "name what is compared, such as --table SALES.ORDERS")
	}
	req := &pb.CompareTablesRequest{Source: o.source, Target: o.target, SourceScn: o.sourceSCN, Limit: o.limit, Where: o.where, TargetWhere: o.targetWhere}
	var err error
	if req.SourceTable, err = parseTable(o.table); err != nil {
		return nil, err
	}
	if o.targetTable != "" {
		if req.TargetTable, err = parseTable(o.targetTable); err != nil {
			return nil, err
		}
	}
	if req.Columns, err = parseColumns(o.columns); err != nil {
		return nil, err
	}
	req.Key, err = parseColumns(o.key)
	return req, err
}

// A differError reports that two tables differ.
type differError struct{ error }

// Unwrap returns what the service said.
func (e differError) Unwrap() error { return e.error }

func (a *app) runVerify(ctx context.Context, o verifyOptions) error {
	req, err := o.request()
	if err != nil {
		return err
	}
	var resp *pb.CompareTablesResponse
	err = a.withController(func(client pb.MigrationServiceClient) error {
		call, cancel := unbounded(ctx)
		defer cancel()
		resp, err = client.CompareTables(call, req)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return err
	})
	if err != nil {
		return err
	}
	if a.output == formJSON {
		if err := a.printJSON(resp); err != nil {
			return err
		}
	} else {
		a.print("%s", differencesText(req, resp))
	}
	return verdictError(resp)
}

// verdictError is why the tables are not called equal.
func verdictError(r *pb.CompareTablesResponse) error {
	switch {
	case r.GetFailure() == nil:
		return nil
	case r.GetVerdict() == pb.Verdict_VERDICT_DIFFERS:
		return differError{apierr.Of(r.GetFailure())}
	default:
		return apierr.Of(r.GetFailure())
	}
}

// differs reports whether err says that two tables are not equal.
func differs(err error) bool {
	_, ok := errors.AsType[differError](err)
	return ok
}
