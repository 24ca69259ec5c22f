package service_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/adbferry/adbferry/controller/internal/agenttest"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func name(schema, table string) *pb.TableName { return &pb.TableName{Schema: schema, Name: table} }

// fill gives the source a schema with tables of growing size.
func (d *desk) fill(schema string, tables int) {
	for n := range tables {
		d.Source.AddTable(name(schema, fmt.Sprintf("T%03d", n)), int64(n), &pb.Column{Name: "ID", DataType: "NUMBER"})
	}
}

// calls counts those of an RPC.
func calls(a *agenttest.Agent, rpc string) int {
	n := 0
	for _, c := range a.Calls() {
		if strings.HasPrefix(c, rpc+" ") {
			n++
		}
	}
	return n
}

func (d *desk) plan(t *testing.T, change func(*pb.CreateMigrationRequest)) (*pb.MigrationPlan, error) {
	t.Helper()
	req := d.request("m1")
	req.ValidateOnly, req.Spec.Tables = true, nil
	change(req)
	resp, err := d.client.CreateMigration(t.Context(), req)
	if wrong := resp.GetMigration().GetFailure(); wrong != nil {
		err = apierr.Of(wrong)
	}
	return resp.GetMigration().GetPlan(), err
}

// A migration that is refused leaves no object of its own in the bucket.
func TestPlansProveThePARWithOneObject(t *testing.T) {
	d := newDesk(t)
	for _, id := range []string{"m1", "m2"} {
		req := d.request(id)
		req.ParUrl, req.Spec.AllowPartial = d.Bucket.PAR(), false
		req.Spec.Tables = []*pb.TableSelection{{Source: agenttest.DemoTable()}}
		_, err := d.client.CreateMigration(t.Context(), req)
		expectReason(t, err, pb.Reason_REASON_COLUMNS_NOT_CARRIED)
	}
	if diff := cmp.Diff([]string{"adbferry-plan/probe"}, d.Bucket.Objects()); diff != "" {
		t.Errorf("objects (-want +got):\n%s", diff)
	}
}

// A plan that is only looked at is shown with everything that is wrong with it; one
// that is to be carried out is refused.
func TestAPlanThatWouldBeRefusedIsShown(t *testing.T) {
	d := newDesk(t)
	d.Source.AddTable(name("A", "FITS"), 10, &pb.Column{Name: "ID", DataType: "NUMBER"})
	d.Source.AddTable(name("A", "FULL"), 20, &pb.Column{Name: "ID", DataType: "NUMBER"})
	d.Target.AddTable(name("A", "FULL"), 7, &pb.Column{Name: "ID", DataType: "NUMBER"})
	ask := func(r *pb.CreateMigrationRequest) {
		r.Spec.AllowPartial = false
		for _, n := range []*pb.TableName{name("A", "FITS"), name("A", "FULL"), name("A", "NOPE"), agenttest.DemoTable()} {
			r.Spec.Tables = append(r.Spec.Tables, &pb.TableSelection{Source: n})
		}
	}
	p, err := d.plan(t, ask)
	if len(p.GetTables()) != 3 || p.GetEstimate() == nil {
		t.Errorf("plan %v", p)
	}
	f := expectReason(t, err, pb.Reason_REASON_TABLE_NOT_FOUND)
	for _, want := range []string{"3 problems:", "- find table A.NOPE", "- 4 columns cannot be carried", "A.FULL has 7 rows already"} {
		if !strings.Contains(f.GetText(), want) {
			t.Errorf("failure lacks %q: %s", want, f.GetText())
		}
	}
	warnings := map[string]string{}
	for _, table := range p.GetTables() {
		warnings[table.GetTableId()] = strings.Join(table.GetWarnings(), "\n")
	}
	if warnings["A.FITS"] != "" || !strings.Contains(warnings["A.FULL"], "NOT POSSIBLE: ") ||
		!strings.Contains(warnings[agenttest.DemoTable().ID()], "NEEDS --allow-partial") {
		t.Errorf("warnings %v", warnings)
	}
	_, err = d.plan(t, func(r *pb.CreateMigrationRequest) {
		ask(r)
		r.ValidateOnly = false
	})
	expectReason(t, err, pb.Reason_REASON_TABLE_NOT_FOUND)
}

