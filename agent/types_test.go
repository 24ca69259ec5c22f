package agent_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/sim"
)

// scalars are columns with the values that are most likely to be changed on
// the way, and the expression that shows a value without losing anything.
var scalars = []struct {
	declared string
	values   []string
	show     string
}{
	{"NUMBER", []string{"0", "-1", "0.1", "12345678901234567890123456789012345678", "1E125", "-9.99999999999999999999999999999999999999E125", "1E-130", "1/3"}, "%s"},
	{"NUMBER(38,0)", []string{"99999999999999999999999999999999999999", "-99999999999999999999999999999999999999"}, "%s"},
	{"NUMBER(10,2)", []string{"99999999.99", "-0.01"}, "%s"},
	{"NUMBER(5,-2)", []string{"1234500"}, "%s"},
	{"INTEGER", []string{"42"}, "%s"},
	{"FLOAT", []string{"3.14159265358979323846264338327950288419"}, "%s"},
	{"BINARY_FLOAT", []string{"1.1f", "TO_BINARY_FLOAT('NaN')", "TO_BINARY_FLOAT('Inf')", "TO_BINARY_FLOAT('-Inf')", "3.40282e38f", "0f"}, "RAWTOHEX(UTL_RAW.CAST_FROM_BINARY_FLOAT(%s))"},
	{"BINARY_DOUBLE", []string{"1.1d", "TO_BINARY_DOUBLE('NaN')", "TO_BINARY_DOUBLE('-Inf')", "1.7976931348623157e308d", "4.9e-324d"}, "RAWTOHEX(UTL_RAW.CAST_FROM_BINARY_DOUBLE(%s))"},
	{"VARCHAR2(4000)", text, "%s"},
	{"VARCHAR2(100 CHAR)", []string{"RPAD('€', 100, '€')", "'😀😀'"}, "RAWTOHEX(UTL_RAW.CAST_TO_RAW(%s))"},
	{"CHAR(10)", []string{"'a'", "' '"}, "RAWTOHEX(UTL_RAW.CAST_TO_RAW(%s))"},
	{"DATE", []string{"DATE '2024-02-29'", "TO_DATE('1999-12-31 23:59:59', 'YYYY-MM-DD HH24:MI:SS')", "TO_DATE('0001-01-01', 'YYYY-MM-DD')", "TO_DATE('9999-12-31 23:59:59', 'YYYY-MM-DD HH24:MI:SS')"}, "TO_CHAR(%s, 'SYYYY-MM-DD HH24:MI:SS')"},
	{"TIMESTAMP", []string{"TIMESTAMP '2024-01-01 00:00:00.123456'"}, "TO_CHAR(%s, 'SYYYY-MM-DD HH24:MI:SS.FF9')"},
	{"TIMESTAMP(9)", []string{"TIMESTAMP '2024-01-01 00:00:00.123456789'"}, "TO_CHAR(%s, 'SYYYY-MM-DD HH24:MI:SS.FF9')"},
	{"TIMESTAMP(0)", []string{"TIMESTAMP '2024-01-01 12:00:00'"}, "TO_CHAR(%s, 'SYYYY-MM-DD HH24:MI:SS.FF9')"},
	{"TIMESTAMP(9) WITH TIME ZONE", []string{"TIMESTAMP '2024-07-01 12:00:00.5 Europe/Berlin'", "TIMESTAMP '2024-07-01 12:00:00 +05:30'", "TIMESTAMP '2024-07-01 12:00:00 UTC'"}, "TO_CHAR(%s, 'SYYYY-MM-DD HH24:MI:SS.FF9 TZR TZD')"},
	{"TIMESTAMP(6) WITH LOCAL TIME ZONE", []string{"TIMESTAMP '2024-07-01 12:00:00.25 +05:30'"}, "TO_CHAR(SYS_EXTRACT_UTC(%s), 'SYYYY-MM-DD HH24:MI:SS.FF9')"},
	{"INTERVAL YEAR(4) TO MONTH", []string{"INTERVAL '1234-05' YEAR(4) TO MONTH", "INTERVAL '-1' MONTH"}, "TO_CHAR(%s)"},
	{"INTERVAL DAY(3) TO SECOND(9)", []string{"INTERVAL '100 23:59:59.123456789' DAY(3) TO SECOND(9)", "INTERVAL '-1' SECOND"}, "TO_CHAR(%s)"},
	{"RAW(2000)", []string{"HEXTORAW('00FF')", "HEXTORAW('2C0A22')"}, "RAWTOHEX(%s)"},
}

