package probe

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/adbferry/adbferry/agent/internal/oracle"
)

const (
	// MaxLarge is the largest size of large objects that is tried, in bytes: the
	// value passes through the agent's memory.
	MaxLarge = 8 << 20
	// zeroEvery is how far apart the zero bytes are that every BLOB has.
	zeroEvery = 64
)

// createLarge makes a table with one row of a CLOB and a BLOB of a size.
func createLarge(ctx context.Context, s *oracle.Session, migration string, index int, size int64) (oracle.Name, error) {
	name, err := tableName(migration, fmt.Sprintf("L%d", index+1))
	if err != nil {
		return name, err
	}
	if _, err := s.Exec(ctx, createKind, fmt.Sprintf("CREATE TABLE %s (ID NUMBER(10,0) PRIMARY KEY, T_CLOB CLOB, T_BLOB BLOB)", name)); err != nil {
		return name, err
	}
	return name, s.Call(ctx, fillKind, fmt.Sprintf("BEGIN INSERT INTO %s (ID, T_CLOB, T_BLOB) VALUES (1, :text, :bytes); END;", name),
		sql.Named("text", oracle.CLOB(largeText(int(size)))), sql.Named("bytes", oracle.BLOB(largeBytes(int(size)))))
}

// largeText is text of a size that compresses badly and has a newline, a quote
// and a delimiter in every block. It is the same every time.
func largeText(size int) string {
	random := rand.New(rand.NewPCG(1, uint64(size)))
	var text strings.Builder
	for text.Len() < size {
		_, _ = fmt.Fprintf(&text, "%016x,\"%016x\"\n", random.Uint64(), random.Uint64())
	}
	return text.String()[:size]
}

// largeBytes is any bytes of a size, the same every time.
func largeBytes(size int) []byte {
	random := rand.New(rand.NewPCG(2, uint64(size)))
	bytes := make([]byte, size)
	for at := range bytes {
		if at%zeroEvery != 0 {
			bytes[at] = byte(random.Uint32())
		}
	}
	return bytes
}
