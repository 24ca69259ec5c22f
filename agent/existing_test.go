package agent_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

const (
	create  = pb.DdlMode_DDL_MODE_CREATE
	require = pb.DdlMode_DDL_MODE_REQUIRE
	none    = pb.DdlMode_DDL_MODE_NONE

	failing    = pb.IfExists_IF_EXISTS_FAIL
	appending  = pb.IfExists_IF_EXISTS_APPEND
	truncating = pb.IfExists_IF_EXISTS_TRUNCATE
	replacing  = pb.IfExists_IF_EXISTS_REPLACE
)

// with is a plan with other options.
func with(plan *pb.TablePlan, ddl pb.DdlMode, mode pb.IfExists) *pb.TablePlan {
	p := proto.CloneOf(plan)
	p.Options = &pb.TableOptions{Ddl: ddl, IfExists: mode}
	return p
}

// ledger makes a migration have committed a chunk of table T.
func (p *pair) ledger(migration string, rows int) {
	p.t.Helper()
	p.exec(sim.Phoenix, fmt.Sprintf(`INSERT INTO "ADBFERRY$LEDGER" VALUES ('%s', 'ADMIN.T/000001', 'ADMIN.T', %d, SYSTIMESTAMP)`, migration, rows))
	if rows > 0 {
		p.exec(sim.Phoenix, fmt.Sprintf(`INSERT INTO "ADBFERRY$LEDGER" VALUES ('*', '"ADMIN"."T"', '%s', 0, SYSTIMESTAMP)`, migration))
	}
}

func (p *pair) count(table string) string {
	p.t.Helper()
	return p.rows(sim.Phoenix, "SELECT COUNT(*) FROM "+table)[0][0]
}

// outcomeOf puts what PrepareTable did into a word.
func outcomeOf(resp *pb.PrepareTableResponse, err error) string {
	switch {
	case err != nil:
		return strings.TrimPrefix(apierr.ReasonOf(err).String(), "REASON_")
	case resp.GetCreated() && resp.GetRowsRemoved() > 0:
		return fmt.Sprintf("replaced %d", resp.GetRowsRemoved())
	case resp.GetCreated():
		return "created"
	case resp.GetRowsRemoved() > 0:
		return fmt.Sprintf("removed %d", resp.GetRowsRemoved())
	case resp.GetRowsKept() > 0:
		return fmt.Sprintf("kept %d", resp.GetRowsKept())
	default:
		return "fine"
	}
}

