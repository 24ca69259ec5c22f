package dbmscloud

// DELETE_ALL_OPERATIONS(type DEFAULT NULL)
//
// Simulated, by reference, section 2.7: the rows of all of the caller's own
// operations go, or of those of one type, and their log and bad tables with
// them. Running operations are left alone.

import (
	"context"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/engine"
)

var deleteAllOperationsParams = []engine.Param{{Name: "TYPE", Type: varchar2, Optional: true}}

func (c *cloud) deleteAllOperations(ctx context.Context, s *engine.Session, args *engine.Args) error {
	kind := strings.ToUpper(args.Value("TYPE").Text())
	removed := c.operations.remove(func(op operation) bool {
		return op.user == s.User() && op.status != running && (kind == "" || op.kind == kind)
	})
	return raised(ctx, dropLogs(ctx, s, removed))
}
