package agent_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

// A kind makes columns of one family of types and expressions of values.
type kind struct {
	declared func(*rand.Rand) string
	value    func(r *rand.Rand, declared string) string
}

// of takes one of some texts.
func of(r *rand.Rand, texts ...string) string { return texts[r.IntN(len(texts))] }

func fixed(declared ...string) func(*rand.Rand) string {
	return func(r *rand.Rand) string { return of(r, declared...) }
}

// among takes one of some values.
func among(values ...string) func(*rand.Rand, string) string {
	return func(r *rand.Rand, _ string) string { return of(r, values...) }
}

// alphabet is what breaks files, and what breaks programs that count bytes.
var alphabet = []rune("aZ09 ,\"'\\|;:~!#\t\n\r\v\f\x00\x01\x1b\x7füé€你\u0301\u0308\u200d\u200f\u202eשم😀𝔘\ufeff\ufffd\u00a0\u2028\uffff")

// awkward is an expression of a text of at most so many bytes in UTF-8.
func awkward(r *rand.Rand, bytes int) string {
	var b strings.Builder
	b.WriteString("UNISTR('")
	size := 0
	for range 1 + r.IntN(30) {
		c := alphabet[r.IntN(len(alphabet))]
		if size += len(string(c)); size > bytes {
			break
		}
		for _, unit := range utf16.Encode([]rune{c}) {
			fmt.Fprintf(&b, `\%04X`, unit)
		}
	}
	b.WriteString("')")
	return b.String()
}

// chars is an expression of a text for a column with room for n bytes.
func chars(r *rand.Rand, n int) string {
	switch r.IntN(5) {
	case 0:
		return fmt.Sprintf("RPAD('x', %d, 'yz, \"')", n)
	case 1:
		return "'fine'"
	case 2:
		return of(r, "' '", "'  x  '", "'x '", "'\\'", "'\"'", "','", "'\\n'")
	default:
		return fmt.Sprintf("TO_CHAR(%s)", awkward(r, n))
	}
}

func length(declared string) (n int) {
	_, digits, _ := strings.Cut(declared, "(")
	if _, err := fmt.Sscan(strings.FieldsFunc(digits, func(c rune) bool { return c < '0' || c > '9' })[0], &n); err != nil {
		panic(err)
	}
	return n
}

// long is an expression of a large object, sometimes of more than fits a row.
func long(r *rand.Rand, convert string) string {
	parts := []string{convert + "(" + awkward(r, 100) + ")"}
	for range of(r, "", "x", "x", "xxxxx", strings.Repeat("x", 40)) {
		parts = append(parts, fmt.Sprintf("%s(RPAD('ü,\"', %d, 'ab c'))", convert, 1+r.IntN(3000)))
	}
	return strings.Join(parts, " || ")
}

func digits(r *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		b.WriteByte('0' + byte(r.IntN(10)))
	}
	return b.String()
}

func hexText(r *rand.Rand, bytes int) string {
	var b strings.Builder
	for range 1 + r.IntN(bytes) {
		fmt.Fprintf(&b, "%02X", r.IntN(256))
	}
	return b.String()
}

var kinds = []kind{
	{fixed("NUMBER", "FLOAT(126)"), func(r *rand.Rand, _ string) string {
		return of(r, "-", "") + "1" + digits(r, r.IntN(37)) + of(r, "", "E60", "E-60", "E-130", ".5")
	}},
	{fixed("NUMBER(38,0)", "INTEGER"), func(r *rand.Rand, _ string) string { return of(r, "-", "") + "9" + digits(r, 37) }},
	{fixed("NUMBER(10,2)", "NUMBER(9,3)"), func(r *rand.Rand, _ string) string {
		return of(r, "-", "") + digits(r, 6) + "." + digits(r, 2)
	}},
	{fixed("BINARY_DOUBLE"), among("BINARY_DOUBLE_NAN", "BINARY_DOUBLE_INFINITY", "-BINARY_DOUBLE_INFINITY", "0.1D", "4.9e-324d", "1.7976931348623157e308d")},
	{fixed("BINARY_FLOAT"), among("BINARY_FLOAT_NAN", "-BINARY_FLOAT_INFINITY", "0.1F", "3.40282e38f")},
	{fixed("VARCHAR2(50)", "VARCHAR2(2001)", "VARCHAR2(4000)", "CHAR(40)", "CHAR(2000)"), func(r *rand.Rand, d string) string { return chars(r, length(d)) }},
	{fixed("VARCHAR2(400 CHAR)", "VARCHAR2(1000 CHAR)", "CHAR(100 CHAR)"), func(r *rand.Rand, d string) string {
		return of(r, chars(r, length(d)), fmt.Sprintf("RPAD('😀', %d, '😀')", length(d)))
	}},
	{fixed("NVARCHAR2(60)", "NVARCHAR2(2000)", "NCHAR(60)"), func(r *rand.Rand, d string) string {
		return of(r, awkward(r, 60), fmt.Sprintf("RPAD(N'x', %d, N'€😀')", length(d)/2), "N'fine'")
	}},
	{fixed("DATE"), among("TO_DATE('-4712-01-01 00:00:00', 'SYYYY-MM-DD HH24:MI:SS')", "TO_DATE(' 9999-12-31 23:59:59', 'SYYYY-MM-DD HH24:MI:SS')", "DATE '2024-02-29'", "SYSDATE")},
	{fixed("TIMESTAMP(9)", "TIMESTAMP(0)", "TIMESTAMP(3)", "TIMESTAMP"), among("TIMESTAMP '0001-01-01 00:00:00'", "TIMESTAMP '9999-12-30 23:59:59.123456789'", "SYSTIMESTAMP", "TIMESTAMP '2024-02-29 12:00:00.1'")},
	{fixed("TIMESTAMP(9) WITH TIME ZONE", "TIMESTAMP(0) WITH TIME ZONE"), among("TIMESTAMP '2024-07-01 12:00:00.5 Europe/Berlin'", "TIMESTAMP '2024-07-01 12:00:00 +05:30'", "TIMESTAMP '2024-01-01 12:00:00.999999999 UTC'")},
	{fixed("TIMESTAMP(6) WITH LOCAL TIME ZONE"), among("TIMESTAMP '2024-07-01 12:00:00.25 +05:30'", "TIMESTAMP '1900-07-01 12:00:00 UTC'")},
	{fixed("INTERVAL YEAR(9) TO MONTH"), among("TO_YMINTERVAL('-999999999-11')", "TO_YMINTERVAL('0-1')")},
	{fixed("INTERVAL DAY(9) TO SECOND(9)"), among("TO_DSINTERVAL('-999999999 23:59:59.999999999')", "TO_DSINTERVAL('0 00:00:00.000000001')")},
	{fixed("RAW(2000)", "RAW(16)"), func(r *rand.Rand, d string) string { return "HEXTORAW('" + hexText(r, min(length(d), 40)) + "')" }},
	{fixed("CLOB"), func(r *rand.Rand, _ string) string {
		return of(r, "EMPTY_CLOB()", long(r, "TO_CLOB"), long(r, "TO_CLOB"))
	}},
	{fixed("NCLOB"), func(r *rand.Rand, _ string) string { return of(r, "EMPTY_CLOB()", long(r, "TO_NCLOB")) }},
	{fixed("BLOB"), func(r *rand.Rand, _ string) string {
		return of(r, "EMPTY_BLOB()", "TO_BLOB(HEXTORAW('"+hexText(r, 900)+"'))", fmt.Sprintf("TO_BLOB(HEXTORAW(RPAD('0A', %d, '2C22')))", 4*(1+r.IntN(1000))))
	}},
}

