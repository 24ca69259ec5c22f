package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
)

const benchRows = 200_000

// benchTable fills a table of four scalar columns.
func benchTable(b *testing.B) *Session {
	b.Helper()
	s := testSession(b)
	exec(b, s, "CREATE TABLE bench (id NUMBER PRIMARY KEY, name VARCHAR2(50), at TIMESTAMP, amount NUMBER(10,2))")
	fillBench(b, s)
	return s
}

func fillBench(b *testing.B, s *Session) {
	amount, _ := datum.ParseNumber("1234.56")
	_, err := s.Append(context.Background(), "", "BENCH", []string{"ID", "NAME", "AT", "AMOUNT"}, func(yield func(datum.Row, error) bool) {
		row := make(datum.Row, 4)
		for i := range benchRows {
			row[0], row[1] = datum.FromInt(int64(i)), datum.FromText(fmt.Sprintf("customer %d", i))
			row[2], row[3] = datum.FromTimestamp(testClock), amount
			if !yield(row, nil) {
				return
			}
		}
	})
	if err != nil {
		b.Fatal(err)
	}
}

func perRow(b *testing.B) {
	b.ReportMetric(float64(benchRows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkAppend(b *testing.B) {
	for b.Loop() {
		benchTable(b)
	}
	perRow(b)
}

func benchQuery(b *testing.B, text string) {
	s := benchTable(b)
	for b.Loop() {
		cursor, err := s.Query(b.Context(), text)
		if err != nil {
			b.Fatal(err)
		}
		for {
			if _, err = cursor.Rows.Next(b.Context()); err != nil {
				break
			}
		}
		if !errors.Is(err, io.EOF) {
			b.Fatal(err)
		}
	}
	perRow(b)
}

func BenchmarkScan(b *testing.B) { benchQuery(b, "SELECT id, name, at, amount FROM bench") }

func BenchmarkCount(b *testing.B) { benchQuery(b, "SELECT COUNT(*) FROM bench") }

func BenchmarkText(b *testing.B) {
	benchQuery(b, "SELECT TO_CHAR(id, 'TM9'), RAWTOHEX(UTL_RAW.CAST_TO_RAW(name)), TO_CHAR(at, 'SYYYY-MM-DD HH24:MI:SS.FF9'), TO_CHAR(amount, 'TM9') FROM bench")
}

func BenchmarkChecksum(b *testing.B) {
	benchQuery(b, `SELECT COUNT(*), SUM(TO_NUMBER(SUBSTR(RAWTOHEX(STANDARD_HASH(TO_CHAR(id) || name, 'SHA256')), 1, 14), 'XXXXXXXXXXXXXX')) FROM bench`)
}

// BenchmarkDigest is a digest of twelve columns as the agents compute it: a
// canonical text per column, hashed, and slices of the hash added up.
func BenchmarkDigest(b *testing.B) {
	text := func(column, how string) string {
		return "CASE WHEN " + column + " IS NULL THEN '~' ELSE " + how + " END"
	}
	var parts []string
	for range 3 {
		for _, number := range []string{"id", "amount"} {
			parts = append(parts, text(number, "TO_CHAR("+number+", 'TM9', 'NLS_NUMERIC_CHARACTERS=''.,''')"))
		}
		parts = append(parts, text("name", "RAWTOHEX(STANDARD_HASH(name, 'SHA256'))"), text("at", "TO_CHAR(at, 'SYYYY-MM-DD HH24:MI:SS.FF9')"))
	}
	benchQuery(b, `SELECT COUNT(*), TO_CHAR(SUM(TO_NUMBER(SUBSTR(h, 1, 14), 'XXXXXXXXXXXXXX')), 'TM9'),
		TO_CHAR(SUM(TO_NUMBER(SUBSTR(h, 15, 14), 'XXXXXXXXXXXXXX')), 'TM9')
		FROM (SELECT RAWTOHEX(STANDARD_HASH(`+strings.Join(parts, " || '|' || ")+`, 'SHA256')) h FROM bench)`)
}

func BenchmarkArrayInsert(b *testing.B) {
	s := testSession(b)
	exec(b, s, "CREATE TABLE bench (id NUMBER PRIMARY KEY, name VARCHAR2(50), at TIMESTAMP, amount NUMBER(10,2))")
	st, err := s.Prepare(b.Context(), "INSERT INTO bench VALUES (:1, :2, :3, :4)")
	if err != nil {
		b.Fatal(err)
	}
	amount, _ := datum.ParseNumber("1234.56")
	n := int64(0)
	for b.Loop() {
		for range benchRows / 1000 {
			rows := make([][]datum.Value, 1000)
			for i := range rows {
				n++
				rows[i] = []datum.Value{datum.FromInt(n), datum.FromText("customer"), datum.FromTimestamp(testClock), amount}
			}
			if _, err := st.Execute(b.Context(), database.Execution{Values: rows, BatchErrors: true}); err != nil {
				b.Fatal(err)
			}
		}
	}
	perRow(b)
}
