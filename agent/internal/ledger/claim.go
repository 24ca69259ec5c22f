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
	takeKind     = oracle.Kind{Name: "ledger.take", Purpose: "takes an empty target table over from another migration"}
	anyRowKind   = oracle.Kind{Name: "ledger.any-row", Purpose: "looks whether a target table that another migration loaded into has rows"}
)

// Claim makes sure that a target table has rows of one migration only, in the
// transaction that loads some. Two migrations that found the same table empty
// meet here: one waits for the other's first rows, and is refused. A shared table
// may have rows of others, which its operator chose to keep.
//
// Error: REASON_TARGET_NOT_EMPTY.
func Claim(ctx context.Context, tx *oracle.Tx, migration string, target oracle.Table, shared bool) error {
	owner, found, err := claimant(ctx, tx, target)
	if err == nil && !found {
		if err = claim(ctx, tx, migration, target); err == nil {
			return nil
		}
		if oracle.HasCode(err, uniqueViolated) { // somebody was faster
			owner, _, err = claimant(ctx, tx, target)
		}
	}
	if err != nil || owner == migration || shared {
		return err
	}
	return take(ctx, tx, migration, owner, target)
}

func claim(ctx context.Context, tx *oracle.Tx, migration string, target oracle.Table) error {
	_, err := tx.Exec(ctx, claimKind, "INSERT INTO "+Table+" (MIGRATION, CHUNK, TABLE_ID, ROWS_LOADED, LOADED_AT) VALUES ('"+claims+"', :target, :migration, 0, SYSTIMESTAMP)",
		sql.Named("target", target.String()), sql.Named("migration", migration))
	return err
}

func claimant(ctx context.Context, tx *oracle.Tx, target oracle.Table) (owner string, found bool, err error) {
	found, err = tx.Row(ctx, claimantKind, "SELECT TABLE_ID FROM "+Table+" WHERE MIGRATION = '"+claims+"' AND CHUNK = :target",
		[]any{sql.Named("target", target.String())}, &owner)
	return owner, found, err
}

// take takes a table over whose rows are gone, as after TRUNCATE or DROP.
func take(ctx context.Context, tx *oracle.Tx, migration, owner string, target oracle.Table) error {
	n, err := tx.Exec(ctx, takeKind, "UPDATE "+Table+" SET TABLE_ID = :migration WHERE MIGRATION = '"+claims+"' AND CHUNK = :target AND TABLE_ID = :owner",
		sql.Named("migration", migration), sql.Named("target", target.String()), sql.Named("owner", owner))
	if err != nil {
		return err
	}
	var one int
	used := n == 0
	if !used {
		used, err = tx.Row(ctx, anyRowKind, fmt.Sprintf("SELECT 1 FROM %s WHERE ROWNUM = 1", target), nil, &one)
	}
	if err != nil || !used {
		return err
	}
	return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TARGET_NOT_EMPTY, "the target table %s has rows of migration %s, which came in between", target.Text(), owner).
		WithFact("table", target.Text()).WithFact("migration", owner).
		WithHint("let one of the two migrations have the table, and choose another target name for the other with --target-table")
}