func TestAWholeSchemaIsPlanned(t *testing.T) {
	d := newDesk(t)
	d.fill("SALES", 250)
	d.Source.SetObstacle(name("SALES", "T007"), "external table")
	p, err := d.plan(t, func(r *pb.CreateMigrationRequest) {
		r.Spec.Schemas = []*pb.SchemaSelection{{Schema: "SALES", TargetSchema: "ARCHIVE", Exclude: []string{"T24?"}}}
	})
	check(t, err)
	tables := p.GetTables()
	if len(tables) != 239 || tables[0].GetTableId() != "SALES.T239" || tables[0].GetTarget().GetSchema() != "ARCHIVE" || !tables[0].GetOutlook().GetCreated() {
		t.Errorf("%d tables, the first %v", len(tables), tables[0])
	}
	if left := p.GetTablesLeftBehind(); len(left) != 1 || left[0].GetTable().GetName() != "T007" || left[0].GetWhy() != "external table" {
		t.Errorf("left behind: %v", left)
	}
	if n := calls(d.Source, "ListTables"); n != 5 {
		t.Errorf("250 tables were listed in %d calls, want 5 pages", n)
	}
}

func TestManyNamedTablesAreListedTogether(t *testing.T) {
	d := newDesk(t)
	d.fill("SALES", 50)
	p, err := d.plan(t, func(r *pb.CreateMigrationRequest) {
		for n := range 40 {
			r.Spec.Tables = append(r.Spec.Tables, &pb.TableSelection{Source: name("SALES", fmt.Sprintf("T%03d", n))})
		}
		r.Spec.Tables = append(r.Spec.Tables, &pb.TableSelection{Source: agenttest.DemoTable()})
	})
	check(t, err)
	if n := calls(d.Source, "ListTables"); n != 2 || len(p.GetTables()) != 41 {
		t.Errorf("%d tables were found in %d calls, want 41 in 2", len(p.GetTables()), n)
	}
}

func TestProblemsOfAllTablesComeTogether(t *testing.T) {
	d := newDesk(t)
	d.fill("SALES", 3)
	for n := range 3 {
		d.Target.AddTable(name("SALES", fmt.Sprintf("T%03d", n)), int64(n))
	}
	_, err := d.plan(t, func(r *pb.CreateMigrationRequest) { r.Spec.Schemas = []*pb.SchemaSelection{{Schema: "SALES"}} })
	f := expectReason(t, err, pb.Reason_REASON_TARGET_NOT_EMPTY)
	if f.GetFacts()["table"] != "SALES.T001,SALES.T002" && f.GetFacts()["table"] != "SALES.T002,SALES.T001" {
		t.Errorf("failure %v", f)
	}
}

func TestAnAgentThatIsGoneEndsThePlanAtOnce(t *testing.T) {
	d := newDesk(t)
	d.fill("SALES", 30)
	d.Source.Inject(agenttest.Fault{RPC: "PlanTable", Before: agenttest.Permanent()})
	_, err := d.plan(t, func(r *pb.CreateMigrationRequest) { r.Spec.Schemas = []*pb.SchemaSelection{{Schema: "SALES"}} })
	expectReason(t, err, pb.Reason_REASON_SPACE_EXHAUSTED)
	if n := calls(d.Target, "PrepareTable"); n != 0 {
		t.Errorf("the target was asked %d times", n)
	}
}

func TestRowsThatWouldGoAreCountedBeforeTheSourceIs(t *testing.T) {
	d := newDesk(t)
	d.Target.AddTable(agenttest.DemoTable(), 5)
	truncate := func(r *pb.CreateMigrationRequest) {
		demo(r)
		r.Spec.Options = &pb.TableOptions{IfExists: pb.IfExists_IF_EXISTS_TRUNCATE}
	}
	_, err := d.plan(t, truncate)
	f := expectReason(t, err, pb.Reason_REASON_TARGET_NOT_EMPTY)
	if f.GetFacts()["field"] != "allow_data_removal" || f.GetFacts()["rows"] != "5" || calls(d.Source, "PlanTable") != 0 {
		t.Errorf("failure %v after %d plans", f, calls(d.Source, "PlanTable"))
	}
	p, err := d.plan(t, func(r *pb.CreateMigrationRequest) {
		truncate(r)
		r.Spec.AllowDataRemoval = true
	})
	check(t, err)
	if removed := p.GetTables()[0].GetOutlook().GetRowsRemoved(); removed != 5 {
		t.Errorf("with consent %d rows would go", removed)
	}
	p, err = d.plan(t, func(r *pb.CreateMigrationRequest) {
		truncate(r)
		r.Spec.Tables[0].Target = name("X", "NEW")
	})
	check(t, err)
	if !p.GetTables()[0].GetOutlook().GetCreated() {
		t.Errorf("a table that does not exist: %v", p.GetTables()[0].GetOutlook())
	}
}

// Consent is no part of what was asked for.
func TestAskingAgainNeedsNoSecondConsent(t *testing.T) {
	d := newDesk(t)
	req := d.request("m1")
	req.Spec.AllowDataRemoval = true
	first, err := d.client.CreateMigration(t.Context(), req)
	check(t, err)
	req.Spec.AllowDataRemoval = false
	again, err := d.client.CreateMigration(t.Context(), req)
	check(t, err)
	if first.GetMigration().GetLastSequence() != again.GetMigration().GetLastSequence() || !again.GetMigration().GetPlan().GetSpec().GetAllowDataRemoval() {
		t.Errorf("again: %v", again.GetMigration().GetPlan().GetSpec())
	}
}