// TestEveryTargetIsMetInEveryMode tries every state of a target with every
// choice, first as validation, which changes nothing, then in earnest, then
// once more, which changes nothing either.
func TestEveryTargetIsMetInEveryMode(t *testing.T) {
	p := newPair(t, sim.Config{})
	p.exec(sim.SanJose, "CREATE TABLE T (X NUMBER(10), Y VARCHAR2(10))", "CREATE TABLE SEED (X NUMBER)", "INSERT INTO SEED VALUES (1)")
	p.move("seed", "SEED") // makes the ledger
	plan := p.plan("T")
	plan.Rows = 2
	const shape = "CREATE TABLE T (X NUMBER(10), Y VARCHAR2(10))"
	rows := func(n int) string {
		return fmt.Sprintf("INSERT INTO T SELECT LEVEL, 'x' FROM DUAL CONNECT BY LEVEL <= %d", n)
	}
	states := map[string]struct {
		setup  []string
		ledger int // rows that this migration has committed, -1 for no chunk
		has    string
	}{
		"absent":          {nil, -1, ""},
		"empty":           {[]string{shape}, -1, "0"},
		"rows":            {[]string{shape, rows(3)}, -1, "3"},
		"ours":            {[]string{shape, rows(2)}, 2, "2"},
		"an empty chunk":  {[]string{shape}, 0, "0"},
		"ours and others": {[]string{shape, rows(3)}, 2, "3"},
		"others too":      {[]string{shape, rows(3)}, 0, "3"}, // came after a chunk without rows
		"ours are gone":   {[]string{shape, rows(1)}, 2, "1"},
		"narrow":          {[]string{"CREATE TABLE T (X NUMBER(10), Y VARCHAR2(5))"}, -1, "0"},
	}
	for state, want := range map[string]map[pb.DdlMode][4]string{ // in the order of modes
		"absent":          {create: {"created", "created", "created", "created"}, require: {"TABLE_NOT_FOUND", "TABLE_NOT_FOUND", "TABLE_NOT_FOUND", "TABLE_NOT_FOUND"}},
		"empty":           {create: {"fine", "fine", "fine", "created"}, require: {"fine", "fine", "fine", "REQUEST_INVALID"}},
		"rows":            {create: {"TARGET_NOT_EMPTY", "kept 3", "removed 3", "replaced 3"}, require: {"TARGET_NOT_EMPTY", "kept 3", "removed 3", "REQUEST_INVALID"}},
		"ours":            {create: {"fine", "fine", "fine", "fine"}, require: {"fine", "fine", "fine", "fine"}},
		"an empty chunk":  {create: {"fine", "fine", "fine", "fine"}, require: {"fine", "fine", "fine", "fine"}},
		"ours and others": {create: {"TARGET_NOT_EMPTY", "kept 1", "TARGET_NOT_EMPTY", "TARGET_NOT_EMPTY"}, require: {"TARGET_NOT_EMPTY", "kept 1", "TARGET_NOT_EMPTY", "TARGET_NOT_EMPTY"}},
		"others too":      {create: {"TARGET_NOT_EMPTY", "kept 3", "TARGET_NOT_EMPTY", "TARGET_NOT_EMPTY"}, require: {"TARGET_NOT_EMPTY", "kept 3", "TARGET_NOT_EMPTY", "TARGET_NOT_EMPTY"}},
		"ours are gone":   {create: {"TARGET_DIFFERS", "TARGET_DIFFERS", "TARGET_DIFFERS", "TARGET_DIFFERS"}, require: {"TARGET_DIFFERS", "TARGET_DIFFERS", "TARGET_DIFFERS", "TARGET_DIFFERS"}},
		"narrow":          {create: {"TARGET_DIFFERS", "TARGET_DIFFERS", "TARGET_DIFFERS", "created"}, require: {"TARGET_DIFFERS", "TARGET_DIFFERS", "TARGET_DIFFERS", "REQUEST_INVALID"}, none: {"fine", "fine", "fine", "REQUEST_INVALID"}},
	} {
		if want[none] == ([4]string{}) {
			want[none] = want[require]
		}
		s := states[state]
		for ddl, outcomes := range want {
			for i, mode := range []pb.IfExists{failing, appending, truncating, replacing} {
				label := fmt.Sprintf("%s, %s, %s", state, ddl, mode)
				p.exec(sim.Phoenix, s.setup...)
				if s.ledger >= 0 {
					p.ledger("m1", s.ledger)
				}
				call := func(validate bool) string {
					return outcomeOf(p.target.PrepareTable(t.Context(), &pb.PrepareTableRequest{MigrationId: "m1", Plan: with(plan, ddl, mode), ValidateOnly: validate}))
				}
				if got := call(true); got != outcomes[i] {
					t.Errorf("%s: would be %s, want %s", label, got, outcomes[i])
				}
				if s.has != "" && p.count("T") != s.has {
					t.Errorf("%s: validation changed rows", label)
				}
				if got := call(false); got != outcomes[i] {
					t.Errorf("%s: %s, want %s", label, got, outcomes[i])
				}
				left, _ := strings.CutPrefix(outcomes[i], "kept ")
				switch {
				case strings.HasPrefix(outcomes[i], "removed"), strings.HasPrefix(outcomes[i], "replaced"), outcomes[i] == "created":
					if p.count("T") != "0" {
						t.Errorf("%s: rows are left", label)
					}
				case s.has != "" && p.count("T") != s.has:
					t.Errorf("%s: rows are gone, %s left", label, left)
				}
				p.ledger("again", 0)
				if got := call(false); !slices.Contains([]string{outcomes[i], "fine", "created"}, got) {
					t.Errorf("%s: the second time it is %s", label, got)
				}
				if err := p.sim.Region(sim.Phoenix).Exec(t.Context(), "DROP TABLE T"); err != nil && !strings.HasSuffix(outcomes[i], "NOT_FOUND") {
					t.Errorf("%s: %v", label, err)
				}
				p.exec(sim.Phoenix, `DELETE FROM "ADBFERRY$LEDGER"`)
			}
		}
	}
}

