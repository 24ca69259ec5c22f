// Package table is the target's side of a table plan: the table's definition,
// whether an existing table fits it, and what is added after the last chunk.
package table

import (
	"fmt"
	"strings"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/agent/internal/codec"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// The statements of this package.
var (
	createKind     = oracle.Kind{Name: "table.create", Purpose: "creates the target table without its key", Privileges: []string{"CREATE TABLE", "CREATE ANY TABLE for another schema", "quota on the tablespace"}}
	anyRowKind     = oracle.Kind{Name: "table.any-row", Purpose: "looks whether the target table has rows", Privileges: []string{"SELECT ON table"}}
	keyKind        = oracle.Kind{Name: "table.key", Purpose: "adds the primary key after the load", Privileges: []string{"ALTER ON table", "INDEX ON table"}}
	statisticsKind = oracle.Kind{Name: "table.statistics", Purpose: "gathers optimizer statistics after the load", Privileges: []string{"ANALYZE ANY for another schema"}, Optional: true}
)

// Statements returns the kinds of statements that this package sends.
func Statements() []oracle.Kind {
	return []oracle.Kind{createKind, anyRowKind, keyKind, statisticsKind}
}

// Carried returns the columns of a plan that travel, in order.
func Carried(plan *pb.TablePlan) []*pb.ColumnPlan {
	var carried []*pb.ColumnPlan
	for _, c := range plan.GetColumns() {
		if c.GetLeftOut() == "" {
			carried = append(carried, c)
		}
	}
	return carried
}

// definition renders CREATE TABLE for the carried columns of a plan. The key
// comes after the load, NOT NULL at once: it costs nothing then.
func definition(t oracle.Table, plan *pb.TablePlan) (string, error) {
	var columns []string
	for _, p := range Carried(plan) {
		c := p.GetColumn()
		name, err := oracle.NewName(c.GetName())
		if err != nil {
			return "", err
		}
		declared, err := codec.Declaration(c)
		if err != nil {
			return "", err
		}
		text := name.String() + " " + declared
		if c.GetInvisible() {
			text = name.String() + " " + declared + " INVISIBLE"
		}
		if !c.GetNullable() {
			text += " NOT NULL"
		}
		columns = append(columns, text)
	}
	if len(columns) == 0 {
		return "", apierr.New(codes.InvalidArgument, pb.Reason_REASON_TABLE_UNSUPPORTED, "table %s has no column that is carried", plan.GetTableId()).
			WithFact("table", plan.GetTableId())
	}
	return fmt.Sprintf("CREATE TABLE %s (%s)", t, strings.Join(columns, ", ")), nil
}
