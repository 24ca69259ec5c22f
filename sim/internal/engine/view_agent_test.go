package engine

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
)

// bound runs a query with text binds, one per occurrence, and renders its rows
// as query does.
func bound(t testing.TB, s *Session, text string, values ...datum.Value) string {
	t.Helper()
	st, err := s.Prepare(t.Context(), text)
	if err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	e := database.Execution{Values: [][]datum.Value{values}}
	for _, v := range values {
		e.Types = append(e.Types, datum.Type{Kind: v.Kind(), Size: 4000, Chars: 4000, Scale: -127})
	}
	out, err := st.Execute(t.Context(), e)
	if err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	defer out.Rows.Close()
	var rows []string
	for {
		row, err := out.Rows.Next(t.Context())
		if errors.Is(err, io.EOF) {
			return strings.Join(rows, "; ")
		}
		if err != nil {
			t.Fatalf("%s\n%v", text, err)
		}
		parts := make([]string, len(row))
		for i, v := range row {
			if parts[i], err = s.nls.Text(v); err != nil {
				t.Fatal(err)
			}
			if v.IsNull() {
				parts[i] = "~"
			}
		}
		rows = append(rows, strings.Join(parts, "|"))
	}
}

// What the agent asks of the dictionary before it plans a table, as it asks it.
func TestTheAgentsQuestionsAreAnswered(t *testing.T) {
	d := newDictionary(t)
	text := datum.FromText
	const columns = "TABLE_NAME, NUM_ROWS, AVG_ROW_LEN, TEMPORARY, NESTED, EXTERNAL, IOT_TYPE, CLUSTER_NAME"
	for _, c := range []struct {
		name, query string
		binds       []datum.Value
		want        string
	}{
		{
			name: "tables of a pattern, one page",
			query: "SELECT " + columns + " FROM (SELECT " + columns + " FROM ALL_TABLES WHERE OWNER = :owner AND TABLE_NAME LIKE :pattern ESCAPE '\\'" +
				" AND DROPPED = 'NO' AND (IOT_TYPE IS NULL OR IOT_TYPE = 'IOT') AND TABLE_NAME > :after ORDER BY TABLE_NAME) WHERE ROWNUM <= :lim",
			binds: []datum.Value{text("SALES"), text("%ER%"), text("CUSTOMERS"), datum.FromInt(1)},
			want:  "ORDERS|~|~|N|NO|NO|~|~",
		},
		{
			name: "columns",
			query: `SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE, DATA_TYPE_OWNER, DATA_LENGTH, CHAR_LENGTH, CHAR_USED, DATA_PRECISION, DATA_SCALE,
				NULLABLE, VIRTUAL_COLUMN, HIDDEN_COLUMN, IDENTITY_COLUMN FROM ALL_TAB_COLS
				WHERE OWNER = :owner AND TABLE_NAME BETWEEN :low AND :high AND USER_GENERATED = 'YES'
				ORDER BY TABLE_NAME, COLUMN_ID NULLS LAST, INTERNAL_COLUMN_ID`,
			binds: []datum.Value{text("SALES"), text("CUSTOMERS"), text("CUSTOMERS")},
			want: "CUSTOMERS|ID|NUMBER|~|22|0|~|~|~|N|NO|NO|YES; CUSTOMERS|CODE|VARCHAR2|~|40|10|C|~|~|N|NO|NO|NO; " +
				"CUSTOMERS|NAME|VARCHAR2|~|40|40|B|~|~|Y|NO|NO|NO; CUSTOMERS|LETTER|VARCHAR2|~|1|1|B|~|~|Y|YES|NO|NO; " +
				"CUSTOMERS|NOTE|CLOB|~|4000|0|~|~|~|Y|NO|NO|NO; CUSTOMERS|SECRET|VARCHAR2|~|5|5|B|~|~|Y|NO|YES|NO",
		},
		{
			name: "keys",
			query: `SELECT K.TABLE_NAME, C.COLUMN_NAME FROM ALL_CONSTRAINTS K
				JOIN ALL_CONS_COLUMNS C ON C.OWNER = K.OWNER AND C.CONSTRAINT_NAME = K.CONSTRAINT_NAME AND C.TABLE_NAME = K.TABLE_NAME
				WHERE K.OWNER = :owner AND K.TABLE_NAME BETWEEN :low AND :high AND K.CONSTRAINT_TYPE = 'P' AND K.STATUS = 'ENABLED'
				ORDER BY K.TABLE_NAME, C.POSITION`,
			binds: []datum.Value{text("SALES"), text("CUSTOMERS"), text("ORDERS")},
			want:  "CUSTOMERS|ID; ORDERS|ID",
		},
		{
			name:  "tables that begin with",
			query: "SELECT TABLE_NAME FROM USER_TABLES WHERE SUBSTR(TABLE_NAME, 1, :len) = :start ORDER BY TABLE_NAME",
			binds: []datum.Value{datum.FromInt(3), text("ORD")},
			want:  "ORDERS",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := bound(t, d.sales, c.query, c.binds...); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}
