// Package ledger is the table in the agent user's schema that says which
// chunks are on the target. Its row commits together with the chunk's rows, so
// it is the one answer to whether an import was done.
//
// Facts: reference, section 11.2.
package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Table is the ledger's name.
const Table = `"ADBFERRY$LEDGER"`

// The statements of this package.
var (
	existsKind = oracle.Kind{Name: "ledger.exists", Purpose: "looks whether the ledger table exists"}
	createKind = oracle.Kind{Name: "ledger.create", Purpose: "creates the ledger table", Privileges: []string{"CREATE TABLE", "quota on the tablespace"}}
	findKind   = oracle.Kind{Name: "ledger.find", Purpose: "looks whether a chunk is on the target"}
	newerKind  = oracle.Kind{Name: "ledger.newer", Purpose: "looks whether chunks of a newer plan of a table are on the target"}
	sumKind    = oracle.Kind{Name: "ledger.sum", Purpose: "counts the chunks and rows of a table that are on the target"}
	enterKind  = oracle.Kind{Name: "ledger.enter", Purpose: "enters a chunk, in the transaction that loads its rows"}
	forgetKind = oracle.Kind{Name: "ledger.forget", Purpose: "removes a migration's or a table's entries"}
)

// Statements returns the kinds of statements that this package sends.
func Statements() []oracle.Kind {
	return []oracle.Kind{existsKind, createKind, findKind, newerKind, sumKind, enterKind, forgetKind, claimKind, claimantKind, holdKind, takeKind, anyRowKind}
}

const (
	uniqueViolated  = 1    // ORA-00001
	constraintInUse = 2264 // ORA-02264
)

// exists reports whether the ledger table is there.
func exists(ctx context.Context, s *oracle.Session) (bool, error) {
	var one int
	return s.Row(ctx, existsKind, "SELECT 1 FROM USER_TABLES WHERE TABLE_NAME = 'ADBFERRY$LEDGER'", nil, &one)
}

// Ensure creates the ledger table unless it exists. Several sessions may call
// it at once.
func Ensure(ctx context.Context, s *oracle.Session) error {
	there, err := exists(ctx, s)
	if err != nil || there {
		return err
	}
	_, err = s.Exec(ctx, createKind, `CREATE TABLE `+Table+` (
		MIGRATION VARCHAR2(128 BYTE) NOT NULL, CHUNK VARCHAR2(512 BYTE) NOT NULL, TABLE_ID VARCHAR2(512 BYTE) NOT NULL,
		ROWS_LOADED NUMBER(19,0) NOT NULL, LOADED_AT TIMESTAMP(6) WITH TIME ZONE NOT NULL,
		CONSTRAINT "ADBFERRY$LEDGER_PK" PRIMARY KEY (MIGRATION, CHUNK))`)
	if oracle.HasCode(err, oracle.NameInUse) || oracle.HasCode(err, constraintInUse) { // somebody was faster, or the name is another's
		if there, lookErr := exists(ctx, s); lookErr != nil || there {
			return lookErr
		}
	}
	return err
}

// An Entry is one chunk.
type Entry struct {
	Migration, Table, Chunk string
	Rows                    int64
}

// Find returns how many rows of a chunk were committed; found is false when
// none were ever. The ledger must exist.
func Find(ctx context.Context, s *oracle.Session, migration, chunk string) (rows int64, found bool, err error) {
	found, err = s.Row(ctx, findKind, "SELECT ROWS_LOADED FROM "+Table+" WHERE MIGRATION = :migration AND CHUNK = :chunk",
		[]any{sql.Named("migration", migration), sql.Named("chunk", chunk)}, &rows)
	return rows, found, err
}

// Loaded returns how many chunks of a table a migration has committed, those
// without rows included, and how many rows; nothing without a ledger.
func Loaded(ctx context.Context, s *oracle.Session, migration, table string) (chunks, rows int64, err error) {
	there, err := exists(ctx, s)
	if err != nil || !there {
		return 0, 0, err
	}
	_, err = s.Row(ctx, sumKind, "SELECT COUNT(*), NVL(SUM(ROWS_LOADED), 0) FROM "+Table+" WHERE MIGRATION = :migration AND TABLE_ID = :tid",
		[]any{sql.Named("migration", migration), sql.Named("tid", table)}, &chunks, &rows)
	return chunks, rows, err
}

