// Package example lets PARs end at every point of a migration between two
// simulated regions, replaces them, and counts what was done twice.
package example

import (
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/adbferry/adbferry/examples/internal/desk"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

// A crossing is one migration of a table in several chunks.
type crossing struct {
	*desk.Desk
	t *testing.T
}

func newCrossing(t *testing.T, prepare ...func(*sim.Simulation, string)) *crossing {
	t.Helper()
	c := &crossing{desk.Start(t, sim.Config{}, prepare...), t}
	c.Exec(sim.SanJose, "CREATE TABLE T (id NUMBER PRIMARY KEY, name VARCHAR2(200))",
		"INSERT INTO T SELECT LEVEL, RPAD('name ' || LEVEL, 200, 'x') FROM DUAL CONNECT BY LEVEL <= 4000")
	return c
}

func (c *crossing) check(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// begin plans the migration and starts it.
func (c *crossing) begin(id string) {
	c.t.Helper()
	spec := &pb.MigrationSpec{
		Source: sim.SanJose, Target: sim.Phoenix, SourceLanes: 1, TargetLanes: 1, Options: &pb.TableOptions{ChunkBytes: 300_000},
		Tables: []*pb.TableSelection{{Source: &pb.TableName{Schema: "ADMIN", Name: "T"}}},
	}
	_, err := c.Client.CreateMigration(c.t.Context(), &pb.CreateMigrationRequest{MigrationId: id, Spec: spec, ParUrl: c.PAR})
	c.check(err)
	_, err = c.Client.StartMigration(c.t.Context(), &pb.StartMigrationRequest{MigrationId: id, ParUrl: c.PAR})
	c.check(err)
}

// end waits until the migration runs no further.
func (c *crossing) end(id string) *pb.MigrationStatus {
	c.t.Helper()
	stream, err := c.Client.WatchMigration(c.t.Context(), &pb.WatchMigrationRequest{MigrationId: id})
	c.check(err)
	for err == nil {
		_, err = stream.Recv()
	}
	if !errors.Is(err, io.EOF) {
		c.check(err)
	}
	resp, err := c.Client.GetMigration(c.t.Context(), &pb.GetMigrationRequest{MigrationId: id})
	c.check(err)
	return resp.GetMigration()
}

// another makes a good PAR and gives it to the migration.
func (c *crossing) another(id string) *pb.ReplaceParResponse {
	c.t.Helper()
	url, err := c.Sim.Storage().NewPAR(sim.PAR{Access: sim.AnyObjectReadWrite, List: true})
	c.check(err)
	c.PAR = url
	resp, err := c.Client.ReplacePar(c.t.Context(), &pb.ReplaceParRequest{MigrationId: id, ParUrl: url})
	c.check(err)
	return resp
}

// expireAt lets the PAR end when a request comes for the n-th time, before it is
// answered.
func (c *crossing) expireAt(request string, n int64, end func(string) bool) *atomic.Bool {
	pattern, par, seen, struck := regexp.MustCompile(request), c.PAR, new(atomic.Int64), new(atomic.Bool)
	c.Sim.Storage().Intercept(func(_ http.ResponseWriter, r *http.Request) sim.StorageVerdict {
		if pattern.MatchString(r.Method+" "+r.URL.Path) && seen.Add(1) == n {
			struck.Store(end(par))
		}
		return sim.StoragePass
	})
	return struck
}

// exports counts the calls that wrote objects of a chunk.
func exports(m *pb.MigrationStatus) (attempts, done int) {
	for _, chunk := range m.GetTables()[0].GetChunks() {
		attempts += int(chunk.GetExportAttempt())
		if chunk.GetReached() >= pb.ChunkState_CHUNK_STATE_EXPORTED {
			done++
		}
	}
	return attempts, done
}

// arrived checks that every row is on the target exactly once.
func (c *crossing) arrived(m *pb.MigrationStatus) {
	c.t.Helper()
	if m.GetState() != pb.MigrationState_MIGRATION_STATE_VERIFIED || m.GetReceipt().GetVerdict() != pb.Verdict_VERDICT_VERIFIED {
		c.t.Fatalf("migration is %s: %v", m.GetState(), m.GetFailure())
	}
	if got := c.Rows(sim.Phoenix, "SELECT COUNT(*), COUNT(DISTINCT id) FROM T"); got[0][0] != "4000" || got[0][1] != "4000" {
		c.t.Errorf("the target has %v rows", got)
	}
}

func TestAPARMayEndAnywhere(t *testing.T) {
	expire := func(s *sim.Storage) func(string) bool { return s.Expire }
	revoke := func(s *sim.Storage) func(string) bool { return s.Revoke }
	for _, tt := range []struct {
		name, request string
		nth           int64
		end           func(*sim.Storage) func(string) bool
	}{
		{"in the middle of an export", `^PUT .*/m1/ADMIN/T/000002/`, 1, expire},
		{"when the export is listed", `^GET .*/o/$`, 12, expire},
		{"between two chunks", `^PUT .*/m1/ADMIN/T/000003/`, 1, revoke},
		{"in the middle of an import", `^GET .*/m1/ADMIN/T/000001/.*csv$`, 1, expire},
		{"in the middle of the last import", `^GET .*/m1/ADMIN/T/00000[3-9]/.*csv$`, 1, revoke},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCrossing(t)
			struck := c.expireAt(tt.request, tt.nth, tt.end(c.Sim.Storage()))
			c.begin("m1")
			m := c.end("m1")
			if !struck.Load() {
				t.Fatal("the PAR did not end")
			}
			if m.GetState() != pb.MigrationState_MIGRATION_STATE_PAUSED || !strings.Contains(m.GetFailure().GetHint(), "adbferry par replace m1") {
				t.Fatalf("migration is %s: %v", m.GetState(), m.GetFailure())
			}
			attempts, done := exports(m)
			if resp := c.another("m1"); !resp.GetStarted() {
				t.Error("a paused migration was not started")
			}
			m = c.end("m1")
			c.arrived(m)
			if after, all := exports(m); after-attempts != all-done {
				t.Errorf("%d of %d chunks were exported before, and %d exports came after", done, all, after-attempts)
			}
			c.silent()
		})
	}
}

