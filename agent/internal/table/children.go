package table

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A reference is a foreign key of another table that refers to ours.
type reference struct {
	owner, table, name string
	columns            []string
	enabled            bool
	// removes is set when rows that refer to a deleted row go or change with it.
	removes bool
}

// child is the table that refers to ours, for messages.
func (r *reference) child() string { return r.owner + "." + r.table }

// references lists the foreign keys of other tables that refer to a table, as
// far as the agent's user may see them.
func references(ctx context.Context, s *oracle.Session, t oracle.Table) ([]*reference, error) {
	const query = `SELECT K.OWNER, K.TABLE_NAME, K.CONSTRAINT_NAME, K.STATUS, K.DELETE_RULE, C.COLUMN_NAME FROM ALL_CONSTRAINTS K
		JOIN ALL_CONSTRAINTS R ON R.OWNER = K.R_OWNER AND R.CONSTRAINT_NAME = K.R_CONSTRAINT_NAME
		JOIN ALL_CONS_COLUMNS C ON C.OWNER = K.OWNER AND C.CONSTRAINT_NAME = K.CONSTRAINT_NAME AND C.TABLE_NAME = K.TABLE_NAME
		WHERE R.OWNER = :owner AND R.TABLE_NAME = :name AND K.CONSTRAINT_TYPE = 'R'
		ORDER BY K.OWNER, K.TABLE_NAME, K.CONSTRAINT_NAME, C.POSITION`
	var all []*reference
	err := s.Query(ctx, childrenKind, query, func(scan func(...any) error) error {
		var r reference
		var column string
		var status, rule sql.NullString
		if err := scan(&r.owner, &r.table, &r.name, &status, &rule, &column); err != nil {
			return err
		}
		if r.owner == t.Schema.Text() && r.table == t.Name.Text() {
			return nil
		}
		if last := len(all) - 1; last < 0 || all[last].child() != r.child() || all[last].name != r.name {
			r.enabled, r.removes = status.String == "ENABLED", rule.String != "NO ACTION"
			all = append(all, &r)
		}
		all[len(all)-1].columns = append(all[len(all)-1].columns, column)
		return nil
	}, sql.Named("owner", t.Schema.Text()), sql.Named("name", t.Name.Text()))
	return all, err
}

// unreferenced checks that no rows of other tables refer to a table's rows, which
// are about to be deleted, and returns the foreign keys that could have them.
// The database would refuse the deletion; or worse, with ON DELETE CASCADE or SET
// NULL it would not.
//
// Error: REASON_TARGET_DIFFERS.
func unreferenced(ctx context.Context, s *oracle.Session, t oracle.Table) (enabled []*reference, err error) {
	all, err := references(ctx, s, t)
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		if !r.enabled {
			continue
		}
		enabled = append(enabled, r)
		refers, err := r.refers(ctx, s)
		if err != nil {
			return nil, err
		}
		if refers {
			return nil, apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TARGET_DIFFERS,
				"the rows of the target table %s cannot be removed: rows of table %s refer to them (foreign key %s)", t.Text(), r.child(), r.name).
				WithFact("table", t.Text()).WithFact("child", r.child()).
				WithHint("remove the rows of %s first, or disable its foreign key %s until the migration is done", r.child(), r.name)
		}
	}
	return enabled, nil
}

// refers reports whether the child has rows that refer to one of ours. When the
// agent's user may not look, the database guards the rows itself, unless it would
// remove them.
func (r *reference) refers(ctx context.Context, s *oracle.Session) (bool, error) {
	child, err := oracle.NewTable(&pb.TableName{Schema: r.owner, Name: r.table})
	if err != nil {
		return false, err
	}
	conditions := []string{"ROWNUM = 1"}
	for _, c := range r.columns {
		name, err := oracle.NewName(c)
		if err != nil {
			return false, err
		}
		conditions = append(conditions, name.String()+" IS NOT NULL")
	}
	var one int
	found, err := s.Row(ctx, anyRowKind, fmt.Sprintf("SELECT 1 FROM %s WHERE %s", child, strings.Join(conditions, " AND ")), nil, &one)
	switch apierr.ReasonOf(err) {
	case pb.Reason_REASON_PRIVILEGE_MISSING, pb.Reason_REASON_TABLE_NOT_FOUND:
		return r.removes, nil
	default:
		return found, err
	}
}
