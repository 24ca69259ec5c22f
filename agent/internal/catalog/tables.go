package catalog

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

const tableColumns = `TABLE_NAME, NUM_ROWS, AVG_ROW_LEN, TEMPORARY, NESTED, EXTERNAL, IOT_TYPE, CLUSTER_NAME, PARTITIONED, HAS_IDENTITY, READ_ONLY, ROW_MOVEMENT`

// IndexOrganisation is the line of not_made of a table whose rows lie in its key's
// index, where they have no physical ROWID.
const IndexOrganisation = "index organisation"

// A listed is a table that is being described.
type listed struct {
	table                 *pb.Table
	partitioned, identity bool
	// What the table has and no message can say, in the words of not_made.
	notes []string
	// Indexes that keys bring with them, by name.
	ofKeys map[string]bool
}

func (l *listed) note(format string, args ...any) {
	l.notes = append(l.notes, fmt.Sprintf(format, args...))
}

// hinder says why a table cannot be moved. The first reason stands.
func (l *listed) hinder(why string) {
	if l.table.GetObstacle() == "" {
		l.table.Obstacle = why
	}
}

// noteOnce is note for what is met in several rows.
func (l *listed) noteOnce(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(l.notes, text) {
		l.notes = append(l.notes, text)
	}
}

// ListTables returns up to limit tables of a schema in name order whose names
// match a glob with * and ? ("" for all) and come after the name given. more
// reports whether there are others behind them.
func ListTables(ctx context.Context, s *oracle.Session, schema, glob, after string, limit int) (tables []*pb.Table, more bool, err error) {
	return list(ctx, s, schema, glob, after, limit, describe)
}

// ListDefined is ListTables with the tables' definitions.
func ListDefined(ctx context.Context, s *oracle.Session, schema, glob, after string, limit int) (tables []*pb.Table, more bool, err error) {
	return list(ctx, s, schema, glob, after, limit, define)
}

// A describer adds what is asked for to tables of one schema in name order.
type describer func(ctx context.Context, s *oracle.Session, schema string, tables []*listed) error

func list(ctx context.Context, s *oracle.Session, schema, glob, after string, limit int, describe describer) (tables []*pb.Table, more bool, err error) {
	query := "SELECT " + tableColumns + " FROM ALL_TABLES WHERE OWNER = :owner AND TABLE_NAME LIKE :pattern ESCAPE '\\'" +
		" AND DROPPED = 'NO' AND (IOT_TYPE IS NULL OR IOT_TYPE = 'IOT')"
	args := []any{sql.Named("owner", schema), sql.Named("pattern", like(glob)), sql.Named("lim", limit+1)}
	if after != "" {
		query += " AND TABLE_NAME > :after"
		args = append(args, sql.Named("after", after))
	}
	query = "SELECT " + tableColumns + " FROM (" + query + " ORDER BY TABLE_NAME) WHERE ROWNUM <= :lim"
	found, err := readTables(ctx, s, schema, query, args)
	if err != nil || len(found) == 0 {
		return nil, false, err
	}
	if more = len(found) > limit; more {
		found = found[:limit]
	}
	for _, l := range found {
		tables = append(tables, l.table)
	}
	return tables, more, describe(ctx, s, schema, found)
}

// Table describes one table.
//
// Error: REASON_TABLE_NOT_FOUND.
func Table(ctx context.Context, s *oracle.Session, t oracle.Table) (*pb.Table, error) {
	found, err := Find(ctx, s, t)
	return found, missing(t, found, err)
}

// Defined describes one table with its definition.
//
// Error: REASON_TABLE_NOT_FOUND.
func Defined(ctx context.Context, s *oracle.Session, t oracle.Table) (*pb.Table, error) {
	found, err := FindDefined(ctx, s, t)
	return found, missing(t, found, err)
}

func missing(t oracle.Table, found *pb.Table, err error) error {
	if err != nil || found != nil {
		return err
	}
	return apierr.New(codes.NotFound, pb.Reason_REASON_TABLE_NOT_FOUND, "there is no table %s that the agent's user may see", t.Text()).
		WithFact("table", t.Text()).
		WithHint("check schema and letter case: names are written as the dictionary stores them; views are not moved")
}

