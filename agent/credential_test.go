package agent_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

const (
	account   = "mover@example.com"
	authToken = "an auth token nobody may see"
)

// withCredential gives the source's agent a credential and starts it again.
func (p *pair) withCredential(token string) {
	p.t.Helper()
	p.sim.Storage().AddAccount(account, authToken)
	p.exec(sim.SanJose, "BEGIN DBMS_CLOUD.CREATE_CREDENTIAL(credential_name => 'STORE', username => '"+account+"', password => '"+token+"'); END;")
	p.restartWithCredential("STORE")
}

func (p *pair) restartWithCredential(name string) {
	p.t.Helper()
	file := filepath.Join(p.dir, sim.SanJose, "agent.yaml")
	text, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, append(text, "credential: "+name+"\n"...), 0o600)
	}
	if err != nil {
		p.t.Fatal(err)
	}
	p.stop(sim.SanJose)
	p.source = p.start(sim.SanJose)
}

func (p *pair) discard(id string) *pb.DiscardResponse {
	p.t.Helper()
	resp, err := p.source.Discard(p.t.Context(), &pb.DiscardRequest{MigrationId: id, ParUrl: p.par})
	if err != nil {
		p.t.Fatal(err)
	}
	return resp
}

func TestACredentialDeletesExactlyTheMigrationsObjects(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 500})
	p.withCredential(authToken)
	_, m := p.move("m1", demo)
	p.check("m1")
	for _, name := range []string{"m1/notes.txt", "m10/probe"} {
		if err := p.sim.Storage().Write(name, []byte("not ours")); err != nil {
			t.Fatal(err)
		}
	}
	resp := p.discard("m1")
	if len(resp.GetRemoved()) != 1 || resp.GetRemoved()[0].GetCount() != int64(len(m.GetObjects()))+2 {
		t.Errorf("removed %v, want %d objects, the one beside their folder and the probe", resp.GetRemoved(), len(m.GetObjects()))
	}
	if left := resp.GetLeftovers(); len(left) != 1 || left[0].GetCount() != 1 || !strings.Contains(left[0].GetHint(), "not the migration's") {
		t.Errorf("left %v", left)
	}
	if len(p.sim.Storage().Objects("m1/")) != 1 || len(p.sim.Storage().Objects("m10/")) != 1 {
		t.Errorf("the bucket has %v", p.sim.Storage().Objects("m1"))
	}
	if again := p.discard("m1"); len(again.GetRemoved()) != 0 || len(again.GetLeftovers()) != 1 {
		t.Errorf("the second time: %v", again)
	}
	p.checkAccount()
}

func TestACredentialThatDoesNotDeleteIsNamedBesideTheCommand(t *testing.T) {
	for what, prepare := range map[string]func(*pair){
		"there is none":        func(p *pair) { p.restartWithCredential("NOWHERE") },
		"its token is another": func(p *pair) { p.withCredential("wrong") },
	} {
		t.Run(what, func(t *testing.T) {
			p := newPair(t, sim.Config{DemoRows: 5})
			prepare(p)
			p.check("m1")
			resp := p.discard("m1")
			if len(resp.GetRemoved()) != 0 || len(resp.GetLeftovers()) != 1 {
				t.Fatalf("got %v", resp)
			}
			hint := resp.GetLeftovers()[0].GetHint()
			if !strings.Contains(hint, "delete with credential") || !strings.Contains(hint, "oci os object bulk-delete") {
				t.Errorf("hint %q", hint)
			}
			p.checkAccount()
		})
	}
}

func TestDiscardTellsWhatItRemovedFromTheDatabase(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 5})
	p.move("m1", demo)
	if _, err := p.target.CreateProbe(t.Context(), &pb.CreateProbeRequest{MigrationId: "m1", LobBytes: []int64{10}}); err != nil {
		t.Fatal(err)
	}
	resp, err := p.target.Discard(t.Context(), &pb.DiscardRequest{MigrationId: "m1"})
	if err != nil {
		t.Fatal(err)
	}
	removed := map[string]int64{}
	for _, r := range resp.GetRemoved() {
		removed[r.GetKind()] = r.GetCount()
	}
	if removed["ledger entries"] != 1 || removed["probe tables"] != 2 {
		t.Errorf("removed %v", removed)
	}
	if rows := p.rows(sim.Phoenix, "SELECT TABLE_NAME FROM USER_TABLES WHERE SUBSTR(TABLE_NAME, 1, 9) = 'ADBFERRY$' AND TABLE_NAME <> 'ADBFERRY$LEDGER'"); len(rows) != 0 {
		t.Errorf("the target still has %v", rows)
	}
	again, err := p.target.Discard(t.Context(), &pb.DiscardRequest{MigrationId: "m1"})
	if err != nil || len(again.GetRemoved()) != 0 {
		t.Errorf("the second time: %v, %v", again, err)
	}
}

// check proves the PAR, which leaves an object behind.
func (p *pair) check(id string) {
	p.t.Helper()
	if _, err := p.source.CheckStorage(p.t.Context(), &pb.CheckStorageRequest{MigrationId: id, ParUrl: p.par}); err != nil {
		p.t.Fatal(err)
	}
}

// checkAccount looks for the credential's secret in the agents' log.
func (p *pair) checkAccount() {
	p.t.Helper()
	if strings.Contains(p.log.String(), authToken) {
		p.t.Error("the log shows the auth token")
	}
}
