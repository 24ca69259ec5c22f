package agent_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/adbferry/adbferry/agent"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

const demo = "CUSTOMER_ORDERS_DEMO"

const demoColumns = `order_id, customer_id, customer_name, email, order_date, order_total, discount_percent, tax_amount,
	shipping_address, order_status, payment_method, product_details_json, metadata_json, customer_notes,
	NVL2(customer_notes, DBMS_LOB.GETLENGTH(customer_notes), -1), created_at, updated_at`

func TestTheDemoTableArrivesRowForRow(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 2000})
	plan, manifest := p.move("m1", demo)
	query := "SELECT " + demoColumns + " FROM ADMIN." + demo + " ORDER BY order_id"
	if diff := cmp.Diff(p.rows(sim.SanJose, query), p.rows(sim.Phoenix, query)); diff != "" {
		t.Errorf("rows differ (-source +target):\n%s", diff)
	}
	for _, c := range plan.GetColumns() {
		if c.GetLeftOut() != "" {
			t.Errorf("column %s is left out: %s", c.GetColumn().GetName(), c.GetLeftOut())
		}
	}
	for _, o := range manifest.GetObjects() {
		if !strings.HasPrefix(o.GetName(), "m1/ADMIN/CUSTOMER_ORDERS_DEMO/000001/1/part_") || o.GetBytes() == 0 || o.GetMd5() == "" {
			t.Errorf("object %v", o)
		}
	}
	key := p.rows(sim.Phoenix, "SELECT column_name FROM all_cons_columns c JOIN all_constraints k ON k.constraint_name = c.constraint_name AND k.owner = c.owner WHERE k.table_name = '"+demo+"' AND k.constraint_type = 'P'")
	if diff := cmp.Diff([][]string{{"ORDER_ID"}}, key); diff != "" {
		t.Error(diff)
	}
	p.checkNothingLeft(plan)
}

// checkNothingLeft discards the migration m1 and looks for what adbferry made,
// beside the ledger, which is for all migrations.
func (p *pair) checkNothingLeft(plan *pb.TablePlan) {
	t := p.t
	t.Helper()
	for _, region := range []string{sim.SanJose, sim.Phoenix} {
		if rows := p.rows(region, "SELECT file_uri_list FROM user_load_operations"); len(rows) != 0 {
			t.Errorf("%s keeps operations: %v", region, rows)
		}
	}
	for range 2 {
		resp, err := p.source.Discard(t.Context(), &pb.DiscardRequest{MigrationId: "m1", ParUrl: p.par})
		if err != nil {
			t.Fatal(err)
		}
		if l := resp.GetLeftovers(); len(l) != 1 || l[0].GetCount() == 0 || !strings.Contains(l[0].GetHint(), "bulk-delete") {
			t.Errorf("leftovers %v", l)
		}
		if _, err := p.target.Discard(t.Context(), &pb.DiscardRequest{MigrationId: "m1"}); err != nil {
			t.Fatal(err)
		}
	}
	if rows := p.rows(sim.Phoenix, "SELECT table_name FROM user_tables WHERE table_name NOT IN ('ADBFERRY$LEDGER', '"+plan.GetTarget().GetName()+"')"); len(rows) != 0 {
		t.Errorf("tables are left: %v", rows)
	}
}

func TestDatabasesAreDescribed(t *testing.T) {
	p := newPair(t, sim.Config{})
	for region, client := range map[string]pb.AgentServiceClient{"us-sanjose-1": p.source, "us-phoenix-1": p.target} {
		resp, err := client.DescribeDatabase(t.Context(), &pb.DescribeDatabaseRequest{})
		if err != nil {
			t.Fatal(err)
		}
		d := resp.GetDatabase()
		if d.GetRegion() != region || d.GetUser() != "ADMIN" || d.GetCharacterSet() != "AL32UTF8" || d.GetNationalCharacterSet() != "AL16UTF16" ||
			d.GetMaxStringBytes() != 32767 || d.GetCurrentScn() <= 0 || d.GetVersion() == "" || d.GetDatabaseName() == "" || d.GetDatabaseTime() == nil ||
			!strings.HasSuffix(d.GetServiceLevel(), "_high") {
			t.Errorf("incomplete: %v", d)
		}
		if got := d.GetNls()["NLS_DATE_FORMAT"]; got != "SYYYY-MM-DD HH24:MI:SS" {
			t.Errorf("NLS_DATE_FORMAT %q", got)
		}
	}
}

