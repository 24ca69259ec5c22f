package agent_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

func TestAProbeHasEveryTypeAndGoesWithoutATrace(t *testing.T) {
	p := newPair(t, sim.Config{})
	before := p.rows(sim.SanJose, "SELECT TABLE_NAME FROM USER_TABLES ORDER BY 1")
	for range 2 { // twice is the same tables
		resp, err := p.source.CreateProbe(t.Context(), &pb.CreateProbeRequest{MigrationId: "doc", LobBytes: []int64{100, 40_000}, MaxStringBytes: 32767})
		if err != nil {
			t.Fatal(err)
		}
		if len(resp.GetTables()) != 4 {
			t.Fatalf("%d tables", len(resp.GetTables()))
		}
		checkProbe(t, p, resp.GetTables())
	}
	for _, want := range []int{4, 0} {
		resp, err := p.source.DropProbe(t.Context(), &pb.DropProbeRequest{MigrationId: "doc"})
		if err != nil || len(resp.GetDropped()) != want {
			t.Errorf("dropped %v, want %d: %v", resp.GetDropped(), want, err)
		}
	}
	if after := p.rows(sim.SanJose, "SELECT TABLE_NAME FROM USER_TABLES ORDER BY 1"); len(after) != len(before) {
		t.Errorf("left behind: %v", after)
	}
}

func checkProbe(t *testing.T, p *pair, tables []*pb.Table) {
	t.Helper()
	types := tables[0].GetName().GetName()
	if n := p.rows(sim.SanJose, `SELECT COUNT(*) FROM "`+types+`"`)[0][0]; n != "4" {
		t.Errorf("%s rows", n)
	}
	long := tables[3].GetName().GetName()
	if n := p.rows(sim.SanJose, `SELECT LENGTHB(T_VARCHAR2_32767) FROM "`+long+`" WHERE ID = 3`)[0][0]; n != "32767" {
		t.Errorf("the longest text has %s bytes", n)
	}
	for _, c := range tables[0].GetColumns() {
		row := p.rows(sim.SanJose, `SELECT COUNT("`+c.GetName()+`"), COUNT(*) FROM "`+types+`"`)
		if row[0][0] == "0" && c.GetDataType() != "LONG" { // which nothing carries
			t.Errorf("column %s has no value", c.GetName())
		}
	}
	large := tables[2].GetName().GetName()
	got := p.rows(sim.SanJose, `SELECT DBMS_LOB.GETLENGTH(T_CLOB), DBMS_LOB.GETLENGTH(T_BLOB), DBMS_LOB.INSTR(T_CLOB, ',"'), DBMS_LOB.INSTR(T_CLOB, CHR(10)),
		INSTR(RAWTOHEX(DBMS_LOB.SUBSTR(T_BLOB, 1000, 1)), '00', 3) FROM "`+large+`"`)
	if got[0][0] != "40000" || got[0][1] != "40000" {
		t.Errorf("large objects of %v", got)
	}
	if got[0][2] == "0" || got[0][3] == "0" || got[0][4] == "0" {
		t.Errorf("a delimiter, a newline or a zero byte is missing: %v", got)
	}
	for _, s := range p.sim.Region(sim.SanJose).Statements() {
		if len(s) > 20_000 {
			t.Errorf("a statement of %d bytes", len(s))
		}
	}
}