// createRandom makes a table of some random columns and rows.
func (p *pair) createRandom(r *rand.Rand, table string) {
	p.t.Helper()
	n := 1 + r.IntN(9)
	columns, declared := make([]kind, n), make([]string, n)
	definition := make([]string, n)
	for i := range columns {
		columns[i] = kinds[r.IntN(len(kinds))]
		declared[i] = columns[i].declared(r)
		definition[i] = fmt.Sprintf(`"c %d" %s`, i, declared[i])
	}
	p.exec(sim.SanJose, fmt.Sprintf("CREATE TABLE %s (%s)", table, strings.Join(definition, ", ")))
	for range r.IntN(8) {
		values := make([]string, n)
		for i := range values {
			values[i] = "NULL"
			if r.IntN(5) > 0 {
				values[i] = columns[i].value(r, declared[i])
			}
		}
		p.exec(sim.SanJose, fmt.Sprintf("INSERT INTO %s VALUES (%s)", table, strings.Join(values, ", ")))
	}
}

// refusals are the reasons that a format may have not to carry a table.
var refusals = map[pb.Reason]bool{pb.Reason_REASON_ROWS_REJECTED: true, pb.Reason_REASON_TABLE_UNSUPPORTED: true}

func TestRandomTablesArriveEqualOrAreRefused(t *testing.T) {
	for label, knobs := range map[string]sim.Knobs{
		"as documented": {},
		"the other way": {MaxStringSize: sim.Standard, Cloud: sim.CloudKnobs{
			OmitJSONNulls: true, JSONValueLimit: 3000, LOBLimit: 2000, NewParquetMapping: true, ParquetText: true, ParquetFileSize: 2000,
			DumpThroughPAR: true, WorkUnits: 3, RowsPerTurn: 1, MinFileSize: 1000,
		}},
		"a dump": {Cloud: sim.CloudKnobs{DumpThroughPAR: true, ParquetText: true, OmitJSONNulls: true, JSONValueLimit: 32767}},
	} {
		t.Run(label, func(t *testing.T) {
			p := newPair(t, sim.Config{Knobs: knobs})
			for n := range 8 {
				r := rand.New(rand.NewPCG(uint64(n), uint64(len(label))))
				table := fmt.Sprintf("R%d", n)
				p.createRandom(r, table)
				for _, format := range allFormats {
					refused := p.arrives(fmt.Sprintf("m%d-%d", n, format), table, format)
					mayRefuse := format == pb.Format_FORMAT_DATAPUMP && !knobs.Cloud.DumpThroughPAR ||
						format == pb.Format_FORMAT_JSON && knobs.Cloud.JSONValueLimit == 3000
					if refused != nil && !mayRefuse {
						t.Errorf("%s in %s: %v", table, format, refused)
					}
				}
			}
		})
	}
}

// arrives moves a table and checks that it is equal, or returns why it was refused.
func (p *pair) arrives(migration, table string, format pb.Format) error {
	p.t.Helper()
	plan := p.planIn(table, format)
	_, err := p.convey(migration, plan)
	switch {
	case err == nil:
		p.checkEqual(table)
	case !refusals[apierr.ReasonOf(err)]:
		p.t.Errorf("%s in %s: %v is no refusal", table, format, err)
	case p.count(table) != "0":
		p.t.Errorf("%s in %s was refused and has rows", table, format)
	}
	p.exec(sim.Phoenix, "DROP TABLE "+table+" PURGE")
	return err
}