func TestTablesAreListedPageByPage(t *testing.T) {
	p := newPair(t, sim.Config{})
	p.exec(sim.SanJose, `CREATE TABLE "a_1" (x NUMBER)`, `CREATE TABLE A1 (id NUMBER PRIMARY KEY, n VARCHAR2(10 CHAR) NOT NULL)`, `CREATE TABLE AB (x DATE)`)
	list := func(pattern string, size int32) []string {
		var names []string
		for token := ""; ; {
			resp, err := p.source.ListTables(t.Context(), &pb.ListTablesRequest{Schema: "ADMIN", Pattern: pattern, PageSize: size, PageToken: token})
			if err != nil {
				t.Fatal(err)
			}
			for _, table := range resp.GetTables() {
				names = append(names, table.GetName().GetName())
			}
			if token = resp.GetNextPageToken(); token == "" {
				return names
			}
		}
	}
	for _, tt := range []struct {
		pattern string
		want    []string
	}{
		{"", []string{"A1", "AB", "a_1"}}, {"A?", []string{"A1", "AB"}}, {"a_1", []string{"a_1"}}, {"*1", []string{"A1", "a_1"}}, {"A_", nil}, {"X%", nil},
	} {
		for _, size := range []int32{0, 1, 2} {
			if diff := cmp.Diff(tt.want, list(tt.pattern, size)); diff != "" {
				t.Errorf("%q in pages of %d: %s", tt.pattern, size, diff)
			}
		}
	}
	resp, err := p.source.ListTables(t.Context(), &pb.ListTablesRequest{Schema: "ADMIN", Pattern: "A1"})
	if err != nil {
		t.Fatal(err)
	}
	want := &pb.Table{Name: name("A1"), PrimaryKey: []string{"ID"}, Columns: []*pb.Column{
		{Name: "ID", DataType: "NUMBER", DataLength: 22},
		{Name: "N", DataType: "VARCHAR2", DataLength: 40, CharLength: 10, CharSemantics: true},
	}}
	if diff := cmp.Diff(want, resp.GetTables()[0], protocmp.Transform(), protocmp.IgnoreFields(&pb.Table{}, "estimated_rows", "estimated_bytes")); diff != "" {
		t.Error(diff)
	}
}

func TestEveryStatementSentIsNamed(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 20})
	p.move("m1", demo)
	known := map[string]bool{}
	for _, s := range agent.Statements() {
		known[s.Name] = true
	}
	for _, region := range []string{sim.SanJose, sim.Phoenix} {
		for _, text := range p.sim.Region(region).Statements() {
			if kind, _ := agent.StatementOf(text); !known[kind] {
				t.Errorf("%s saw a statement of kind %q: %.100s", region, kind, text)
			}
		}
	}
}

func TestAnExportReadsItsSnapshot(t *testing.T) {
	p := newPair(t, sim.Config{})
	p.exec(sim.SanJose, "CREATE TABLE T (x NUMBER)", "INSERT INTO T VALUES (1)", "INSERT INTO T VALUES (2)")
	plan := p.plan("T")
	p.exec(sim.SanJose, "INSERT INTO T VALUES (3)", "DELETE FROM T WHERE x = 1")
	if plan.GetRows() != 2 {
		t.Fatalf("planned %d rows", plan.GetRows())
	}
	if _, err := p.target.PrepareTable(t.Context(), &pb.PrepareTableRequest{MigrationId: "m1", Plan: plan}); err != nil {
		t.Fatal(err)
	}
	events, err := p.export("m1", plan, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.load("m1", plan, outcome(events).GetManifest(), 1); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{{"1"}, {"2"}}, p.rows(sim.Phoenix, "SELECT x FROM T ORDER BY x")); diff != "" {
		t.Error(diff)
	}
	for _, want := range []struct{ scn, rows int64 }{{plan.GetChunks()[0].GetScn(), 2}, {0, 2}} {
		resp, err := p.source.Count(t.Context(), &pb.CountRequest{Table: name("T"), Scn: want.scn})
		if err != nil || resp.GetRows() != want.rows {
			t.Errorf("count at %d: %d, %v", want.scn, resp.GetRows(), err)
		}
	}
}

func TestEmptyTablesAndRowsSurvive(t *testing.T) {
	p := newPair(t, sim.Config{})
	p.exec(sim.SanJose, "CREATE TABLE NOTHING (x NUMBER)", "CREATE TABLE NULLS (x VARCHAR2(10), y DATE)",
		"INSERT INTO NULLS VALUES (NULL, NULL)", "INSERT INTO NULLS VALUES (NULL, NULL)", "INSERT INTO NULLS VALUES (' ', NULL)")
	_, manifest := p.move("m1", "NOTHING")
	if len(manifest.GetObjects()) != 0 || manifest.GetRows() != 0 {
		t.Errorf("an empty table was exported: %v", manifest)
	}
	p.move("m1", "NULLS")
	if diff := cmp.Diff([][]string{{"", ""}, {"", ""}, {" ", ""}}, p.rows(sim.Phoenix, "SELECT x, y FROM NULLS ORDER BY x NULLS FIRST")); diff != "" {
		t.Error(diff)
	}
}

func TestRolledOverObjectsAreAllLoaded(t *testing.T) {
	p := newPair(t, sim.Config{})
	p.exec(sim.SanJose, "CREATE TABLE T (id NUMBER, pad VARCHAR2(4000))", "INSERT INTO T VALUES (1, RPAD('x', 4000, ','))")
	for n := 1; n < 4096; n *= 2 {
		p.exec(sim.SanJose, fmt.Sprintf("INSERT INTO T SELECT id + %d, pad FROM T", n))
	}
	plan, manifest := p.move("m1", "T")
	if len(manifest.GetObjects()) < 3 {
		t.Errorf("32 MB of hex are in %d objects", len(manifest.GetObjects()))
	}
	if diff := cmp.Diff([][]string{{"4096", "4096", "4000"}}, p.rows(sim.Phoenix, "SELECT COUNT(*), COUNT(DISTINCT id), MIN(LENGTH(pad)) FROM T")); diff != "" {
		t.Error(diff)
	}
	if plan.GetEstimatedBytes() == 0 {
		t.Error("no estimate")
	}
}
