package catalog

import (
	"context"
	"database/sql"
	"strings"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

const tableColumns = `TABLE_NAME, NUM_ROWS, AVG_ROW_LEN, TEMPORARY, NESTED, EXTERNAL, IOT_TYPE, CLUSTER_NAME`

// ListTables returns up to limit tables of a schema in name order whose names
// match a glob with * and ? ("" for all) and come after the name given. more
// reports whether there are others behind them.
func ListTables(ctx context.Context, s *oracle.Session, schema, glob, after string, limit int) (tables []*pb.Table, more bool, err error) {
	query := "SELECT " + tableColumns + " FROM ALL_TABLES WHERE OWNER = :owner AND TABLE_NAME LIKE :pattern ESCAPE '\\'" +
		" AND DROPPED = 'NO' AND (IOT_TYPE IS NULL OR IOT_TYPE = 'IOT')"
	args := []any{sql.Named("owner", schema), sql.Named("pattern", like(glob)), sql.Named("lim", limit+1)}
	if after != "" {
		query += " AND TABLE_NAME > :after"
		args = append(args, sql.Named("after", after))
	}
	query = "SELECT " + tableColumns + " FROM (" + query + " ORDER BY TABLE_NAME) WHERE ROWNUM <= :lim"
	tables, err = readTables(ctx, s, schema, query, args)
	if err != nil || len(tables) == 0 {
		return nil, false, err
	}
	if more = len(tables) > limit; more {
		tables = tables[:limit]
	}
	return tables, more, describe(ctx, s, schema, tables)
}

// Table describes one table.
//
// Error: REASON_TABLE_NOT_FOUND.
func Table(ctx context.Context, s *oracle.Session, t oracle.Table) (*pb.Table, error) {
	found, err := Find(ctx, s, t)
	if err == nil && found == nil {
		return nil, apierr.New(codes.NotFound, pb.Reason_REASON_TABLE_NOT_FOUND, "there is no table %s that the agent's user may see", t.Text()).
			WithFact("table", t.Text()).
			WithHint("check schema and letter case: names are written as the dictionary stores them; views are not moved")
	}
	return found, err
}

// Find describes one table, or returns nil when the user sees none of that name.
func Find(ctx context.Context, s *oracle.Session, t oracle.Table) (*pb.Table, error) {
	tables, err := readTables(ctx, s, t.Schema.Text(),
		"SELECT "+tableColumns+" FROM ALL_TABLES WHERE OWNER = :owner AND TABLE_NAME = :name AND DROPPED = 'NO'",
		[]any{sql.Named("owner", t.Schema.Text()), sql.Named("name", t.Name.Text())})
	if err != nil || len(tables) == 0 {
		return nil, err
	}
	return tables[0], describe(ctx, s, t.Schema.Text(), tables)
}

func readTables(ctx context.Context, s *oracle.Session, schema, query string, args []any) ([]*pb.Table, error) {
	var tables []*pb.Table
	err := s.Query(ctx, tablesKind, query, func(scan func(...any) error) error {
		var name string
		var rows, length sql.NullInt64
		var temporary, nested, external, iot, cluster sql.NullString
		if err := scan(&name, &rows, &length, &temporary, &nested, &external, &iot, &cluster); err != nil {
			return err
		}
		t := &pb.Table{Name: &pb.TableName{Schema: schema, Name: name}}
		if rows.Valid {
			t.EstimatedRows = &rows.Int64
			if length.Valid {
				bytes := rows.Int64 * length.Int64
				t.EstimatedBytes = &bytes
			}
		}
		switch {
		case temporary.String == "Y":
			t.Obstacle = "a temporary table: its rows belong to sessions"
		case nested.String == "YES":
			t.Obstacle = "the storage of a nested table: its rows belong to another table"
		case external.String == "YES":
			t.Obstacle = "an external table: its rows are not in the database"
		}
		tables = append(tables, t)
		return nil
	}, args...)
	return tables, err
}

// describe adds columns and primary keys to tables of one schema, which are in
// name order: two queries, whatever their number.
func describe(ctx context.Context, s *oracle.Session, schema string, tables []*pb.Table) error {
	byName := make(map[string]*pb.Table, len(tables))
	for _, t := range tables {
		byName[t.GetName().GetName()] = t
	}
	args := []any{
		sql.Named("owner", schema),
		sql.Named("low", tables[0].GetName().GetName()),
		sql.Named("high", tables[len(tables)-1].GetName().GetName()),
	}
	if err := addColumns(ctx, s, byName, args); err != nil {
		return err
	}
	return addKeys(ctx, s, byName, args)
}

// addKeys leaves out disabled keys: nothing keeps their values unique.
func addKeys(ctx context.Context, s *oracle.Session, tables map[string]*pb.Table, args []any) error {
	const query = `SELECT K.TABLE_NAME, C.COLUMN_NAME FROM ALL_CONSTRAINTS K
		JOIN ALL_CONS_COLUMNS C ON C.OWNER = K.OWNER AND C.CONSTRAINT_NAME = K.CONSTRAINT_NAME AND C.TABLE_NAME = K.TABLE_NAME
		WHERE K.OWNER = :owner AND K.TABLE_NAME BETWEEN :low AND :high AND K.CONSTRAINT_TYPE = 'P' AND K.STATUS = 'ENABLED'
		ORDER BY K.TABLE_NAME, C.POSITION`
	return s.Query(ctx, keysKind, query, func(scan func(...any) error) error {
		var table, column string
		if err := scan(&table, &column); err != nil {
			return err
		}
		if t := tables[table]; t != nil {
			t.PrimaryKey = append(t.PrimaryKey, column)
		}
		return nil
	}, args...)
}

// like turns a glob into a LIKE pattern with \ as its escape.
func like(glob string) string {
	if glob == "" {
		return "%"
	}
	return strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`, "*", "%", "?", "_").Replace(glob)
}
