package staging

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

var assembleKind = oracle.Kind{
	Name: "staging.assemble", Purpose: "puts long values together of their pieces and inserts their rows, in the transaction of staging.load",
	Privileges: []string{"INSERT ON table"},
}

// incomplete is the number of the error that the block raises for a value
// whose pieces are not what its length says.
const incomplete = 20871

// assemble inserts the rows that have long values and returns their number.
// The values never leave the database.
//
// Error: REASON_ROWS_REJECTED when a value is not complete.
func (t *Table) assemble(ctx context.Context, tx *oracle.Tx, target oracle.Table) (rows int64, err error) {
	block, err := t.block(target)
	if err != nil {
		return 0, err
	}
	_, err = tx.Exec(ctx, assembleKind, block, sql.Named("n", oracle.Out(&rows)))
	if oracle.HasCode(err, incomplete) {
		return 0, apierr.New(codes.DataLoss, pb.Reason_REASON_ROWS_REJECTED, "the pieces of a long value are not the whole value").
			WithHint("export the chunk again as a new attempt").WithCause(err)
	}
	return rows, err
}

// block renders the PL/SQL that assembles. Each value is a temporary large
// object while its row is made; a row's other columns are decoded as those of
// any row.
func (t *Table) block(target oracle.Table) (string, error) {
	columns, values, err := t.decoded()
	if err != nil {
		return "", err
	}
	var declare, build, free strings.Builder
	lengths := []string{"ROWID AS PLACE", t.address() + " AS " + address}
	for _, c := range t.long.columns {
		v := fmt.Sprintf("V_%d", c.ordinal)
		lengths = append(lengths, fmt.Sprintf("%s AS L_%d", c.length, c.ordinal))
		fmt.Fprintf(&declare, " %s %s;", v, c.Variable())
		build.WriteString(c.build(v, t.long.name))
		fmt.Fprintf(&free, " IF %[1]s IS NOT NULL THEN DBMS_LOB.FREETEMPORARY(%[1]s); END IF;", v)
		at := c.ordinal - 1
		values[at] = fmt.Sprintf("CASE WHEN %s THEN %s ELSE %s END", c.Long(c.length), c.Value(v), values[at])
	}
	return fmt.Sprintf("DECLARE%s V_PIECES NUMBER; V_ROWS NUMBER := 0; BEGIN "+
		"FOR V_ROW IN (SELECT %s FROM %s WHERE %s) LOOP%s INSERT INTO %s (%s) SELECT %s FROM %s WHERE ROWID = V_ROW.PLACE; V_ROWS := V_ROWS + SQL%%ROWCOUNT;%s END LOOP; "+
		":n := V_ROWS; END;",
		declare.String(), strings.Join(lengths, ", "), t.name, t.long.any(), build.String(),
		target, strings.Join(columns, ", "), strings.Join(values, ", "), t.name, free.String()), nil
}

// build renders how a value is put together in a variable and checked: pieces
// are numbered from 1 without a gap, as many as the length says, and so long.
// The last is empty when its only unit, half of a character, went with the one
// before.
func (c longColumn) build(variable string, from oracle.Name) string {
	length := fmt.Sprintf("V_ROW.L_%d", c.ordinal)
	failed := fmt.Sprintf("RAISE_APPLICATION_ERROR(-%d, 'a long value is not complete');", incomplete)
	return fmt.Sprintf(" %[1]s := NULL; IF %[2]s THEN DBMS_LOB.CREATETEMPORARY(%[1]s, TRUE); V_PIECES := 0; "+
		"FOR V_PIECE IN (SELECT TO_NUMBER(CNUM) AS N, CHEX AS H FROM %[3]s WHERE CROW = V_ROW.CROW AND CCOL = '%[4]d' ORDER BY 1) LOOP "+
		"V_PIECES := V_PIECES + 1; IF V_PIECE.N <> V_PIECES THEN %[5]s END IF; IF V_PIECE.H IS NOT NULL THEN %[6]s END IF; END LOOP; "+
		"IF V_PIECES <> %[7]s OR DBMS_LOB.GETLENGTH(%[1]s) <> %[8]s THEN %[5]s END IF; END IF;",
		variable, c.Long(length), from, c.ordinal, failed, c.Append(variable, "V_PIECE.H"), c.Pieces(length), length)
}
