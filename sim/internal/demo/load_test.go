package demo_test

import (
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/demo"
	"github.com/adbferry/adbferry/sim/internal/engine"
)

func admin(t testing.TB) *engine.Session {
	t.Helper()
	inst := engine.New(engine.Config{})
	inst.CreateUser("ADMIN", "secret")
	s := inst.Internal("ADMIN")
	t.Cleanup(s.Close)
	return s
}

// scan calls row for each row of a query.
func scan(t *testing.T, s *engine.Session, query string, row func(datum.Row)) {
	t.Helper()
	cursor, err := s.Query(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer cursor.Rows.Close()
	for {
		r, err := cursor.Rows.Next(t.Context())
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		row(r)
	}
}

func TestLoadFillsTheTableInBatches(t *testing.T) {
	s := admin(t)
	var progress []int
	if err := demo.Load(t.Context(), s, 2500, func(done int) { progress = append(progress, done) }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{1000, 2000, 2500}, progress); diff != "" {
		t.Errorf("progress (-want +got):\n%s", diff)
	}
	if err := s.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	var count int64
	scan(t, s, "SELECT COUNT(*) FROM admin.customer_orders_demo", func(r datum.Row) { count, _ = r[0].Int() })
	if count != 2500 {
		t.Errorf("%d rows are committed", count)
	}
	if err := demo.Load(t.Context(), s, 1, nil); datum.AsError(err).Code != 955 {
		t.Errorf("second load: %v", err)
	}
}

func TestTableHasTheTutorialsColumns(t *testing.T) {
	s := admin(t)
	if err := demo.Load(t.Context(), s, 0, nil); err != nil {
		t.Fatal(err)
	}
	table, err := s.Table(t.Context(), demo.Schema, demo.Table)
	if err != nil {
		t.Fatal(err)
	}
	lobs, stamps := 0, 0
	for _, column := range table.Columns {
		switch column.Type.Kind {
		case datum.Clob:
			lobs++
		case datum.Timestamp:
			stamps++
		default:
		}
	}
	if len(table.Columns) != 16 || lobs != 4 || stamps != 3 || table.Columns[0].Nullable {
		t.Errorf("%d columns, %d CLOBs, %d TIMESTAMPs: %+v", len(table.Columns), lobs, stamps, table.Columns)
	}
}

// TestScalarColumnsExceedOneObject keeps the premise of the demo: 50,000 rows
// of the twelve columns without CLOBs are a little over 10 MiB of csv, so that
// an export rolls over (reference, section 10.1).
func TestScalarColumnsExceedOneObject(t *testing.T) {
	s := admin(t)
	const rows = 5000
	if err := demo.Load(t.Context(), s, rows, nil); err != nil {
		t.Fatal(err)
	}
	size, settings := 0, s.NLS()
	scan(t, s, `SELECT order_id, customer_id, customer_name, email, order_date, order_total, discount_percent,
		tax_amount, order_status, payment_method, created_at, updated_at FROM admin.customer_orders_demo`, func(r datum.Row) {
		for _, v := range r {
			text, err := settings.Text(v)
			if err != nil {
				t.Fatal(err)
			}
			size += len(text) + 1
		}
	})
	if mib := float64(size) / rows * 50_000 / (1 << 20); mib < 10.1 || mib > 12 {
		t.Errorf("50,000 rows are about %.2f MiB", mib)
	}
}

func BenchmarkLoad(b *testing.B) {
	for range b.N {
		if err := demo.Load(b.Context(), admin(b), 50_000, nil); err != nil {
			b.Fatal(err)
		}
	}
}
