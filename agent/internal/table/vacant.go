package table

import (
	"context"
	"database/sql"
	"strings"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// vacant checks that a table could be created under its name: its schema is
// there, and no object that shares names with tables has it.
//
// Error: REASON_TARGET_DIFFERS.
func vacant(ctx context.Context, s *oracle.Session, t oracle.Table) error {
	const query = `SELECT 'SCHEMA' FROM ALL_USERS WHERE USERNAME = :owner
		UNION ALL SELECT OBJECT_TYPE FROM ALL_OBJECTS WHERE OWNER = :owner2 AND OBJECT_NAME = :name AND OBJECT_TYPE IN
		('TABLE', 'VIEW', 'MATERIALIZED VIEW', 'SEQUENCE', 'SYNONYM', 'PROCEDURE', 'FUNCTION', 'PACKAGE', 'TYPE')`
	schema, holder := false, ""
	err := s.Query(ctx, vacantKind, query, func(scan func(...any) error) error {
		var what string
		err := scan(&what)
		if what == "SCHEMA" {
			schema = true
		} else {
			holder = what
		}
		return err
	}, sql.Named("owner", t.Schema.Text()), sql.Named("owner2", t.Schema.Text()), sql.Named("name", t.Name.Text()))
	switch {
	case err != nil:
		return err
	case !schema:
		return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TARGET_DIFFERS, "table %s cannot be created: the target has no schema %s", t.Text(), t.Schema.Text()).
			WithFact("table", t.Text()).WithFact("differences", "schema "+t.Schema.Text()+" is missing").
			WithHint("create the user %s on the target, or move the table into another schema with --remap-schema", t.Schema)
	case holder != "":
		return nameTaken(t, "a "+strings.ToLower(holder)+" of the schema")
	default:
		return nil
	}
}

// nameTaken is the failure of a table whose name something else has. It does not
// pass by itself.
func nameTaken(t oracle.Table, holder string) error {
	return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TARGET_DIFFERS, "table %s cannot be created: %s has that name", t.Text(), holder).
		WithFact("table", t.Text()).WithFact("differences", holder+" has its name").
		WithHint("rename or drop the other object, or choose another target name with --target-table or --remap-table")
}
