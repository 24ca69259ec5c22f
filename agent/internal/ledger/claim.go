package ledger

import (
	"context"
	"database/sql"
	"fmt"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Claims are rows of the ledger whose migration is claims, whose chunk is the
// target table, and whose table is the migration that loads into it. They commit
// with the first rows of that migration, so a claim speaks of rows as entries do.
const claims = "*"

var (
	claimKind    = oracle.Kind{Name: "ledger.claim", Purpose: "enters whose rows a target table has, with the first of them"}
	claimantKind = oracle.Kind{Name: "ledger.claimant", Purpose: "looks whose rows a target table has"}
	holdKind     = oracle.Kind{Name: "ledger.hold", Purpose: "makes sure, until the commit, that a target table's rows are still this migration's"}
	takeKind     = oracle.Kind{Name: "ledger.take", Purpose: "takes an empty target table over from another migration"}
	anyRowKind   = oracle.Kind{Name: "ledger.any-row", Purpose: "looks whether a target table that this migration has loaded nothing into is empty"}
)

// Claim makes sure that a target table has rows of one migration only, in the
// transaction that loads some. Two migrations that found the same table empty
// meet here: one waits for the other's first rows, and is refused. So is one that
// comes back to a table which another has filled since, though that has ended. A
// shared table may have rows of others, which its operator chose to keep.
//
// Error: REASON_TARGET_NOT_EMPTY.
func Claim(ctx context.Context, tx *oracle.Tx, migration string, target oracle.Table, shared bool) error {
	owner, err := claimant(ctx, tx, target)
	if err != nil || owner == migration || shared && owner != "" {
		return err
	}
	if owner != "" {
		return take(ctx, tx, migration, owner, target)
	}
	err = claim(ctx, tx, migration, target)
	switch {
	case oracle.HasCode(err, uniqueViolated): // somebody was faster
		return meet(ctx, tx, migration, target, shared)
	case err != nil || shared:
		return err
	default:
		return untouched(ctx, tx, "", target)
	}
}

// Hold checks once more, after the rows and right before the commit, that the table
// is still this migration's, and lets no other take it over until then: one that
// looked for rows before these were committed has not seen them. It waits for a
// migration that is about to take the table over.
//
// Error: REASON_TARGET_NOT_EMPTY.
func Hold(ctx context.Context, tx *oracle.Tx, migration string, target oracle.Table) error {
	var owner string
	_, err := tx.Row(ctx, holdKind, "SELECT TABLE_ID FROM "+Table+" WHERE MIGRATION = '"+claims+"' AND CHUNK = :target FOR UPDATE",
		[]any{sql.Named("target", target.String())}, &owner)
	if err != nil || owner == migration {
		return err
	}
	return replaced(owner, target)
}

func claim(ctx context.Context, tx *oracle.Tx, migration string, target oracle.Table) error {
	_, err := tx.Exec(ctx, claimKind, "INSERT INTO "+Table+" (MIGRATION, CHUNK, TABLE_ID, ROWS_LOADED, LOADED_AT) VALUES ('"+claims+"', :target, :migration, 0, SYSTIMESTAMP)",
		sql.Named("target", target.String()), sql.Named("migration", migration))
	return err
}

// An asker is a session, in a transaction or not.
type asker interface {
	Row(ctx context.Context, k oracle.Kind, query string, args []any, into ...any) (bool, error)
}

// claimant returns the migration whose rows a table has, "" for none.
func claimant(ctx context.Context, s asker, target oracle.Table) (owner string, err error) {
	_, err = s.Row(ctx, claimantKind, "SELECT TABLE_ID FROM "+Table+" WHERE MIGRATION = '"+claims+"' AND CHUNK = :target",
		[]any{sql.Named("target", target.String())}, &owner)
	return owner, err
}

// meet settles a claim that another transaction was faster with. Where that was
// one of the same migration, with another chunk, both may go on.
func meet(ctx context.Context, tx *oracle.Tx, migration string, target oracle.Table, shared bool) error {
	owner, err := claimant(ctx, tx, target)
	switch {
	case err != nil || owner == migration || shared:
		return err
	case owner == "":
		return apierr.New(codes.Aborted, pb.Reason_REASON_DATABASE_ERROR, "another migration ended and gave the target table %s up", target.Text()).WithRetry(0)
	default:
		return stranger(owner, target)
	}
}

// take takes a table over whose rows are gone, as after TRUNCATE or DROP.
func take(ctx context.Context, tx *oracle.Tx, migration, owner string, target oracle.Table) error {
	n, err := tx.Exec(ctx, takeKind, "UPDATE "+Table+" SET TABLE_ID = :migration WHERE MIGRATION = '"+claims+"' AND CHUNK = :target AND TABLE_ID = :owner",
		sql.Named("migration", migration), sql.Named("target", target.String()), sql.Named("owner", owner))
	switch {
	case err != nil:
		return err
	case n == 0:
		return meet(ctx, tx, migration, target, false)
	default:
		return untouched(ctx, tx, owner, target)
	}
}

// untouched checks that a table has no rows, of somebody else then.
func untouched(ctx context.Context, tx *oracle.Tx, owner string, target oracle.Table) error {
	var one int
	used, err := tx.Row(ctx, anyRowKind, fmt.Sprintf("SELECT 1 FROM %s WHERE ROWNUM = 1", target), nil, &one)
	if err != nil || !used {
		return err
	}
	return stranger(owner, target)
}

// stranger is the failure of a migration that meets rows of another.
func stranger(owner string, target oracle.Table) error {
	return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TARGET_NOT_EMPTY, "the target table %s has rows of %s, which came in between", target.Text(), whose(owner)).
		WithFact("table", target.Text()).WithFact("migration", owner).
		WithHint("let one of the two migrations have the table, and choose another target name for the other with --target-table")
}

// whose names the owner of a claim; a migration that has ended has none.
func whose(owner string) string {
	if owner == "" {
		return "another migration, which has ended"
	}
	return "migration " + owner
}

// Owner returns the migration that a target table's rows belong to, "" when no
// migration that goes on says so.
func Owner(ctx context.Context, s *oracle.Session, target oracle.Table) (string, error) {
	there, err := exists(ctx, s)
	if err != nil || !there {
		return "", err
	}
	return claimant(ctx, s, target)
}

// Holds checks that rows which a migration committed are still what its target
// table holds: that no other migration has emptied and filled it since. Counting
// cannot tell. It is for migrations that have committed rows.
//
// Error: REASON_TARGET_NOT_EMPTY.
func Holds(ctx context.Context, s *oracle.Session, migration string, target oracle.Table) error {
	owner, err := Owner(ctx, s, target)
	if err != nil || owner == migration {
		return err
	}
	return replaced(owner, target)
}

// replaced is the failure of a migration whose rows another one has removed.
func replaced(owner string, target oracle.Table) error {
	return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TARGET_NOT_EMPTY, "the rows that this migration loaded into %s were replaced by those of %s", target.Text(), whose(owner)).
		WithFact("table", target.Text()).WithFact("migration", owner).
		WithHint("move the table again in a new migration: under another target name, or with --if-exists truncate")
}
