// Package example plants damage in a table of 10,000 rows that was moved from
// San Jose to Phoenix, and lets the controller find it with two real agents.
package example

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/examples/internal/desk"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

const rows = 10000

// An inspector is a desk at which damage is looked for.
type inspector struct{ *desk.Desk }

func newInspector(t testing.TB) *inspector { return simulated(t, sim.Config{}) }

func simulated(t testing.TB, config sim.Config) *inspector {
	t.Helper()
	return &inspector{desk.Start(t, config)}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// compare compares T in both databases and returns what was found as text.
func (i *inspector) compare(t *testing.T, key ...string) (*pb.CompareTablesResponse, []string) {
	t.Helper()
	resp, err := i.Client.CompareTables(t.Context(), &pb.CompareTablesRequest{
		Source: sim.SanJose, Target: sim.Phoenix, SourceTable: &pb.TableName{Schema: "ADMIN", Name: "T"}, Key: key,
	})
	check(t, err)
	var found []string
	for _, d := range resp.GetDifferences() {
		kind := strings.ToLower(strings.TrimPrefix(d.GetKind().String(), "ROW_DIFFERENCE_KIND_"))
		found = append(found, strings.TrimSpace(fmt.Sprintf("%s %s %s", kind, strings.Join(d.GetKey(), "/"), strings.Join(d.GetColumns(), ","))))
	}
	slices.Sort(found)
	return resp, found
}

const definition = "CREATE TABLE T (id NUMBER PRIMARY KEY, name VARCHAR2(100), note VARCHAR2(10), total NUMBER(12,2), at TIMESTAMP(6), body CLOB)"

// fill makes the same rows on both sides.
func (i *inspector) fill(t *testing.T) {
	t.Helper()
	for _, region := range []string{sim.SanJose, sim.Phoenix} {
		i.Exec(region, definition, `INSERT INTO T SELECT LEVEL, 'name ' || LEVEL, CASE MOD(LEVEL, 3) WHEN 0 THEN NULL ELSE 'x' END,
			LEVEL / 100, TIMESTAMP '2026-01-01 00:00:00' + NUMTODSINTERVAL(LEVEL, 'SECOND'), TO_CLOB('body of ' || LEVEL)
			FROM DUAL CONNECT BY LEVEL <= 10000`)
	}
}

func TestPlantedDamageIsFoundAndNamed(t *testing.T) {
	i := newInspector(t)
	i.fill(t)
	if resp, found := i.compare(t); resp.GetVerdict() != pb.Verdict_VERDICT_VERIFIED || len(found) > 0 || resp.GetComparison().GetSourceRows() != rows {
		t.Fatalf("before: %s, %v, %v", resp.GetVerdict(), found, resp.GetFailure())
	}
	i.Exec(sim.Phoenix,
		"UPDATE T SET total = total + 0.01 WHERE id = 1000",
		"UPDATE T SET name = name || ' ' WHERE id = 2000",
		"UPDATE T SET name = CASE id WHEN 3000 THEN 'name 3001' ELSE 'name 3000' END WHERE id IN (3000, 3001)",
		"UPDATE T SET note = '!' WHERE id = 4002",
		"UPDATE T SET note = NULL WHERE id = 5000",
		"UPDATE T SET body = TO_CLOB('body of 6000.') WHERE id = 6000",
		"UPDATE T SET at = at + INTERVAL '0.000001' SECOND WHERE id = 7000",
		"DELETE FROM T WHERE id = 8000",
		"INSERT INTO T (id, name) VALUES (123456, 'extra')")
	resp, found := i.compare(t)
	want := []string{
		"changed 1000 TOTAL", "changed 2000 NAME", "changed 3000 NAME", "changed 3001 NAME", "changed 4002 NOTE", "changed 5000 NOTE",
		"changed 6000 BODY", "changed 7000 AT", "extra 123456", "missing 8000",
	}
	if diff := cmp.Diff(want, found); diff != "" || resp.GetVerdict() != pb.Verdict_VERDICT_DIFFERS || resp.GetTruncated() {
		t.Errorf("%s, failure %v (-want +got):\n%s", resp.GetVerdict(), resp.GetFailure(), diff)
	}
}

func TestRowsWithoutAKeyAreFoundByWhereTheyLie(t *testing.T) {
	i := newInspector(t)
	for _, region := range []string{sim.SanJose, sim.Phoenix} {
		i.Exec(region, "CREATE TABLE T (v VARCHAR2(10))", "INSERT INTO T SELECT 'v' || MOD(LEVEL, 5) FROM DUAL CONNECT BY LEVEL <= 5000")
	}
	i.Exec(sim.Phoenix, "UPDATE T SET v = 'v9' WHERE ROWID = (SELECT MIN(ROWID) FROM T WHERE v = 'v1')")
	resp, found := i.compare(t)
	if diff := cmp.Diff([]string{"extra", "missing"}, found); diff != "" {
		t.Fatalf("failure %v (-want +got):\n%s", resp.GetFailure(), diff)
	}
	for _, d := range resp.GetDifferences() {
		if d.GetTargetAddress() == "" {
			continue
		}
		shown, err := i.Sim.Region(sim.Phoenix).Rows(t.Context(), "SELECT v FROM T WHERE ROWID = CHARTOROWID('"+d.GetTargetAddress()+"')")
		if diff := cmp.Diff([][]string{{"v9"}}, shown); diff != "" || err != nil {
			t.Error(diff, err)
		}
	}
}