// A migration whose PAR was replaced in time notices nothing of its end.
func TestAPARThatIsReplacedInTimeIsNotMissed(t *testing.T) {
	c := newCrossing(t)
	old, reached := c.PAR, make(chan struct{})
	released, once := make(chan struct{}), new(atomic.Bool)
	c.Sim.Storage().Intercept(func(_ http.ResponseWriter, r *http.Request) sim.StorageVerdict {
		if strings.Contains(r.URL.Path, "/m1/ADMIN/T/000002/") && once.CompareAndSwap(false, true) {
			close(reached)
			<-released
		}
		return sim.StoragePass
	})
	c.begin("m1")
	<-reached
	time.AfterFunc(100*time.Millisecond, func() { close(released) }) // the new PAR is proven through the same store
	if c.another("m1").GetStarted() {
		t.Error("a running migration was started again")
	}
	c.Sim.Storage().Expire(old)
	c.arrived(c.end("m1"))
}

func TestAPARThatWillNotDoChangesNothing(t *testing.T) {
	c := newCrossing(t)
	// An import reads: its chunk is sealed, and binds the migration to its bucket.
	struck := c.expireAt(`^GET .*/m1/ADMIN/T/000002/.*csv$`, 1, c.Sim.Storage().Expire)
	c.begin("m1")
	before := c.end("m1")
	if !struck.Load() || before.GetState() != pb.MigrationState_MIGRATION_STATE_PAUSED {
		t.Fatalf("migration is %s", before.GetState())
	}
	good, err := c.Sim.Storage().NewPAR(sim.PAR{Access: sim.AnyObjectReadWrite, List: true})
	c.check(err)
	writeOnly, err := c.Sim.Storage().NewPAR(sim.PAR{Access: sim.AnyObjectWrite})
	c.check(err)
	noList, err := c.Sim.Storage().NewPAR(sim.PAR{Access: sim.AnyObjectReadWrite})
	c.check(err)
	for _, tt := range []struct {
		name, par string
		want      pb.Reason
	}{
		{"expired", c.PAR, pb.Reason_REASON_PAR_EXPIRED},
		{"another bucket", strings.Replace(good, "/b/ferry/", "/b/other/", 1), pb.Reason_REASON_PAR_ELSEWHERE},
		{"another prefix", good + "elsewhere/", pb.Reason_REASON_PAR_ELSEWHERE},
		{"write-only", writeOnly, pb.Reason_REASON_PAR_CANNOT_LIST},
		{"no list", noList, pb.Reason_REASON_PAR_CANNOT_LIST},
		{"no PAR", "https://example.com/", pb.Reason_REASON_PAR_MALFORMED},
	} {
		_, err := c.Client.ReplacePar(t.Context(), &pb.ReplaceParRequest{MigrationId: "m1", ParUrl: tt.par})
		if apierr.ReasonOf(err) != tt.want {
			t.Errorf("%s: got %v", tt.name, err)
		}
	}
	resp, err := c.Client.GetMigration(t.Context(), &pb.GetMigrationRequest{MigrationId: "m1"})
	c.check(err)
	if resp.GetMigration().GetLastSequence() != before.GetLastSequence() {
		t.Error("the journal grew")
	}
	c.another("m1")
	c.arrived(c.end("m1"))
}