func TestRowsAreRemovedBeforeTheLoadAndNeverAfter(t *testing.T) {
	for mode, want := range map[pb.IfExists]string{truncating: "removed 2", replacing: "replaced 2"} {
		p := newPair(t, sim.Config{})
		p.exec(sim.SanJose, "CREATE TABLE T (X NUMBER)", "INSERT INTO T VALUES (1)")
		p.exec(sim.Phoenix, "CREATE TABLE T (X NUMBER)", "INSERT INTO T VALUES (8)", "INSERT INTO T VALUES (9)")
		plan := with(p.plan("T"), create, mode)
		prepare := func() string {
			return outcomeOf(p.target.PrepareTable(t.Context(), &pb.PrepareTableRequest{MigrationId: "m1", Plan: plan}))
		}
		if got := prepare(); got != want {
			t.Errorf("%s: %s", mode, got)
		}
		p.carryChunk("m1", plan, plan.GetChunks()[0])
		if got := prepare(); got != "fine" {
			t.Errorf("%s: after the load: %s", mode, got)
		}
		if diff := gocmp.Diff([][]string{{"1"}}, p.rows(sim.Phoenix, "SELECT X FROM T")); diff != "" {
			t.Errorf("%s: %s", mode, diff)
		}
	}
}

func TestAppendedRowsJoinThoseThatAreThere(t *testing.T) {
	p := newPair(t, sim.Config{})
	p.exec(sim.SanJose, "CREATE TABLE T (X NUMBER GENERATED ALWAYS AS IDENTITY (START WITH 50), Y NUMBER)", "INSERT INTO T (Y) VALUES (1)")
	p.exec(sim.Phoenix, "CREATE TABLE T (X NUMBER GENERATED ALWAYS AS IDENTITY (START WITH 400), Y NUMBER)", "INSERT INTO T (Y) VALUES (8)")
	plan := with(p.plan("T"), require, appending)
	if failures := p.carry("m1", plan); len(failures) > 0 {
		t.Errorf("%v", failures)
	}
	p.exec(sim.Phoenix, "INSERT INTO T (Y) VALUES (9)")
	rows := p.rows(sim.Phoenix, "SELECT X, Y FROM T ORDER BY X")
	if rows[0][0] != "50" || rows[1][0] != "400" || len(rows) != 3 || rows[2][0] <= "400" {
		t.Errorf("got %v", rows)
	}
	err := p.sim.Region(sim.Phoenix).Exec(t.Context(), "INSERT INTO T (X, Y) VALUES (1, 1)")
	if err == nil {
		t.Error("the identity column is no longer ALWAYS")
	}
	_, err = p.target.EmptyTable(t.Context(), &pb.EmptyTableRequest{MigrationId: "m1", Plan: plan})
	wantReason(t, err, pb.Reason_REASON_TARGET_NOT_EMPTY)
	if got := p.count("T"); got != "3" {
		t.Errorf("%s rows are left", got)
	}
}

// Only a table that has nobody else's rows may be dropped or truncated as a whole.
func TestWhatToDoAboutLostRowsDependsOnWhoseTheOthersAre(t *testing.T) {
	for label, tt := range map[string]struct {
		mode pb.IfExists
		want string
	}{
		"ours alone": {failing, "truncate or drop the table"},
		"shared":     {appending, "remove the rows that this migration added"},
	} {
		t.Run(label, func(t *testing.T) {
			p := newPair(t, sim.Config{})
			p.exec(sim.SanJose, "CREATE TABLE T (X NUMBER)", "INSERT INTO T VALUES (1)", "INSERT INTO T VALUES (2)")
			p.exec(sim.Phoenix, "CREATE TABLE T (X NUMBER)")
			plan := with(p.plan("T"), require, tt.mode)
			if failures := p.carry("m1", plan); len(failures) > 0 {
				t.Errorf("%v", failures)
			}
			p.exec(sim.Phoenix, "DELETE FROM T WHERE X = 1")
			_, err := p.target.PrepareTable(t.Context(), &pb.PrepareTableRequest{MigrationId: "m1", Plan: plan})
			wantReason(t, err, pb.Reason_REASON_TARGET_DIFFERS)
			if hint := apierr.FailureOf(err).GetHint(); !strings.Contains(hint, tt.want) {
				t.Errorf("hint %q", hint)
			}
		})
	}
}

func TestAReplacedTableSaysWhatGoesWithIt(t *testing.T) {
	p := newPair(t, sim.Config{})
	p.exec(sim.SanJose, "CREATE TABLE T (X NUMBER PRIMARY KEY)")
	p.exec(sim.Phoenix, "CREATE TABLE T (X NUMBER PRIMARY KEY, OLD NUMBER)", "CREATE TABLE CHILD (X NUMBER CONSTRAINT CHILD_FK REFERENCES T (X))")
	p.sim.Region(sim.Phoenix).CreateUser("READER", "Reader-Password-1")
	p.exec(sim.Phoenix, "GRANT SELECT ON T TO READER")
	resp, err := p.target.PrepareTable(t.Context(), &pb.PrepareTableRequest{MigrationId: "m1", Plan: with(p.plan("T"), create, replacing), ValidateOnly: true})
	want := []string{"the replaced table takes with it: grant of SELECT to READER", "the replaced table takes with it: foreign key CHILD_FK of table ADMIN.CHILD"}
	if diff := gocmp.Diff(want, resp.GetWarnings()); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	if _, err := p.target.PrepareTable(t.Context(), &pb.PrepareTableRequest{MigrationId: "m1", Plan: with(p.plan("T"), create, replacing)}); err != nil {
		t.Fatal(err)
	}
	if got := p.rows(sim.Phoenix, "SELECT COUNT(*) FROM ALL_CONSTRAINTS WHERE CONSTRAINT_NAME = 'CHILD_FK'")[0][0]; got != "0" {
		t.Error("the foreign key is still there")
	}
}

