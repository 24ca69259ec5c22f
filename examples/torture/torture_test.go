// Package torture moves a deliberately difficult schema and compares it by its
// content, without adbferry.
package torture

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/examples/internal/desk"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

// fewest is how many tables the schema has at least.
const fewest = 25

func TestTheWholeSchemaArrivesAsItWas(t *testing.T) {
	d := desk.Start(t, sim.Config{Scripts: map[string]string{sim.SanJose: script(t, "source.sql"), sim.Phoenix: script(t, "target.sql")}})
	status := d.Migrate("torture", &pb.MigrationSpec{
		Source: sim.SanJose, Target: sim.Phoenix, Schemas: []*pb.SchemaSelection{{Schema: "TORTURE"}},
	})
	tables := d.Rows(sim.SanJose, "SELECT TABLE_NAME FROM ALL_TABLES WHERE OWNER = 'TORTURE' ORDER BY TABLE_NAME")
	if receipt := status.GetReceipt(); receipt.GetVerdict() != pb.Verdict_VERDICT_VERIFIED || len(receipt.GetTables()) != len(tables) || len(tables) < fewest {
		t.Errorf("%s of %d of %d tables: %v", receipt.GetVerdict(), len(receipt.GetTables()), len(tables), status.GetFailure())
	}
	for _, table := range status.GetReceipt().GetTables() {
		for _, f := range table.GetDefinitionFailures() {
			t.Errorf("%s: %s: %s", table.GetSource().GetName(), f.GetWhat(), f.GetFailure().GetText())
		}
	}
	for _, table := range tables {
		t.Run(table[0], func(t *testing.T) {
			if diff := cmp.Diff(content(d, sim.SanJose, table[0]), content(d, sim.Phoenix, table[0])); diff != "" {
				t.Errorf("the rows differ (-source +target):\n%.2000s", diff)
			}
			for _, view := range definitions {
				if diff := cmp.Diff(view.rows(d, sim.SanJose, table[0]), view.rows(d, sim.Phoenix, table[0])); diff != "" {
					t.Errorf("%s differs (-source +target):\n%s", view.name, diff)
				}
			}
		})
	}
}

func script(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// content is the rows of a table with all their columns, invisible ones
// included, in the order of their texts.
func content(d *desk.Desk, region, table string) []string {
	var columns []string
	for _, c := range d.Rows(region, "SELECT COLUMN_NAME, DATA_TYPE FROM ALL_TAB_COLS WHERE OWNER = 'TORTURE' AND USER_GENERATED = 'YES' AND TABLE_NAME = '"+table+"' ORDER BY COLUMN_NAME") {
		columns = append(columns, whole(`"`+c[0]+`"`, c[1]))
	}
	var rows []string
	for _, row := range d.Rows(region, "SELECT "+strings.Join(columns, ", ")+` FROM TORTURE."`+table+`"`) {
		rows = append(rows, strings.Join(row, "|"))
	}
	slices.Sort(rows)
	return rows
}

// whole renders all of a value, whatever the session's settings are.
func whole(column, dataType string) string {
	switch {
	case dataType == "BLOB":
		return "CASE WHEN DBMS_LOB.GETLENGTH(" + column + ") > 0 THEN RAWTOHEX(DBMS_CRYPTO.HASH(" + column + ", 4)) ELSE TO_CHAR(DBMS_LOB.GETLENGTH(" + column + ")) END"
	case dataType == "BINARY_DOUBLE":
		return "RAWTOHEX(UTL_RAW.CAST_FROM_BINARY_DOUBLE(" + column + "))"
	case dataType == "BINARY_FLOAT":
		return "RAWTOHEX(UTL_RAW.CAST_FROM_BINARY_FLOAT(" + column + "))"
	case dataType == "DATE":
		return "TO_CHAR(" + column + ", 'SYYYY-MM-DD HH24:MI:SS')"
	case strings.HasSuffix(dataType, "TIME ZONE"):
		return "TO_CHAR(" + column + ", 'SYYYY-MM-DD HH24:MI:SS.FF9 TZR TZD')"
	case strings.HasPrefix(dataType, "TIMESTAMP"):
		return "TO_CHAR(" + column + ", 'SYYYY-MM-DD HH24:MI:SS.FF9')"
	default:
		return column
	}
}

// A dictionary is a query about a table whose answer is the same on both sides.
type dictionary struct{ name, query string }

func (v dictionary) rows(d *desk.Desk, region, table string) [][]string {
	return d.Rows(region, strings.ReplaceAll(v.query, ":table", "'"+table+"'"))
}

var definitions = []dictionary{
	{"ALL_TAB_COLS", `SELECT COLUMN_NAME, DATA_TYPE, DATA_LENGTH, CHAR_LENGTH, CHAR_USED, DATA_PRECISION, DATA_SCALE, NULLABLE, VIRTUAL_COLUMN,
		HIDDEN_COLUMN, IDENTITY_COLUMN, DEFAULT_ON_NULL FROM ALL_TAB_COLS WHERE OWNER = 'TORTURE' AND USER_GENERATED = 'YES' AND TABLE_NAME = :table ORDER BY COLUMN_NAME`},
	{"ALL_CONSTRAINTS", `SELECT CONSTRAINT_TYPE, STATUS, DELETE_RULE, COUNT(*) FROM ALL_CONSTRAINTS WHERE OWNER = 'TORTURE' AND TABLE_NAME = :table
		GROUP BY CONSTRAINT_TYPE, STATUS, DELETE_RULE ORDER BY 1, 2, 3`},
	{"named constraints", `SELECT CONSTRAINT_NAME FROM ALL_CONSTRAINTS WHERE OWNER = 'TORTURE' AND TABLE_NAME = :table AND GENERATED = 'USER NAME' ORDER BY 1`},
	{"ALL_INDEXES", `SELECT INDEX_TYPE, UNIQUENESS, VISIBILITY, COUNT(*) FROM ALL_INDEXES WHERE TABLE_OWNER = 'TORTURE' AND INDEX_TYPE <> 'LOB' AND TABLE_NAME = :table
		GROUP BY INDEX_TYPE, UNIQUENESS, VISIBILITY ORDER BY 1, 2, 3`},
	{"ALL_TAB_PARTITIONS", `SELECT PARTITION_POSITION, HIGH_VALUE FROM ALL_TAB_PARTITIONS WHERE TABLE_OWNER = 'TORTURE' AND TABLE_NAME = :table ORDER BY 1`},
	{"comments", `SELECT COMMENTS FROM ALL_TAB_COMMENTS WHERE OWNER = 'TORTURE' AND TABLE_NAME = :table`},
	{"column comments", `SELECT COLUMN_NAME, COMMENTS FROM ALL_COL_COMMENTS WHERE OWNER = 'TORTURE' AND TABLE_NAME = :table ORDER BY 1`},
}
