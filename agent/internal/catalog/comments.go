package catalog

import (
	"context"
	"database/sql"

	"github.com/adbferry/adbferry/agent/internal/oracle"
)

// addComments reads the comments of tables and columns, in one query. Bind
// names stand once each, as positions count in SQL.
func addComments(ctx context.Context, s *oracle.Session, b batch) error {
	const query = `SELECT TABLE_NAME, NULL, COMMENTS FROM ALL_TAB_COMMENTS
		WHERE OWNER = :owner AND TABLE_NAME BETWEEN :low AND :high AND COMMENTS IS NOT NULL
		UNION ALL SELECT TABLE_NAME, COLUMN_NAME, COMMENTS FROM ALL_COL_COMMENTS
		WHERE OWNER = :owner2 AND TABLE_NAME BETWEEN :low2 AND :high2 AND COMMENTS IS NOT NULL`
	return s.Query(ctx, commentsKind, query, func(scan func(...any) error) error {
		var table, text string
		var column sql.NullString
		if err := scan(&table, &column, &text); err != nil {
			return err
		}
		d := b.definition(table)
		switch {
		case d == nil:
		case !column.Valid:
			d.Comment = text
		default:
			if d.ColumnComments == nil {
				d.ColumnComments = make(map[string]string)
			}
			d.ColumnComments[column.String] = text
		}
		return nil
	}, append(b.args(), b.again("2")...)...)
}

// again is args under other names, for the second part of a UNION or the other
// side of a join: the owner, the low and the high name, in that order.
func (b batch) again(suffix string) []any {
	return []any{sql.Named("owner"+suffix, b.schema), sql.Named("low"+suffix, b.low), sql.Named("high"+suffix, b.high)}
}
