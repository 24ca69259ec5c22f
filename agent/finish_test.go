package agent_test

import (
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

// whats names failures, with their reasons.
func whats(failures []*pb.DefinitionFailure) []string {
	var list []string
	for _, f := range failures {
		list = append(list, f.GetWhat()+": "+strings.TrimPrefix(f.GetFailure().GetReason().String(), "REASON_"))
	}
	slices.Sort(list)
	return list
}

func TestEachFailureIsNamedAndStopsNothingElse(t *testing.T) {
	p := newPair(t, sim.Config{})
	p.exec(sim.SanJose,
		"CREATE TABLE PARENT (ID NUMBER PRIMARY KEY)", "INSERT INTO PARENT VALUES (1)",
		`CREATE TABLE T (A NUMBER CONSTRAINT T_PK PRIMARY KEY, B NUMBER, C NUMBER CONSTRAINT T_NN NOT NULL, CONSTRAINT T_UK UNIQUE (B), CONSTRAINT T_CK CHECK (C > 0),
			CONSTRAINT T_CK2 CHECK (C < 1000), CONSTRAINT T_FK FOREIGN KEY (B) REFERENCES PARENT (ID))`,
		"CREATE INDEX T_IX ON T (C)", "CREATE INDEX T_IX2 ON T (C, B)", "COMMENT ON TABLE T IS 'c'", "INSERT INTO T VALUES (1, 1, 5)")
	p.exec(sim.Phoenix,
		"CREATE TABLE T (A NUMBER, B NUMBER, C NUMBER NOT NULL)", "INSERT INTO T VALUES (1, 1, -7)", // repeats the key, breaks the check
		"CREATE TABLE OTHER (X NUMBER CONSTRAINT T_CK2 CHECK (X > 0), Y NUMBER CONSTRAINT T_NN NOT NULL)", "CREATE INDEX T_IX ON OTHER (X)")
	plan := with(p.plan("T"), create, appending)
	failures := p.carry("m1", plan)
	want := []string{
		"check T_CK2: TARGET_DIFFERS", "check T_CK: TARGET_DIFFERS", "check T_NN: TARGET_DIFFERS", "foreign key T_FK: TABLE_NOT_FOUND",
		"index T_IX: TARGET_DIFFERS", "primary key T_PK: TARGET_DIFFERS", "unique key T_UK: TARGET_DIFFERS",
	}
	if diff := gocmp.Diff(want, whats(failures)); diff != "" {
		t.Errorf("%s\n%v", diff, failures)
	}
	for _, f := range failures {
		if f.GetFailure().GetHint() == "" || f.GetFailure().GetText() == "" {
			t.Errorf("%s has no text or no hint", f.GetWhat())
		}
	}
	if text := failures[len(failures)-1].GetFailure().GetText(); !strings.Contains(text, "ADMIN.PARENT") {
		t.Errorf("the foreign key's failure does not name its parent: %s", text)
	}
	if got := p.rows(sim.Phoenix, "SELECT COUNT(*) FROM ALL_INDEXES WHERE INDEX_NAME = 'T_IX2' AND TABLE_NAME = 'T'")[0][0]; got != "1" {
		t.Error("what could be made was not made")
	}

	// When the causes are gone, the same calls make the rest.
	p.exec(sim.Phoenix, "DELETE FROM T WHERE C < 0", "DROP TABLE OTHER", "CREATE TABLE PARENT (ID NUMBER PRIMARY KEY)", "INSERT INTO PARENT VALUES (1)")
	resp := p.finish("m1", plan, false)
	references := p.finish("m1", plan, true)
	if left := append(resp.GetFailures(), references.GetFailures()...); len(left) > 0 {
		t.Errorf("%v", left)
	}
	p.wantAlike(plan)
	fragments := []string{
		`INDEX "T_IX" ("C")`, `INDEX "T_IX2" ("C", "B")`, `CONSTRAINT "T_PK" PRIMARY KEY ("A")`, `CONSTRAINT "T_CK" CHECK (C > 0)`, `CONSTRAINT "T_CK2" CHECK (C < 1000)`,
		`CONSTRAINT "T_NN" CHECK ("C" IS NOT NULL)`, `CONSTRAINT "T_UK" UNIQUE ("B")`, `CONSTRAINT "T_FK" FOREIGN KEY ("B") REFERENCES "ADMIN"."PARENT" ("ID")`,
	}
	if diff := gocmp.Diff(fragments, append(resp.GetConstraints(), references.GetConstraints()...)); diff != "" {
		t.Error(diff)
	}
}

func TestARequiredTableStaysAsItIs(t *testing.T) {
	p := newPair(t, sim.Config{})
	p.exec(sim.SanJose, "CREATE TABLE PARENT (ID NUMBER PRIMARY KEY)",
		"CREATE TABLE T (A NUMBER PRIMARY KEY, B NUMBER CONSTRAINT T_FK REFERENCES PARENT (ID)) PARTITION BY HASH (A) PARTITIONS 2", "CREATE INDEX T_IX ON T (B)", "COMMENT ON TABLE T IS 'c'")
	p.exec(sim.Phoenix, "CREATE TABLE T (A NUMBER, B NUMBER)", "CREATE INDEX T_IX ON T (B)")
	before := p.dictionary(sim.Phoenix, "T")
	plan := with(p.plan("T"), require, failing)
	resp, err := p.target.PrepareTable(t.Context(), &pb.PrepareTableRequest{MigrationId: "m1", Plan: plan, ValidateOnly: true})
	name := plan.GetDefinition().GetConstraints()[0].GetName()
	want := []string{"primary key " + name + " is missing", "foreign key T_FK is missing", "partitions are missing"}
	if diff := gocmp.Diff(want, resp.GetWarnings()); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	if failures := p.carry("m1", plan); len(failures) > 0 {
		t.Errorf("%v", failures)
	}
	if diff := gocmp.Diff(before, p.dictionary(sim.Phoenix, "T")); diff != "" {
		t.Error(diff)
	}
	if diff := gocmp.Diff([]string{`INDEX "T_IX" ("B")`}, p.finish("m1", plan, false).GetConstraints()); diff != "" {
		t.Error(diff)
	}
}

func TestWithoutDdlNothingIsDescribedOrMade(t *testing.T) {
	p := newPair(t, sim.Config{})
	p.exec(sim.SanJose, "CREATE TABLE T (A NUMBER(5) PRIMARY KEY, V NUMBER GENERATED ALWAYS AS (A * 2) VIRTUAL)", "INSERT INTO T (A) VALUES (1)")
	p.exec(sim.Phoenix, "CREATE TABLE T (A NUMBER, MORE DATE DEFAULT SYSDATE NOT NULL)")
	d, err := p.source.DescribeDatabase(t.Context(), &pb.DescribeDatabaseRequest{})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := p.source.PlanTable(t.Context(), &pb.PlanTableRequest{
		Table: name("T"), Target: name("T"), Scn: d.GetDatabase().GetCurrentScn(), MaxStringBytes: 4000, Options: &pb.TableOptions{Ddl: none},
	})
	if err != nil {
		t.Fatal(err)
	}
	plan := resp.GetPlan()
	if plan.GetDefinition() != nil || plan.GetColumns()[1].GetLeftOut() == "" {
		t.Errorf("got %v", plan)
	}
	if failures := p.carry("m1", plan); len(failures) > 0 || p.count("T") != "1" {
		t.Errorf("%v", failures)
	}
	if keys := p.rows(sim.Phoenix, "SELECT CONSTRAINT_NAME FROM ALL_CONSTRAINTS WHERE TABLE_NAME = 'T' AND CONSTRAINT_TYPE = 'P'"); len(keys) > 0 {
		t.Error("a key was made")
	}
}

func TestReferencesFollowATableToItsNewName(t *testing.T) {
	p := newPair(t, sim.Config{})
	p.exec(sim.SanJose, "CREATE TABLE T (A NUMBER CONSTRAINT T_PK PRIMARY KEY, UP NUMBER CONSTRAINT T_UP REFERENCES T (A))", "INSERT INTO T VALUES (1, 1)")
	plan := p.plan("T")
	plan.Target = name("T moved")
	if failures := p.carry("m1", plan); len(failures) > 0 {
		t.Errorf("%v", failures)
	}
	got := p.finish("m1", plan, true).GetConstraints()
	if diff := gocmp.Diff([]string{`CONSTRAINT "T_UP" FOREIGN KEY ("UP") REFERENCES "ADMIN"."T moved" ("A")`}, got); diff != "" {
		t.Error(diff)
	}
}

func TestReferencesCrossSchemas(t *testing.T) {
	p := newPair(t, sim.Config{})
	for _, region := range []string{sim.SanJose, sim.Phoenix} {
		p.sim.Region(region).CreateUser("SHOP", "Shop-Password-1")
		p.exec(region, "CREATE TABLE SHOP.PARENT (ID NUMBER PRIMARY KEY)", "INSERT INTO SHOP.PARENT VALUES (1)")
	}
	p.exec(sim.SanJose, "CREATE TABLE T (A NUMBER CONSTRAINT T_FK REFERENCES SHOP.PARENT (ID) ON DELETE SET NULL)", "INSERT INTO T VALUES (1)")
	plan := p.plan("T")
	if failures := p.carry("m1", plan); len(failures) > 0 {
		t.Errorf("%v", failures)
	}
	p.wantAlike(plan)
}

func TestColumnsThatStayBehindTakeWhatNeedsThemAlong(t *testing.T) {
	p := newPair(t, sim.Config{})
	p.exec(sim.SanJose,
		`CREATE TABLE T (A NUMBER CONSTRAINT T_PK PRIMARY KEY, D DATE, B NUMBER, V NUMBER GENERATED ALWAYS AS (B * 2) VIRTUAL, W NUMBER GENERATED ALWAYS AS (A * 2) VIRTUAL,
			CONSTRAINT T_CK CHECK (B > A)) PARTITION BY RANGE (D) (PARTITION P VALUES LESS THAN (MAXVALUE))`,
		"CREATE INDEX T_IX ON T (UPPER(TO_CHAR(B)))", "CREATE INDEX T_LOCAL ON T (A, W) LOCAL", "INSERT INTO T (A, D, B) VALUES (1, SYSDATE, 2)")
	p.sim.Region(sim.SanJose).CreateUser("READER", "Reader-Password-1")
	p.exec(sim.SanJose, "GRANT SELECT, INSERT ON T TO READER")
	d, err := p.source.DescribeDatabase(t.Context(), &pb.DescribeDatabaseRequest{})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := p.source.PlanTable(t.Context(), &pb.PlanTableRequest{
		Table: name("T"), Target: name("T"), Scn: d.GetDatabase().GetCurrentScn(), MaxStringBytes: 4000, ExcludeColumns: []string{"B", "D"},
	})
	if err != nil {
		t.Fatal(err)
	}
	plan := resp.GetPlan()
	want := []string{
		"grant of INSERT to READER", "grant of SELECT to READER", "partitions: column D of their key stays behind", "check T_CK: column B stays behind",
		"index T_IX: column B stays behind", "partitions of index T_LOCAL",
	}
	if diff := gocmp.Diff(want, plan.GetDefinition().GetNotMade()); diff != "" {
		t.Error(diff)
	}
	if failures := p.carry("m1", plan); len(failures) > 0 {
		t.Errorf("%v", failures)
	}
	if diff := gocmp.Diff([][]string{{"1", "2"}}, p.rows(sim.Phoenix, "SELECT * FROM T")); diff != "" {
		t.Error(diff)
	}
}

func TestPlansWithoutADefinitionStillGetTheirKey(t *testing.T) {
	p := newPair(t, sim.Config{})
	p.exec(sim.SanJose, "CREATE TABLE T (A NUMBER PRIMARY KEY, B NUMBER NOT NULL)", "INSERT INTO T VALUES (1, 2)")
	plan := p.plan("T")
	plan.Definition, plan.Options = nil, nil
	if failures := p.carry("m1", plan); len(failures) > 0 {
		t.Errorf("%v", failures)
	}
	if diff := gocmp.Diff([]string{`PRIMARY KEY ("A")`}, p.finish("m1", plan, false).GetConstraints()); diff != "" {
		t.Error(diff)
	}
}