// With a credential nothing is left of a verified migration but the ledger, which is
// for all of them; the objects of a
// paused one stay until it is given up.
func TestACredentialLeavesNothingBehind(t *testing.T) {
	c := newCrossing(t, credential(t))
	c.begin("m1")
	m := c.end("m1")
	c.arrived(m)
	if left := m.GetReceipt().GetLeftovers(); len(left) != 0 || len(c.Sim.Storage().Objects("m1/")) != 0 {
		t.Errorf("left over %v, in the bucket %v", left, c.Sim.Storage().Objects("m1/"))
	}

	c.Exec(sim.Phoenix, "DROP TABLE T PURGE")
	struck := c.expireAt(`^GET .*/m2/ADMIN/T/000002/.*csv$`, 1, c.Sim.Storage().Expire)
	c.begin("m2")
	if m = c.end("m2"); !struck.Load() || m.GetState() != pb.MigrationState_MIGRATION_STATE_PAUSED || len(c.Sim.Storage().Objects("m2/")) == 0 {
		t.Fatalf("migration is %s", m.GetState())
	}
	url, err := c.Sim.Storage().NewPAR(sim.PAR{Access: sim.AnyObjectReadWrite, List: true})
	c.check(err)
	resp, err := c.Client.CleanUp(t.Context(), &pb.CleanUpRequest{MigrationId: "m2", ParUrl: url, GiveUp: true})
	c.check(err)
	if len(resp.GetLeftovers()) != 0 || len(resp.GetRemoved()) == 0 || len(c.Sim.Storage().Objects("m2/")) != 0 {
		t.Errorf("cleaned up %v", resp)
	}
	for _, region := range []string{sim.SanJose, sim.Phoenix} {
		if got := c.Rows(region, "SELECT TABLE_NAME FROM USER_TABLES WHERE SUBSTR(TABLE_NAME, 1, 8) = 'ADBFERRY' AND TABLE_NAME <> 'ADBFERRY$LEDGER'"); len(got) != 0 {
			t.Errorf("%s still has %v", region, got)
		}
	}
	c.silent()
}

// credential gives the source's agent one.
func credential(t *testing.T) func(*sim.Simulation, string) {
	return func(s *sim.Simulation, dir string) {
		s.Storage().AddAccount("mover@example.com", "a token")
		err := s.Region(sim.SanJose).Exec(t.Context(),
			"BEGIN DBMS_CLOUD.CREATE_CREDENTIAL(credential_name => 'STORE', username => 'mover@example.com', password => 'a token'); END;")
		file := filepath.Join(dir, sim.SanJose, "agent.yaml")
		text, readErr := os.ReadFile(file)
		if err = errors.Join(err, readErr); err == nil {
			err = os.WriteFile(file, append(text, "credential: STORE\n"...), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// silent looks for PARs in the journals.
func (c *crossing) silent() {
	c.t.Helper()
	files, err := filepath.Glob(filepath.Join(c.Dir, "journal", "*"))
	c.check(err)
	token := regexp.MustCompile(`/p/([^/]+)/`).FindStringSubmatch(c.PAR)[1]
	if len(files) == 0 {
		c.t.Error("there are no journals")
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		c.check(err)
		if strings.Contains(string(text), token) || regexp.MustCompile(`/p/[^/R]`).Match(text) {
			c.t.Errorf("%s has a PAR", f)
		}
	}
}
