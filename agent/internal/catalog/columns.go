package catalog

import (
	"context"
	"database/sql"
	"strings"

	"github.com/adbferry/adbferry/agent/internal/oracle"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// archiveState is the column that the database adds to tables with ROW ARCHIVAL.
const archiveState = "ORA_ARCHIVE_STATE"

// addColumns reads the columns of tables. USER_GENERATED leaves out what the
// database keeps for itself, of which only the state of archived rows is looked
// at; ALL_TAB_COLS, unlike ALL_TAB_COLUMNS, has the
// invisible ones. DATA_DEFAULT is a LONG, which is fetched and nothing else:
// there is no join here and no sorting by it.
func addColumns(ctx context.Context, s *oracle.Session, tables map[string]*listed, args []any) error {
	const query = `SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE, DATA_TYPE_OWNER, DATA_LENGTH, CHAR_LENGTH, CHAR_USED, DATA_PRECISION, DATA_SCALE,
		NULLABLE, VIRTUAL_COLUMN, HIDDEN_COLUMN, IDENTITY_COLUMN, DEFAULT_ON_NULL, COLLATION, USER_GENERATED, DATA_DEFAULT FROM ALL_TAB_COLS
		WHERE OWNER = :owner AND TABLE_NAME BETWEEN :low AND :high AND (USER_GENERATED = 'YES' OR COLUMN_NAME = '` + archiveState + `')
		ORDER BY TABLE_NAME, COLUMN_ID NULLS LAST, INTERNAL_COLUMN_ID`
	return s.Query(ctx, columnsKind, query, func(scan func(...any) error) error {
		var r columnRow
		if err := scan(r.dest()...); err != nil {
			return err
		}
		if t := tables[r.table]; t != nil && r.made.String != "YES" {
			t.hinder("a table with row archival: a session sees its active rows only, and the others would neither be moved nor counted")
		} else if t != nil {
			t.table.Columns = append(t.table.Columns, r.column())
			if r.collation.String != "" && r.collation.String != defaultCollation {
				t.note("collation %s of column %s", r.collation.String, r.name)
			}
		}
		return nil
	}, args...)
}

// defaultCollation compares as NLS_COMP says, as every column did before
// columns could have collations.
const defaultCollation = "USING_NLS_COMP"

// A columnRow is one row of ALL_TAB_COLS.
type columnRow struct {
	table, name, dataType, nullable      string
	owner, used, virtual, hidden, ident  sql.NullString
	onNull, collation, made, byDefault   sql.NullString
	length, chars, precision, scaleValue sql.NullInt32
}

func (r *columnRow) dest() []any {
	return []any{
		&r.table, &r.name, &r.dataType, &r.owner, &r.length, &r.chars, &r.used, &r.precision, &r.scaleValue,
		&r.nullable, &r.virtual, &r.hidden, &r.ident, &r.onNull, &r.collation, &r.made, &r.byDefault,
	}
}

func (r *columnRow) column() *pb.Column {
	c := &pb.Column{
		Name: r.name, DataType: r.typeName(), DataLength: r.length.Int32, CharLength: r.chars.Int32,
		CharSemantics: r.used.String == "C", Nullable: r.nullable == "Y",
		Virtual: r.virtual.String == "YES", Invisible: r.hidden.String == "YES", Identity: r.ident.String == "YES",
		TypeOwner: r.owner.String,
	}
	if !c.GetIdentity() { // whose default is its sequence's next value
		c.DefaultExpression, c.DefaultOnNull = strings.TrimSpace(r.byDefault.String), r.onNull.String == "YES"
	}
	if r.precision.Valid {
		c.Precision = &r.precision.Int32
	}
	if r.scaleValue.Valid {
		c.Scale = &r.scaleValue.Int32
	}
	return c
}

// typeName qualifies types that somebody owns, so that a user's type called
// DATE is not taken for the built-in one.
func (r *columnRow) typeName() string {
	if r.owner.String == "" || r.dataType == "XMLTYPE" {
		return r.dataType
	}
	return r.owner.String + "." + r.dataType
}
