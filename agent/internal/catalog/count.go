package catalog

import (
	"context"

	"github.com/adbferry/adbferry/agent/internal/oracle"
)

// Count counts the rows of a FROM clause exactly.
func Count(ctx context.Context, s *oracle.Session, from string) (int64, error) {
	var n int64
	found, err := s.Row(ctx, countKind, "SELECT COUNT(*) FROM "+from, nil, &n)
	if err == nil && !found {
		return 0, oracle.NotOne(countKind)
	}
	return n, err
}
