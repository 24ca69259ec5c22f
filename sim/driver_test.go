package sim_test

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"net/url"
	"testing"
	"time"

	ora "github.com/sijms/go-ora/v2"
	"go.uber.org/goleak"

	"github.com/adbferry/adbferry/sim"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// dial opens a database through unmodified go-ora with a wallet.
func dial(t testing.TB, r *sim.Region) *sql.DB {
	t.Helper()
	dir := t.TempDir()
	if err := r.WriteWallet(dir); err != nil {
		t.Fatal(err)
	}
	host, port, err := net.SplitHostPort(r.Address())
	if err != nil {
		t.Fatal(err)
	}
	descriptor := fmt.Sprintf("(DESCRIPTION=(ADDRESS=(PROTOCOL=tcps)(HOST=%s)(PORT=%s))(CONNECT_DATA=(SERVICE_NAME=%s)))",
		host, port, r.Service("high"))
	dsn := url.URL{
		Scheme: "oracle", Host: ":0", Path: "/",
		User: url.UserPassword("ADMIN", r.Password()),
		RawQuery: url.Values{
			"connStr": {descriptor}, "SSL": {"TRUE"}, "WALLET": {dir}, "WALLET PASSWORD": {r.WalletPassword()},
			"TIMEOUT": {"0"}, "PREFETCH_ROWS": {"1000"},
		}.Encode(),
	}
	db, err := sql.Open("oracle", dsn.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(1)
	return db
}

// benchRows is how many rows one round of a benchmark moves.
const benchRows = 100_000

func insertRows(ctx context.Context, db *sql.DB, rows int) error {
	const batch = 1000
	ids, names, amounts := make([]int64, batch), make([]string, batch), make([]float64, batch)
	times := make([]ora.TimeStamp, batch) // a time.Time makes the driver search its table of regions for each value
	at := time.Date(2026, 11, 22, 8, 0, 0, 123456000, time.UTC)
	stmt, err := db.PrepareContext(ctx, "INSERT INTO bench (id, name, at, amount) VALUES (:1, :2, :3, :4)")
	if err != nil {
		return err
	}
	defer func() { _ = stmt.Close() }()
	for first := 0; first < rows; first += batch {
		for i := range batch {
			ids[i], names[i] = int64(first+i), fmt.Sprintf("customer number %d", first+i)
			times[i], amounts[i] = ora.TimeStamp(at.Add(time.Duration(i)*time.Second)), float64(i)+0.25
		}
		if _, err := stmt.ExecContext(ctx, ids, names, times, amounts); err != nil {
			return err
		}
	}
	return nil
}

func benchTable(t testing.TB, r *sim.Region) {
	t.Helper()
	err := r.Exec(t.Context(), "CREATE TABLE bench (id NUMBER, name VARCHAR2(100), at TIMESTAMP, amount NUMBER(12,2))")
	if err != nil {
		t.Fatal(err)
	}
}

func BenchmarkArrayInsert(b *testing.B) {
	r := sim.StartT(b, sim.Config{}).Region(sim.SanJose)
	benchTable(b, r)
	db := dial(b, r)
	for b.Loop() {
		if err := insertRows(b.Context(), db, benchRows); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*benchRows/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkFetch(b *testing.B) {
	r := sim.StartT(b, sim.Config{}).Region(sim.SanJose)
	benchTable(b, r)
	db := dial(b, r)
	if err := insertRows(b.Context(), db, benchRows); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if n := fetch(b, db); n != benchRows {
			b.Fatalf("fetched %d rows", n)
		}
	}
	b.ReportMetric(float64(b.N)*benchRows/b.Elapsed().Seconds(), "rows/s")
}

func fetch(t testing.TB, db *sql.DB) (n int) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SELECT id, name, at, amount FROM bench")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var (
		id, amount float64
		name       string
		at         time.Time
	)
	for rows.Next() {
		if err := rows.Scan(&id, &name, &at, &amount); err != nil {
			t.Fatal(err)
		}
		n++
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return n
}
