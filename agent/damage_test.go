package agent_test

import (
	"crypto/md5"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

// forge writes an object as if an export of T had, and returns its manifest.
func (p *pair) forge(migration, text string, rows int64) *pb.Manifest {
	p.t.Helper()
	object := migration + "/ADMIN/T/000001/1/part_1_20251215T201636030898Z.csv"
	if err := p.sim.Storage().Write(object, []byte(text)); err != nil {
		p.t.Fatal(err)
	}
	sum := md5.Sum([]byte(text))
	return &pb.Manifest{Rows: rows, Objects: []*pb.Object{{Name: object, Bytes: int64(len(text)), Md5: base64.StdEncoding.EncodeToString(sum[:])}}}
}

func TestDamagedObjectsLoadNothing(t *testing.T) {
	p := newPair(t, sim.Config{})
	p.exec(sim.SanJose, "CREATE TABLE T (id NUMBER(10) PRIMARY KEY, v VARCHAR2(10))", "INSERT INTO T VALUES (1, 'x')", "INSERT INTO T VALUES (2, 'ü')")
	p.exec(sim.Phoenix, "CREATE TABLE T (id NUMBER(10) PRIMARY KEY, v VARCHAR2(10))")
	plan := p.plan("T")
	for label, tt := range map[string]struct {
		text string
		rows int64
		want pb.Reason
	}{
		"sound":                {"7,61,1\n8,62,1\n", 2, pb.Reason_REASON_UNSPECIFIED},
		"one row less":         {"7,61,1\n", 2, pb.Reason_REASON_ROWS_REJECTED},
		"one row more":         {"7,61,1\n8,62,1\n9,63,1\n", 2, pb.Reason_REASON_OBJECT_CHANGED},
		"cut in the last row":  {"7,61,1\n8,6", 2, pb.Reason_REASON_ROWS_REJECTED},
		"another marker":       {"7,61,1\n8,62,2\n", 2, pb.Reason_REASON_ROWS_REJECTED},
		"no hex":               {"7,61,1\n8,zz,1\n", 2, pb.Reason_REASON_ROWS_REJECTED},
		"no number":            {"7,61,1\nx,62,1\n", 2, pb.Reason_REASON_ROWS_REJECTED},
		"a text that is long":  {"7,61,1\n8," + strings.Repeat("61", 50) + ",1\n", 2, pb.Reason_REASON_ROWS_REJECTED},
		"a number that is big": {"7,61,1\n12345678901,62,1\n", 2, pb.Reason_REASON_ROWS_REJECTED},
		"a key twice":          {"7,61,1\n7,62,1\n", 2, pb.Reason_REASON_ROWS_REJECTED},
	} {
		t.Run(label, func(t *testing.T) {
			migration := strings.ReplaceAll(label, " ", "-")
			events, err := p.load(migration, plan, p.forge(migration, tt.text, tt.rows), 1)
			wantReason(t, err, tt.want)
			n, countErr := p.sim.Region(sim.Phoenix).Count(t.Context(), "T")
			if want := map[bool]int64{true: 2, false: 0}[tt.want == 0]; n != want || countErr != nil {
				t.Errorf("%d rows, want %d (%v)", n, want, countErr)
			}
			if tt.want == 0 && outcome(events).GetRowsImported() != 2 {
				t.Errorf("outcome %v", outcome(events))
			}
			if left := p.rows(sim.Phoenix, "SELECT table_name FROM user_tables WHERE table_name <> 'T' AND table_name <> 'ADBFERRY$LEDGER'"); len(left) != 0 {
				t.Errorf("tables are left: %v", left)
			}
			p.exec(sim.Phoenix, "DELETE FROM T")
		})
	}
}

// asUser makes a configuration of a region's agent for another user.
func (p *pair) asUser(region, user string, grants ...string) {
	p.t.Helper()
	const password = "Poor-Password-1"
	p.sim.Region(region).CreateUser(user, password)
	for _, g := range grants {
		p.exec(region, "GRANT "+g+" TO "+user)
	}
	dir := filepath.Join(p.dir, region)
	text, err := os.ReadFile(filepath.Join(dir, "agent.yaml"))
	if err != nil {
		p.t.Fatal(err)
	}
	changed := strings.Replace(string(text), "user: ADMIN", "user: "+user, 1)
	for name, data := range map[string]string{"agent.yaml": changed, "password": password} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o600); err != nil {
			p.t.Fatal(err)
		}
	}
}

func TestAUserWithTheListedPrivilegesCanMoveATable(t *testing.T) {
	p := newPair(t, sim.Config{})
	p.exec(sim.SanJose, "CREATE TABLE T (id NUMBER PRIMARY KEY, v VARCHAR2(10))", "INSERT INTO T VALUES (1, 'x')")
	p.asUser(sim.SanJose, "MOVER", "CREATE SESSION", "EXECUTE ON DBMS_CLOUD", "EXECUTE ON DBMS_FLASHBACK", "SELECT ON ADMIN.T", "FLASHBACK ON ADMIN.T")
	p.asUser(sim.Phoenix, "MOVER", "CREATE SESSION", "CREATE TABLE", "EXECUTE ON DBMS_CLOUD")
	p.source, p.target = p.start(sim.SanJose), p.start(sim.Phoenix)
	resp, err := p.source.DescribeDatabase(t.Context(), &pb.DescribeDatabaseRequest{})
	if err != nil {
		t.Fatal(err)
	}
	d := resp.GetDatabase()
	if d.GetCurrentScn() == 0 || d.GetMaxStringBytes() != 32767 || d.GetUser() != "MOVER" {
		t.Errorf("got %v", d)
	}
	planned, err := p.source.PlanTable(t.Context(), &pb.PlanTableRequest{
		Table: name("T"), Target: &pb.TableName{Schema: "MOVER", Name: "T"}, Scn: d.GetCurrentScn(), MaxStringBytes: 32767,
	})
	if err != nil {
		t.Fatal(err)
	}
	plan := planned.GetPlan()
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
	if _, err := p.target.FinishTable(t.Context(), &pb.FinishTableRequest{MigrationId: "m1", Plan: plan}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{{"1", "x"}}, p.rows(sim.Phoenix, "SELECT id, v FROM MOVER.T")); diff != "" {
		t.Error(diff)
	}
}

func TestMissingPrivilegesAreNamed(t *testing.T) {
	p := newPair(t, sim.Config{})
	p.exec(sim.SanJose, "CREATE TABLE T (id NUMBER)", "INSERT INTO T VALUES (1)")
	plan := p.plan("T")
	p.asUser(sim.SanJose, "POOR", "CREATE SESSION", "SELECT ON ADMIN.T", "FLASHBACK ON ADMIN.T")
	p.source = p.start(sim.SanJose)
	_, err := p.source.DescribeDatabase(t.Context(), &pb.DescribeDatabaseRequest{})
	wantReason(t, err, pb.Reason_REASON_PRIVILEGE_MISSING)
	_, err = p.export("m1", plan, 1)
	wantReason(t, err, pb.Reason_REASON_PRIVILEGE_MISSING)
	if hint := apierr.FailureOf(err).GetHint(); !strings.Contains(hint, "GRANT EXECUTE ON DBMS_CLOUD") {
		t.Errorf("hint %q", hint)
	}
}
