// Package table is the target's side of a table plan: whether an existing
// table fits it, what becomes of rows that are there, and what is added after
// the last chunk. How it is said in SQL is package definition's business.
package table

import (
	"cmp"

	"github.com/adbferry/adbferry/agent/internal/definition"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// The statements of this package.
var (
	createKind     = oracle.Kind{Name: "table.create", Purpose: "creates the target table without its keys", Privileges: []string{"CREATE TABLE", "CREATE ANY TABLE for another schema", "quota on the tablespace"}}
	vacantKind     = oracle.Kind{Name: "table.vacant", Purpose: "looks whether the target has the schema of a table that is to be created, and whether something else has its name"}
	anyRowKind     = oracle.Kind{Name: "table.any-row", Purpose: "looks whether the target table has rows, and, before they are removed, whether rows of other tables refer to them", Privileges: []string{"SELECT ON table"}}
	truncateKind   = oracle.Kind{Name: "table.truncate", Purpose: "removes all rows of the target table, with --if-exists truncate or to move the table again", Privileges: []string{"DROP ANY TABLE for another schema"}}
	deleteKind     = oracle.Kind{Name: "table.delete", Purpose: "removes all rows of the target table where TRUNCATE is refused", Privileges: []string{"DELETE ON table"}}
	dropKind       = oracle.Kind{Name: "table.drop", Purpose: "drops the target table, with --if-exists replace", Privileges: []string{"DROP ANY TABLE for another schema"}}
	childrenKind   = oracle.Kind{Name: "table.children", Purpose: "lists the foreign keys of other tables that refer to a table whose rows are removed"}
	openKind       = oracle.Kind{Name: "table.open-identity", Purpose: "lets an identity column of an existing table take values as they are given", Privileges: []string{"ALTER ON table"}}
	indexKind      = oracle.Kind{Name: "table.index", Purpose: "creates an index after the load", Privileges: []string{"INDEX ON table", "CREATE ANY INDEX for another schema"}}
	constraintKind = oracle.Kind{Name: "table.constraint", Purpose: "adds a key, check or foreign key after the load", Privileges: []string{"ALTER ON table", "INDEX ON table", "REFERENCES ON table"}}
	defaultKind    = oracle.Kind{Name: "table.default", Purpose: "sets a default that names another object", Privileges: []string{"ALTER ON table"}}
	notNullKind    = oracle.Kind{Name: "table.not-null", Purpose: "finds the NOT NULL of a column that needs a name"}
	renameKind     = oracle.Kind{Name: "table.name", Purpose: "gives a NOT NULL the name that it has on the source", Privileges: []string{"ALTER ON table"}}
	commentKind    = oracle.Kind{Name: "table.comment", Purpose: "comments on the table or a column", Privileges: []string{"COMMENT ANY TABLE for another schema"}}
	farthestKind   = oracle.Kind{Name: "table.farthest", Purpose: "finds the value above which an identity column has to go on", Privileges: []string{"SELECT ON table"}}
	identityKind   = oracle.Kind{Name: "table.identity", Purpose: "restarts an identity column above its values, ALWAYS again if it was", Privileges: []string{"ALTER ON table"}}
	statisticsKind = oracle.Kind{Name: "table.statistics", Purpose: "gathers optimizer statistics after the load", Privileges: []string{"ANALYZE ANY for another schema"}, Optional: true}
)

// Statements returns the kinds of statements that this package sends.
func Statements() []oracle.Kind {
	return []oracle.Kind{
		createKind, vacantKind, anyRowKind, truncateKind, deleteKind, dropKind, childrenKind, openKind, indexKind, constraintKind, defaultKind,
		notNullKind, renameKind, commentKind, farthestKind, identityKind, statisticsKind,
	}
}

// InFiles returns the columns of a plan whose values are in the files, in order.
// Virtual columns are not: where the target has them, it computes them.
func InFiles(plan *pb.TablePlan) []*pb.ColumnPlan {
	var inFiles []*pb.ColumnPlan
	for _, c := range plan.GetColumns() {
		if definition.OnTarget(c) && !c.GetColumn().GetVirtual() {
			inFiles = append(inFiles, c)
		}
	}
	return inFiles
}

// ddlMode and ifExists are the plan's choices, or the defaults.
func ddlMode(plan *pb.TablePlan) pb.DdlMode {
	return cmp.Or(plan.GetOptions().GetDdl(), pb.DdlMode_DDL_MODE_CREATE)
}

func ifExists(plan *pb.TablePlan) pb.IfExists {
	return cmp.Or(plan.GetOptions().GetIfExists(), pb.IfExists_IF_EXISTS_FAIL)
}