func TestBehaviourIsWhatTheKnobsSay(t *testing.T) {
	tests := map[string]struct {
		knobs sim.Knobs
		want  map[string]string
	}{
		"defaults": {want: map[string]string{
			"snapshot-export": "yes", "zero-row-export": "no object", "copy-commit": "commits both", "copy-atomicity": "yes",
			"undo-retention": "900 s", "max-string-size": "32767 bytes",
		}},
		"the other way": {
			knobs: sim.Knobs{
				Cloud:         sim.CloudKnobs{ZeroRows: sim.ZeroEmpty, KeepCallerTransaction: true, LeaveUncommitted: true},
				MaxStringSize: sim.Standard,
			},
			want: map[string]string{
				"zero-row-export": "1 object", "copy-commit": "commits nothing", "max-string-size": "4000 bytes",
			},
		},
		"loaded rows stay": {
			knobs: sim.Knobs{Cloud: sim.CloudKnobs{KeepCallerTransaction: true}},
			want:  map[string]string{"copy-commit": "commits both"},
		},
		"a failed load keeps rows": {
			knobs: sim.Knobs{Cloud: sim.CloudKnobs{PartialOnReject: true}},
			want:  map[string]string{"copy-atomicity": "no"},
		},
		"loaded rows go": {
			knobs: sim.Knobs{Cloud: sim.CloudKnobs{LeaveUncommitted: true}},
			want:  map[string]string{"copy-commit": "commits what was before"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := newPair(t, sim.Config{Knobs: tt.knobs})
			resp, err := p.target.ProbeBehaviour(t.Context(), &pb.ProbeBehaviourRequest{MigrationId: "doc", ParUrl: p.par})
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range resp.GetAnswers() {
				if a.GetText() == "" || a.GetAnswer() == "" {
					t.Errorf("unanswered: %v", a)
				}
				if want, ok := tt.want[a.GetQuestion()]; ok && a.GetAnswer() != want {
					t.Errorf("%s: %q, want %q (%s)", a.GetQuestion(), a.GetAnswer(), want, a.GetDetail())
				}
			}
			for _, leftover := range []string{
				"SELECT TABLE_NAME FROM USER_TABLES WHERE TABLE_NAME LIKE 'ADBFERRY$%' AND TABLE_NAME <> 'ADBFERRY$LEDGER'", "SELECT TYPE FROM USER_LOAD_OPERATIONS",
			} {
				if rows := p.rows(sim.Phoenix, leftover); len(rows) > 0 {
					t.Errorf("left behind: %v", rows)
				}
			}
		})
	}
}

func TestAPARThatHasExpiredAnswersNoQuestion(t *testing.T) {
	p := newPair(t, sim.Config{})
	if !p.sim.Storage().Expire(p.par) {
		t.Fatal("the PAR was not there")
	}
	resp, err := p.target.ProbeBehaviour(t.Context(), &pb.ProbeBehaviourRequest{MigrationId: "doc", ParUrl: p.par})
	if err != nil {
		t.Fatal(err)
	}
	through := []string{"snapshot-export", "zero-row-export", "copy-commit", "copy-atomicity"}
	for _, a := range resp.GetAnswers() {
		if slices.Contains(through, a.GetQuestion()) && (a.GetAnswer() != "" || a.GetDetail() == "") {
			t.Errorf("%s: %q (%s)", a.GetQuestion(), a.GetAnswer(), a.GetDetail())
		}
	}
}

func TestTheObjectsOfAnswersAreDeletedLikeAMigrations(t *testing.T) {
	p := newPair(t, sim.Config{})
	p.withCredential(authToken)
	if _, err := p.source.ProbeBehaviour(t.Context(), &pb.ProbeBehaviourRequest{MigrationId: "doc", ParUrl: p.par}); err != nil {
		t.Fatal(err)
	}
	if len(p.sim.Storage().Objects("doc/")) < 3 {
		t.Fatal("the questions wrote no objects")
	}
	resp := p.discard("doc")
	if left := p.sim.Storage().Objects("doc/"); len(left) > 0 || len(resp.GetLeftovers()) > 0 {
		t.Errorf("left in the bucket: %v, reported: %v", left, resp.GetLeftovers())
	}
}

func TestProbesAreRefusedWhatIsTooLarge(t *testing.T) {
	p := newPair(t, sim.Config{})
	for name, sizes := range map[string][]int64{"nothing": {0}, "huge": {1 << 40}, "many": make([]int64, 17)} {
		_, err := p.source.CreateProbe(t.Context(), &pb.CreateProbeRequest{MigrationId: "doc", LobBytes: sizes})
		if apierr.ReasonOf(err) != pb.Reason_REASON_REQUEST_INVALID || !strings.Contains(err.Error(), "lob_bytes") && apierr.FailureOf(err).GetFacts()["field"] != "lob_bytes" {
			t.Errorf("%s gave %v", name, err)
		}
	}
}