func demo(r *pb.CreateMigrationRequest) {
	r.Spec.Tables = []*pb.TableSelection{{Source: agenttest.DemoTable()}}
}

func TestThePlanIsEstimated(t *testing.T) {
	d := newDesk(t)
	p, err := d.plan(t, func(r *pb.CreateMigrationRequest) {
		demo(r)
		r.ParExpiry = timestamppb.New(time.Now().Add(time.Second))
		r.Prices = &pb.PriceList{
			Source: "x", Date: "2026-01-01", Currency: "EUR", StoragePerGbMonth: "1000", EgressPerGb: "0", RequestsPer_10000: "0",
		}
	})
	check(t, err)
	e := p.GetEstimate()
	if e.GetStagedBytes() != 5_000_000 || e.GetDuration().AsDuration() < 5*time.Second || e.GetCosts()[0].GetAmount() != "5.00" || e.GetCosts()[0].GetCurrency() != "EUR" {
		t.Errorf("estimate %v", e)
	}
	for _, want := range []string{"the PAR expires in", "doctor has not been run", "one public measurement"} {
		if !strings.Contains(strings.Join(e.GetWarnings(), "\n"), want) {
			t.Errorf("no warning says %q: %v", want, e.GetWarnings())
		}
	}
}

func TestTheEstimateLearnsFromWhatEnded(t *testing.T) {
	d := newDesk(t)
	d.create(t, "m0")
	d.finish(t, "m0")
	check(t, os.WriteFile(filepath.Join(d.dir, "damaged.journal"), []byte("x\ny\n"), 0o600))
	p, err := d.plan(t, func(r *pb.CreateMigrationRequest) {
		demo(r)
		r.Spec.Tables[0].Target = name("X", "Y")
	})
	check(t, err)
	if strings.Contains(strings.Join(p.GetEstimate().GetWarnings(), "\n"), "one public measurement") {
		t.Errorf("warnings %v", p.GetEstimate().GetWarnings())
	}
}

func TestCreateRefusesAPARThatEndedAndPricesThatAreNone(t *testing.T) {
	d := newDesk(t)
	_, err := d.plan(t, func(r *pb.CreateMigrationRequest) {
		demo(r)
		r.ParExpiry = timestamppb.New(time.Now())
	})
	expectReason(t, err, pb.Reason_REASON_PAR_EXPIRED)
	_, err = d.plan(t, func(r *pb.CreateMigrationRequest) {
		demo(r)
		r.Prices = &pb.PriceList{}
	})
	expectReason(t, err, pb.Reason_REASON_REQUEST_INVALID)
	if n := calls(d.Source, "DescribeDatabase"); n != 0 {
		t.Errorf("the source was asked %d times", n)
	}
}

// The list is for many migrations, so their plans are cut down to what it shows.
func TestTheListHasNoDetailsOfPlans(t *testing.T) {
	d := newDesk(t)
	d.create(t, "m1")
	resp, err := d.client.ListMigrations(t.Context(), &pb.ListMigrationsRequest{})
	check(t, err)
	table := resp.GetMigrations()[0].GetPlan().GetTables()[0]
	if diff := cmp.Diff([]int{0, 0}, []int{len(table.GetColumns()), len(table.GetChunks())}); diff != "" || table.GetRows() != agenttest.DemoRows {
		t.Errorf("table %v", table)
	}
}

// A page has to fit into a message, however many tables its migrations have.
func TestPagesOfTheListStaySmall(t *testing.T) {
	d := newDesk(t)
	long := strings.Repeat("X", 100)
	for n := range 3000 {
		d.Source.AddTable(name("S"+long, fmt.Sprintf("T%s%04d", long, n)), 0, &pb.Column{Name: "ID", DataType: "NUMBER"})
	}
	for n := range 3 {
		req := d.request(fmt.Sprintf("m%d", n))
		req.Spec.Tables, req.Spec.Schemas = nil, []*pb.SchemaSelection{{Schema: "S" + long}}
		_, err := d.client.CreateMigration(t.Context(), req)
		check(t, err)
	}
	pages, migrations := 0, 0
	for token := ""; pages == 0 || token != ""; pages++ {
		resp, err := d.client.ListMigrations(t.Context(), &pb.ListMigrationsRequest{PageToken: token})
		check(t, err)
		migrations += len(resp.GetMigrations())
		token = resp.GetNextPageToken()
	}
	if migrations != 3 || pages < 2 {
		t.Errorf("%d migrations on %d pages", migrations, pages)
	}
}
