package staging

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"text/template"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

var assembleKind = oracle.Kind{
	Name: "staging.assemble", Purpose: "puts values that overflow together of their pieces and inserts their rows, in the transaction of staging.load",
	Privileges: []string{"INSERT ON table"},
}

// incomplete is the number of the error that the block raises for a value
// whose pieces are not what its length says.
const incomplete = 20871

// assembly is the PL/SQL that assembles. For each row with values that overflow it
// puts each such value together in a temporary large object, and inserts the row;
// the other columns are decoded as those of any row. A value's pieces are numbered
// from 1 without a gap, and are as many and together as long as its length says.
// The last is empty when its only unit, half of a character, went with the one before.
var assembly = template.Must(template.New("assembly").Parse(`DECLARE
{{- range .Columns}}
  {{.Variable}} {{.Type}};
{{- end}}
  V_PIECES NUMBER;
  V_ROWS NUMBER := 0;
BEGIN
  FOR V_ROW IN (SELECT {{.Selected}} FROM {{.Rows}} WHERE {{.Overflows}}) LOOP
{{- range .Columns}}
    {{.Variable}} := NULL;
    IF {{.Overflows}} THEN
      DBMS_LOB.CREATETEMPORARY({{.Variable}}, TRUE);
      V_PIECES := 0;
      FOR V_PIECE IN (SELECT TO_NUMBER(CNUM) AS N, CHEX AS H FROM {{$.Pieces}} WHERE CROW = V_ROW.CROW AND CCOL = '{{.Ordinal}}' ORDER BY 1) LOOP
        V_PIECES := V_PIECES + 1;
        IF V_PIECE.N <> V_PIECES THEN RAISE_APPLICATION_ERROR(-{{$.Incomplete}}, 'a long value is not complete'); END IF;
        IF V_PIECE.H IS NOT NULL THEN {{.Append}} END IF;
      END LOOP;
      IF V_PIECES <> {{.Count}} OR DBMS_LOB.GETLENGTH({{.Variable}}) <> {{.Length}} THEN
        RAISE_APPLICATION_ERROR(-{{$.Incomplete}}, 'a long value is not complete');
      END IF;
    END IF;
{{- end}}
    INSERT INTO {{.Target}} ({{.Names}}) SELECT {{.Values}} FROM {{.Rows}} WHERE ROWID = V_ROW.PLACE;
    V_ROWS := V_ROWS + SQL%ROWCOUNT;
{{- range .Columns}}
    IF {{.Variable}} IS NOT NULL THEN DBMS_LOB.FREETEMPORARY({{.Variable}}); END IF;
{{- end}}
  END LOOP;
  :n := V_ROWS;
END;`))

// An assemblyData is what assembly is filled in with. All texts are SQL.
type assemblyData struct {
	Rows, Pieces  oracle.Name // staging tables
	Target        oracle.Table
	Selected      string // of a row: its place, its address on the source, the lengths of its values
	Overflows     string // condition that a value of a row does
	Names, Values string // the target's columns and their values
	Columns       []assemblyColumn
	Incomplete    int
}

// An assemblyColumn is a column whose values may overflow.
type assemblyColumn struct {
	Ordinal        int    // among the carried columns, from 1
	Variable, Type string // that the value is put together in
	Length         string // of the value, as the row says
	Overflows      string // condition on that length
	Count          string // how many pieces the value has
	Append         string // statement that adds V_PIECE to the variable
}

// assemble inserts the rows that have values that overflow and returns their
// number. The values never leave the database.
//
// Error: REASON_ROWS_REJECTED when a value is not complete.
func (t *Table) assemble(ctx context.Context, tx *oracle.Tx, target oracle.Table) (rows int64, err error) {
	block, err := t.block(target)
	if err != nil {
		return 0, err
	}
	_, err = tx.Exec(ctx, assembleKind, block, sql.Named("n", oracle.Out(&rows)))
	if oracle.HasCode(err, incomplete) {
		return 0, apierr.New(codes.DataLoss, pb.Reason_REASON_ROWS_REJECTED, "the overflow pieces of a long value are not the whole value").
			WithHint("export the chunk again as a new attempt").WithCause(err)
	}
	return rows, err
}

// block renders assembly.
func (t *Table) block(target oracle.Table) (string, error) {
	names, values, err := t.decoded()
	if err != nil {
		return "", err
	}
	d := assemblyData{Rows: t.name, Pieces: t.overflow.name, Target: target, Overflows: t.overflow.any(), Incomplete: incomplete}
	selected := []string{"ROWID AS PLACE", t.address() + " AS " + address}
	for _, c := range t.overflow.columns {
		variable, length := fmt.Sprintf("V_%d", c.ordinal), fmt.Sprintf("L_%d", c.ordinal)
		selected = append(selected, c.length+" AS "+length)
		length = "V_ROW." + length
		d.Columns = append(d.Columns, assemblyColumn{
			Ordinal: c.ordinal, Variable: variable, Type: c.Variable(), Length: length,
			Overflows: c.Overflows(length), Count: c.Pieces(length), Append: c.Append(variable, "V_PIECE.H"),
		})
		at := c.ordinal - 1
		values[at] = fmt.Sprintf("CASE WHEN %s THEN %s ELSE %s END", c.Overflows(c.length), c.Value(variable), values[at])
	}
	d.Selected, d.Names, d.Values = strings.Join(selected, ", "), strings.Join(names, ", "), strings.Join(values, ", ")
	var b strings.Builder
	err = assembly.Execute(&b, d)
	return b.String(), err
}