// text breaks files that are not written with care.
var text = []string{
	"'plain'", "' '", "'a,b'", "'\"'", "'\"a\",\"b\"'", "'a' || CHR(10) || 'b'", "CHR(13) || CHR(10)", "'\\'", "'tab' || CHR(9)", "CHR(0) || 'x'",
	"'NULL'", "'''quoted'''", "'emoji 😀 and ü'", "'e\u0301'", "'שלום'", "RPAD('x', 1300, '€')", "'|;~'", "'  both  '",
}

func TestEveryScalarArrivesUnchanged(t *testing.T) {
	for name, size := range map[string]sim.MaxStringSize{"extended strings": sim.Extended, "standard strings": sim.Standard} {
		t.Run(name, func(t *testing.T) {
			p := newPair(t, sim.Config{Knobs: sim.Knobs{MaxStringSize: size}})
			shown := p.createScalars()
			plan, _ := p.move("m1", "Every Scalar")
			for _, c := range plan.GetColumns() {
				if c.GetLeftOut() != "" {
					t.Errorf("column %s is left out: %s", c.GetColumn().GetName(), c.GetLeftOut())
				}
			}
			query := "SELECT id, " + strings.Join(shown, ", ") + ` FROM "Every Scalar" ORDER BY id`
			if diff := cmp.Diff(p.rows(sim.SanJose, query), p.rows(sim.Phoenix, query)); diff != "" {
				t.Errorf("rows differ (-source +target):\n%s", diff)
			}
			shape := `SELECT column_name, data_type, data_length, char_used, data_precision, data_scale, nullable FROM user_tab_columns WHERE table_name = 'Every Scalar' ORDER BY column_id`
			if diff := cmp.Diff(p.rows(sim.SanJose, shape), p.rows(sim.Phoenix, shape)); diff != "" {
				t.Errorf("shapes differ (-source +target):\n%s", diff)
			}
		})
	}
}

// createScalars makes a table with a column per scalar and a row per value,
// and returns the expressions that show its columns.
func (p *pair) createScalars() []string {
	columns, shown := []string{"id NUMBER PRIMARY KEY"}, []string{}
	for i, s := range scalars {
		column := fmt.Sprintf(`"c %d"`, i)
		columns = append(columns, column+" "+s.declared)
		shown = append(shown, fmt.Sprintf(s.show, column))
	}
	p.exec(sim.SanJose, fmt.Sprintf(`CREATE TABLE "Every Scalar" (%s)`, strings.Join(columns, ", ")), `INSERT INTO "Every Scalar" (id) VALUES (0)`)
	id := 0
	for i, s := range scalars {
		for _, v := range s.values {
			id++
			p.exec(sim.SanJose, fmt.Sprintf(`INSERT INTO "Every Scalar" (id, "c %d") VALUES (%d, %s)`, i, id, v))
		}
	}
	return shown
}

func TestNationalTextArrivesUnchanged(t *testing.T) {
	for label, tt := range map[string]struct {
		size  sim.MaxStringSize
		chars int // of the longest column
	}{"extended strings": {sim.Extended, 16000}, "standard strings": {sim.Standard, 2000}} {
		t.Run(label, func(t *testing.T) {
			p := newPair(t, sim.Config{Knobs: sim.Knobs{MaxStringSize: tt.size}})
			p.exec(sim.SanJose, fmt.Sprintf("CREATE TABLE N (id NUMBER, v NVARCHAR2(100), c NCHAR(5), l NVARCHAR2(%d))", tt.chars),
				"INSERT INTO N VALUES (1, N'ü😀,\"', N'x', NULL)", "INSERT INTO N VALUES (2, N' a ', NULL, N'b')",
				fmt.Sprintf("INSERT INTO N VALUES (3, NULL, N' ', RPAD(N'€', %d, N'😀'))", tt.chars/2))
			plan, _ := p.move("m1", "N")
			if pieces := plan.GetColumns()[3].GetPieces(); pieces != 4 {
				t.Errorf("the long column is carried in %d fields", pieces)
			}
			query := "SELECT id, v, c, l FROM N ORDER BY id"
			if diff := cmp.Diff(p.rows(sim.SanJose, query), p.rows(sim.Phoenix, query)); diff != "" {
				t.Errorf("rows differ (-source +target):\n%s", diff)
			}
		})
	}
}
