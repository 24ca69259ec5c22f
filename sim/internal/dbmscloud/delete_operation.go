package dbmscloud

// DELETE_OPERATION(id)
//
// Simulated, by reference, section 2.7: the row of one of the caller's own
// operations goes, and its log and bad tables with it. An unknown id, another
// user's and that of a running operation are ORA-20027 (reference, section 4.1).

import (
	"context"
	"errors"
	"fmt"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine"
)

var deleteOperationParams = []engine.Param{{Name: "ID", Type: number}}

func (c *cloud) deleteOperation(ctx context.Context, s *engine.Session, args *engine.Args) error {
	id, _ := args.Value("ID").Int()
	removed := c.operations.remove(func(op operation) bool {
		return op.id == id && op.user == s.User() && op.status != running
	})
	if len(removed) == 0 {
		return raised(ctx, datum.Errorf(20027, "Invalid operation - %d", id))
	}
	return raised(ctx, dropLogs(ctx, s, removed))
}

// dropLogs drops the tables of removed operations. One that is gone already is
// no error.
func dropLogs(ctx context.Context, s *engine.Session, removed []operation) error {
	side := s.Instance().Internal(s.User())
	defer side.Close()
	for _, op := range removed {
		for _, table := range []string{op.logTable, op.badTable} {
			if table == "" {
				continue
			}
			err := side.Exec(ctx, fmt.Sprintf("DROP TABLE %s.%s PURGE", quoted(op.user), quoted(table)))
			if e, ok := errors.AsType[*datum.Error](err); ok && e.Code == 942 {
				continue
			}
			if err != nil {
				return fmt.Errorf("drop log table %s: %w", table, err)
			}
		}
	}
	return nil
}
