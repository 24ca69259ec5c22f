package sim_test

import (
	"context"
	"database/sql"
	"strings"
	"testing"

	"github.com/adbferry/adbferry/sim"
)

// volumeRows is how many rows the benchmarks of whole tables have.
const volumeRows = "1000000"

// A volume is a table WIDE of 16 columns in San Jose, an empty one of its shape
// in Phoenix, and the objects that hold its rows as csv.
type volume struct {
	source, target *sim.Region
	db             *sql.DB // of the source
	par            string
	bytes          int64 // of the csv
}

const wide = `(id NUMBER, n1 NUMBER(12,2), n2 NUMBER(12,2), n3 NUMBER(10), n4 NUMBER(10), n5 NUMBER, n6 NUMBER,
	t1 VARCHAR2(40), t2 VARCHAR2(40), t3 VARCHAR2(40), t4 VARCHAR2(40), t5 VARCHAR2(40), c1 CHAR(2), c2 CHAR(1), d1 DATE, d2 DATE)`

const wideRows = `INSERT INTO wide SELECT LEVEL, LEVEL * 1.25, LEVEL * 0.75, LEVEL, MOD(LEVEL, 1000), LEVEL / 8, -LEVEL,
	'customer number ' || LEVEL, 'street ' || MOD(LEVEL, 977), 'city', 'COMPLETED', 'a note of some length', 'AB', 'Y',
	DATE '2026-01-01' + MOD(LEVEL, 365), DATE '2026-11-22' FROM dual CONNECT BY LEVEL <= ` + volumeRows

func newVolume(b *testing.B) *volume {
	b.Helper()
	s := sim.StartT(b, sim.Config{})
	v := &volume{source: s.Region(sim.SanJose), target: s.Region(sim.Phoenix)}
	for _, r := range []*sim.Region{v.source, v.target} {
		if err := r.Exec(b.Context(), "CREATE TABLE wide "+wide); err != nil {
			b.Fatal(err)
		}
	}
	if err := v.source.Exec(b.Context(), wideRows); err != nil {
		b.Fatal(err)
	}
	var err error
	if v.par, err = s.Storage().NewPAR(sim.PAR{Access: sim.AnyObjectReadWrite, List: true}); err != nil {
		b.Fatal(err)
	}
	v.db = dial(b, v.source)
	if err := v.export(b.Context(), "csv/wide"); err != nil {
		b.Fatal(err)
	}
	for _, o := range s.Storage().Objects("csv/") {
		v.bytes += o.Size
	}
	return v
}

func (v *volume) export(ctx context.Context, prefix string) error {
	_, err := v.db.ExecContext(ctx, `BEGIN DBMS_CLOUD.EXPORT_DATA(file_uri_list => :1, query => 'SELECT * FROM wide',
		format => json_object('type' VALUE 'csv')); END;`, v.par+prefix)
	return err
}

// measure runs something that goes over all rows and reports MB/s of their csv.
func (v *volume) measure(b *testing.B, do func(context.Context) error) {
	b.Helper()
	b.SetBytes(v.bytes)
	for b.Loop() {
		if err := do(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

func (v *volume) query(text string) func(context.Context) error {
	return func(ctx context.Context) error {
		var got string
		return v.db.QueryRowContext(ctx, text).Scan(&got)
	}
}

func BenchmarkMillionRows(b *testing.B) {
	v := newVolume(b)
	columns := strings.Split("id n1 n2 n3 n4 n5 n6 t1 t2 t3 t4 t5 c1 c2 d1 d2", " ")
	for _, c := range []struct {
		name string
		do   func(context.Context) error
	}{
		{"Count", v.query("SELECT COUNT(*) FROM wide")},
		{"Filter", v.query("SELECT COUNT(*) FROM wide WHERE n4 = 7 AND t1 LIKE 'customer%'")},
		{"Checksum", v.query("SELECT SUM(ORA_HASH(" + strings.Join(columns, "||'|'||") + ")) FROM wide")},
		{"Export", func(ctx context.Context) error { return v.export(ctx, "again/wide") }},
		{"Import", v.load},
	} {
		b.Run(c.name, func(b *testing.B) { v.measure(b, c.do) })
	}
}

// load reads the csv into the target's table, which is emptied first.
func (v *volume) load(ctx context.Context) error {
	if err := v.target.Exec(ctx, "TRUNCATE TABLE wide"); err != nil {
		return err
	}
	return v.target.Exec(ctx, `BEGIN DBMS_CLOUD.COPY_DATA(table_name => 'WIDE', file_uri_list => '`+v.par+`csv/*',
		format => json_object('type' VALUE 'csv')); END;`)
}