// Find describes one table, or returns nil when the user sees none of that name.
func Find(ctx context.Context, s *oracle.Session, t oracle.Table) (*pb.Table, error) {
	return find(ctx, s, t, describe)
}

// FindDefined describes one table with its definition, or returns nil when the
// user sees none of that name.
func FindDefined(ctx context.Context, s *oracle.Session, t oracle.Table) (*pb.Table, error) {
	return find(ctx, s, t, define)
}

func find(ctx context.Context, s *oracle.Session, t oracle.Table, describe describer) (*pb.Table, error) {
	found, err := readTables(ctx, s, t.Schema.Text(),
		"SELECT "+tableColumns+" FROM ALL_TABLES WHERE OWNER = :owner AND TABLE_NAME = :name AND DROPPED = 'NO'",
		[]any{sql.Named("owner", t.Schema.Text()), sql.Named("name", t.Name.Text())})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0].table, describe(ctx, s, t.Schema.Text(), found)
}

func readTables(ctx context.Context, s *oracle.Session, schema, query string, args []any) ([]*listed, error) {
	var tables []*listed
	err := s.Query(ctx, tablesKind, query, func(scan func(...any) error) error {
		var r tableRow
		if err := scan(r.dest()...); err != nil {
			return err
		}
		tables = append(tables, r.listed(schema))
		return nil
	}, args...)
	return tables, err
}

// A tableRow is one row of ALL_TABLES.
type tableRow struct {
	name                                      string
	rows, length                              sql.NullInt64
	temporary, nested, external, iot, cluster sql.NullString
	partitioned, identity, readOnly, movement sql.NullString
}

func (r *tableRow) dest() []any {
	return []any{
		&r.name, &r.rows, &r.length, &r.temporary, &r.nested, &r.external, &r.iot, &r.cluster,
		&r.partitioned, &r.identity, &r.readOnly, &r.movement,
	}
}

func (r *tableRow) listed(schema string) *listed {
	t := &pb.Table{Name: &pb.TableName{Schema: schema, Name: r.name}}
	if r.rows.Valid {
		t.EstimatedRows = &r.rows.Int64
		if r.length.Valid {
			bytes := r.rows.Int64 * r.length.Int64
			t.EstimatedBytes = &bytes
		}
	}
	switch {
	case r.temporary.String == "Y":
		t.Obstacle = "a temporary table: its rows belong to sessions"
	case r.nested.String == "YES":
		t.Obstacle = "the storage of a nested table: its rows belong to another table"
	case r.external.String == "YES":
		t.Obstacle = "an external table: its rows are not in the database"
	}
	l := &listed{table: t, partitioned: r.partitioned.String == "YES", identity: r.identity.String == "YES"}
	if r.iot.String != "" {
		l.note(IndexOrganisation)
	}
	if r.cluster.String != "" {
		l.note("cluster %s", r.cluster.String)
	}
	if r.readOnly.String == "YES" {
		l.note("read only")
	}
	if r.movement.String == "ENABLED" {
		l.note("row movement")
	}
	return l
}

// A batch is tables of one schema, in name order, that are described together:
// the same few queries whatever their number.
type batch struct {
	schema, low, high string
	byName            map[string]*listed
}

func newBatch(schema string, tables []*listed) batch {
	b := batch{schema: schema, byName: make(map[string]*listed, len(tables))}
	for _, l := range tables {
		b.byName[l.table.GetName().GetName()] = l
	}
	b.low, b.high = tables[0].table.GetName().GetName(), tables[len(tables)-1].table.GetName().GetName()
	return b
}

// args are the bind values :owner, :low and :high.
func (b batch) args() []any {
	return []any{sql.Named("owner", b.schema), sql.Named("low", b.low), sql.Named("high", b.high)}
}

// describe adds columns and primary keys.
func describe(ctx context.Context, s *oracle.Session, schema string, tables []*listed) error {
	b := newBatch(schema, tables)
	if err := addColumns(ctx, s, b.byName, b.args()); err != nil {
		return err
	}
	if err := addPolicies(ctx, s, b); err != nil {
		return err
	}
	return addKeys(ctx, s, b.byName, b.args())
}

// addKeys leaves out disabled keys: nothing keeps their values unique.
func addKeys(ctx context.Context, s *oracle.Session, tables map[string]*listed, args []any) error {
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
			t.table.PrimaryKey = append(t.table.PrimaryKey, column)
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
