package docs

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

// definitions moves a table with everything that a definition can have, and
// meets it on the target in every state.
func definitions(t *testing.T, s *sim.Simulation, source, target pb.AgentServiceClient) {
	t.Helper()
	exec := func(region string, statements ...string) {
		t.Helper()
		for _, text := range statements {
			if err := s.Region(region).Exec(t.Context(), text); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
		}
	}
	exec(sim.SanJose,
		"CREATE TABLE CUSTOMERS (ID NUMBER PRIMARY KEY)",
		`CREATE TABLE ORDERS (ID NUMBER GENERATED ALWAYS AS IDENTITY, CUSTOMER NUMBER CONSTRAINT ORDERS_HAVE_CUSTOMERS NOT NULL, STATE VARCHAR2(10 CHAR) DEFAULT 'new',
			DAY DATE, TOTAL NUMBER(10,2) INVISIBLE, TAX NUMBER GENERATED ALWAYS AS (TOTAL * 0.2) VIRTUAL, TICKET NUMBER,
			CONSTRAINT ORDERS_PK PRIMARY KEY (ID), CONSTRAINT ORDERS_LONG CHECK (ID >`+strings.Repeat(" ", 4000)+`0),
			CONSTRAINT ORDERS_CUSTOMER FOREIGN KEY (CUSTOMER) REFERENCES CUSTOMERS (ID))
			PARTITION BY RANGE (DAY) INTERVAL (INTERVAL '1' DAY) (PARTITION OLD VALUES LESS THAN (DATE '2020-01-01'))`,
		"CREATE INDEX ORDERS_STATE ON ORDERS (UPPER(STATE), DAY DESC)", "CREATE BITMAP INDEX ORDERS_DAY ON ORDERS (DAY) LOCAL",
		"COMMENT ON TABLE ORDERS IS 'What customers want'", "COMMENT ON COLUMN ORDERS.DAY IS 'when'",
	)
	exec(sim.Phoenix, "CREATE TABLE CUSTOMERS (ID NUMBER PRIMARY KEY)")

	ctx, name := t.Context(), &pb.TableName{Schema: "ADMIN", Name: "ORDERS"}
	described := must(source.DescribeDatabase(ctx, &pb.DescribeDatabaseRequest{}))(t).GetDatabase()
	plan := must(source.PlanTable(ctx, &pb.PlanTableRequest{
		Table: name, Target: name, Scn: described.GetCurrentScn(), MaxStringBytes: described.GetMaxStringBytes(),
	}))(t).GetPlan()
	for _, c := range plan.GetColumns() {
		if c.GetColumn().GetName() == "TICKET" { // the simulator has no sequences: its default is not made
			c.Column.DefaultExpression = `"ADMIN"."TICKETS"."NEXTVAL"`
		}
	}
	prepare := func(migration string, mode pb.IfExists) {
		t.Helper()
		p := proto.CloneOf(plan)
		p.Options = &pb.TableOptions{IfExists: mode}
		must(target.PrepareTable(ctx, &pb.PrepareTableRequest{MigrationId: migration, Plan: p}))(t)
	}
	prepare("m2", pb.IfExists_IF_EXISTS_FAIL)
	exec(sim.Phoenix, "INSERT INTO CUSTOMERS VALUES (1)", "INSERT INTO ORDERS (ID, CUSTOMER, DAY) VALUES (7, 1, SYSDATE)")
	for _, references := range []bool{false, true} {
		must(target.FinishTable(ctx, &pb.FinishTableRequest{MigrationId: "m2", Plan: plan, References: references}))(t)
	}
	exec(sim.SanJose, "CREATE TABLE MASKED (ID NUMBER)")
	s.Region(sim.SanJose).AddPolicy(sim.Policy{Owner: "ADMIN", Table: "MASKED", Name: "MASKS", Redaction: true})
	must(source.ListTables(ctx, &pb.ListTablesRequest{Schema: "ADMIN", Pattern: "MASKED"}))(t)
	prepare("m3", pb.IfExists_IF_EXISTS_TRUNCATE)
	exec(sim.Phoenix,
		"ALTER TABLE ORDERS MODIFY (TICKET DEFAULT NULL)",
		"INSERT INTO ORDERS (ID, CUSTOMER, DAY) VALUES (7, 1, SYSDATE)",
		"CREATE TABLE LINES (ORDER_ID NUMBER CONSTRAINT LINES_ORDER REFERENCES ORDERS (ID))")
	prepare("m3", pb.IfExists_IF_EXISTS_TRUNCATE) // refused because of LINES, so it deletes
	prepare("m4", pb.IfExists_IF_EXISTS_REPLACE)
	must(target.EmptyTable(ctx, &pb.EmptyTableRequest{MigrationId: "m4", Plan: plan}))(t)
}