func TestEmptiedTablesCanBeMovedAgain(t *testing.T) {
	p := newPair(t, sim.Config{})
	p.exec(sim.SanJose, "CREATE TABLE T (X NUMBER GENERATED ALWAYS AS IDENTITY PRIMARY KEY, Y NUMBER)", "INSERT INTO T (Y) VALUES (1)", "INSERT INTO T (Y) VALUES (2)")
	plan := p.plan("T")
	empty := func(migration string) (int64, error) {
		resp, err := p.target.EmptyTable(t.Context(), &pb.EmptyTableRequest{MigrationId: migration, Plan: plan})
		return resp.GetRowsRemoved(), err
	}
	wantRemoved := func(want int64) {
		t.Helper()
		if got, err := empty("m1"); err != nil || got != want {
			t.Errorf("%d rows removed, want %d, %v", got, want, err)
		}
	}
	wantRemoved(0) // no table
	p.carry("m1", plan)
	_, err := empty("other")
	wantReason(t, err, pb.Reason_REASON_TARGET_NOT_EMPTY)
	wantRemoved(2)
	wantRemoved(0)
	plan.Chunks[0].ChunkId = "ADMIN.T/000002" // as when it is planned again
	if failures := p.carry("m1", plan); len(failures) > 0 {
		t.Errorf("%v", failures)
	}
	p.wantAlike(plan)
	late := proto.CloneOf(plan) // a call that was on its way for long finds that the migration has gone on
	late.Chunks[0].ChunkId = "ADMIN.T/000001"
	_, err = p.target.EmptyTable(t.Context(), &pb.EmptyTableRequest{MigrationId: "m1", Plan: late})
	wantReason(t, err, pb.Reason_REASON_TARGET_NOT_EMPTY)
	p.wantAlike(plan)
	p.exec(sim.Phoenix, "ALTER TABLE T MODIFY (X GENERATED BY DEFAULT AS IDENTITY)", "INSERT INTO T VALUES (99, 99)")
	_, err = empty("m1")
	wantReason(t, err, pb.Reason_REASON_TARGET_NOT_EMPTY)
	p.exec(sim.Phoenix, "DELETE FROM T WHERE X > 1")
	_, err = empty("m1")
	wantReason(t, err, pb.Reason_REASON_TARGET_DIFFERS)
	p.exec(sim.Phoenix, "TRUNCATE TABLE T")
	wantRemoved(0) // a call that broke off after TRUNCATE
	plan.Chunks[0].ChunkId = "ADMIN.T/000003"
	p.carry("m1", plan)
	if got := p.count("T"); got != "2" {
		t.Errorf("%s rows", got)
	}
}

// Where nothing of the definition may be changed, ALWAYS cannot be lifted for
// the load, and nothing would put it back.
func TestATableThatIsLeftAsItIsKeepsItsIdentity(t *testing.T) {
	p := newPair(t, sim.Config{})
	p.exec(sim.SanJose, "CREATE TABLE T (X NUMBER, Y NUMBER)", "INSERT INTO T VALUES (1, 1)")
	p.exec(sim.Phoenix, "CREATE TABLE T (X NUMBER GENERATED ALWAYS AS IDENTITY, Y NUMBER)")
	plan := with(p.plan("T"), none, pb.IfExists_IF_EXISTS_FAIL)
	_, err := p.target.PrepareTable(t.Context(), &pb.PrepareTableRequest{MigrationId: "m1", Plan: plan})
	wantReason(t, err, pb.Reason_REASON_TARGET_DIFFERS)
	if !strings.Contains(apierr.FailureOf(err).GetText(), "GENERATED ALWAYS") {
		t.Errorf("got %v", err)
	}
	if p.sim.Region(sim.Phoenix).Exec(t.Context(), "INSERT INTO T (X, Y) VALUES (1, 1)") == nil {
		t.Error("the identity column is no longer ALWAYS")
	}
}