// Newer reports whether a migration has committed a chunk of a table that comes
// after one. Plans that follow each other name their chunks in one row: what
// comes after a plan's last chunk belongs to a newer plan.
func Newer(ctx context.Context, s *oracle.Session, migration, table, chunk string) (bool, error) {
	there, err := exists(ctx, s)
	if err != nil || !there {
		return false, err
	}
	var one int
	return s.Row(ctx, newerKind, "SELECT 1 FROM "+Table+" WHERE MIGRATION = :migration AND TABLE_ID = :tid AND CHUNK > :chunk AND ROWNUM = 1",
		[]any{sql.Named("migration", migration), sql.Named("tid", table), sql.Named("chunk", chunk)}, &one)
}

// Enter adds an entry in a transaction. It waits for another transaction that
// enters the same chunk, so it belongs before the rows.
//
// Error: ErrEntered when the chunk is there already.
func Enter(ctx context.Context, tx *oracle.Tx, e Entry) error {
	_, err := tx.Exec(ctx, enterKind, "INSERT INTO "+Table+" (MIGRATION, CHUNK, TABLE_ID, ROWS_LOADED, LOADED_AT) VALUES (:migration, :chunk, :tid, :loaded, SYSTIMESTAMP)",
		sql.Named("migration", e.Migration), sql.Named("chunk", e.Chunk), sql.Named("tid", e.Table), sql.Named("loaded", e.Rows))
	switch {
	case oracle.HasCode(err, uniqueViolated):
		return ErrEntered
	case oracle.HasCode(err, oracle.TableMissing):
		return apierr.New(codes.Aborted, pb.Reason_REASON_DATABASE_ERROR, "another migration ended and dropped the ledger, which had been empty").WithRetry(0).WithCause(err)
	default:
		return err
	}
}

// ErrEntered is an entry that exists.
var ErrEntered = errors.New("the chunk is in the ledger")

// errProbe undoes the transaction of Settle.
var errProbe = errors.New("probe")

// Settle finds out whether a transaction that entered a chunk was committed,
// after its connection was lost. Entering the chunk once more waits until the
// database has settled the other transaction; looking would not.
//
// Error: REASON_OUTCOME_UNKNOWN when the database does not say.
func Settle(ctx context.Context, s *oracle.Session, e Entry) (committed bool, err error) {
	err = s.Transact(ctx, func(tx *oracle.Tx) error {
		if err := Enter(ctx, tx, e); err != nil {
			return err
		}
		return errProbe
	})
	switch {
	case errors.Is(err, errProbe):
		return false, nil
	case errors.Is(err, ErrEntered):
		return true, nil
	default:
		return false, Unknown(e, err)
	}
}

// Unknown is the failure of a chunk of which nobody can say whether it was loaded.
func Unknown(e Entry, cause error) error {
	return apierr.New(codes.Unavailable, pb.Reason_REASON_OUTCOME_UNKNOWN, "whether the rows of chunk %s were committed cannot be found out now", e.Chunk).
		WithHint("resume when the database answers again: the ledger table then says it").WithRetry(0).WithCause(cause)
}

// ForgetTable removes a migration's entries of one table, whose rows are gone.
func ForgetTable(ctx context.Context, s *oracle.Session, migration, table string) error {
	_, err := forget(ctx, s, "MIGRATION = :migration AND TABLE_ID = :tid", sql.Named("migration", migration), sql.Named("tid", table))
	return err
}

// Discard removes a migration's entries and returns how many there were. The ledger
// stays, empty at last: another migration may commit its first rows between any look
// at it and a DROP TABLE, which would take the word for them away.
func Discard(ctx context.Context, s *oracle.Session, migration string) (int64, error) {
	entries, err := forget(ctx, s, "MIGRATION = :migration", sql.Named("migration", migration))
	if err == nil {
		_, err = forget(ctx, s, "MIGRATION = '"+claims+"' AND TABLE_ID = :migration", sql.Named("migration", migration))
	}
	return entries, err
}

// forget removes entries and returns how many there were, none without a ledger.
func forget(ctx context.Context, s *oracle.Session, where string, args ...any) (int64, error) {
	there, err := exists(ctx, s)
	if err != nil || !there {
		return 0, err
	}
	return s.Exec(ctx, forgetKind, fmt.Sprintf("DELETE FROM %s WHERE %s", Table, where), args...)
}
