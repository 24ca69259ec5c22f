package oracle

import (
	"context"
	"database/sql"
	"fmt"
)

// DropOwn drops the tables of the session's user whose names begin with a text,
// and returns their names in order. One that somebody else drops meanwhile is
// fine. list and drop name the two statements.
func (s *Session) DropOwn(ctx context.Context, list, drop Kind, start string) (dropped []string, err error) {
	err = s.Query(ctx, list, "SELECT TABLE_NAME FROM USER_TABLES WHERE SUBSTR(TABLE_NAME, 1, :len) = :head ORDER BY TABLE_NAME",
		func(scan func(...any) error) error {
			var name string
			if err := scan(&name); err != nil {
				return err
			}
			dropped = append(dropped, name)
			return nil
		}, sql.Named("len", len(start)), sql.Named("head", start))
	if err != nil {
		return nil, err
	}
	for _, text := range dropped {
		name, err := NewName(text)
		if err != nil {
			return nil, err
		}
		if _, err := s.Exec(ctx, drop, fmt.Sprintf("DROP TABLE %s PURGE", name)); err != nil && !HasCode(err, TableMissing) {
			return nil, err
		}
	}
	return dropped, nil
}
