package chaos

import (
	"math/rand/v2"
	"strings"
	"time"

	"google.golang.org/protobuf/encoding/protojson"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

// victims are who can be killed; all means the three of them at once.
var victims = []string{"controller", "source agent", "target agent", "all"}

// calls are the database calls that can outlive their client.
var calls = []struct{ region, text string }{
	{sim.SanJose, "EXPORT_DATA"},
	{sim.Phoenix, "COPY_DATA"},
	{sim.Phoenix, "INSERT INTO"},
	{sim.Phoenix, "commit"},
	{sim.Phoenix, "CREATE TABLE"},
	{sim.Phoenix, "ALTER TABLE"},
}

// A scene is one migration and what happens to it.
type scene struct {
	*world
	random     *rand.Rand
	calm       time.Duration
	id, target string
	tally      tally
}

// play runs the migration with a number of kills, resumes it until it ends
// well, and counts the rows.
func (s *scene) play(kills int) {
	s.t.Helper()
	process := s.migrate(s.id, s.target)
	for range kills {
		process = s.strike(process)
	}
	for tries := 0; process.wait(s.t) != 0; tries++ {
		if tries == 5 {
			s.t.Fatalf("%s is not verified after %d resumes:\n%s", s.id, tries, process.output.String())
		}
		process = s.resume()
	}
	s.count()
	if err := s.sim.Region(sim.Phoenix).Exec(s.t.Context(), "DROP TABLE ADMIN."+s.target+" PURGE"); err != nil {
		s.t.Error(err)
	}
}

// strike kills somebody at a random moment and brings back who was killed. Now
// and then a database call of the victim outlives it.
func (s *scene) strike(process *process) *process {
	s.t.Helper()
	victim := victims[s.random.IntN(len(victims))]
	delay := time.Duration(s.random.Int64N(int64(s.calm)))
	s.orphan()
	select {
	case <-process.exited:
	case <-time.After(delay):
	}
	s.tally.add(tally{kills: map[string]int{victim: 1}})
	regions := map[string]string{"source agent": sim.SanJose, "target agent": sim.Phoenix}
	for who, region := range regions {
		if victim == who || victim == "all" {
			s.agents[region].kill()
			s.startAgent(region)
		}
	}
	if victim == "controller" || victim == "all" {
		process.kill()
		return s.resume()
	}
	return process
}

// orphan lets one coming call of either database lose its client and run on, as
// a server process does that has not noticed yet.
func (s *scene) orphan() {
	if s.random.IntN(3) > 0 {
		return
	}
	call := calls[s.random.IntN(len(calls))]
	if _, err := s.sim.Region(call.region).Fail(sim.Trigger{Match: call.text}, sim.CallFault{Orphan: true}); err != nil {
		s.t.Fatal(err)
	}
	s.tally.orphans++
}

// resume goes on, or begins again when the controller was killed before it had
// written the plan down.
func (s *scene) resume() *process {
	s.t.Helper()
	s.tally.add(tally{resumes: 1})
	status := s.run("adbferry", "status", s.id)
	if status.wait(s.t) != 0 && strings.Contains(status.output.String(), "there is no migration") {
		return s.migrate(s.id, s.target)
	}
	return s.run("adbferry", "resume", s.id, "--par-file", "par.url", "--output", "plain")
}

// count compares the rows by their content, without adbferry, and adds up what
// was written into the bucket in vain.
func (s *scene) count() {
	s.t.Helper()
	for _, f := range s.sim.Faults() {
		s.tally.orphans -= strings.Count(f, "struck 0 times")
	}
	s.sim.Heal()
	source, target := s.content(sim.SanJose, "CUSTOMER_ORDERS_DEMO"), s.content(sim.Phoenix, s.target)
	for row, n := range source {
		s.tally.lost += max(0, n-target[row])
	}
	for row, n := range target {
		s.tally.doubled += max(0, n-source[row])
	}
	sealed := s.sealed()
	for _, o := range s.sim.Storage().Objects(s.id + "/ADMIN") {
		s.tally.written += o.Size
		if !sealed[o.Name] {
			s.tally.redone += o.Size
		}
	}
}

// content returns how often each row is there, whole.
func (s *scene) content(region, table string) map[string]int {
	s.t.Helper()
	found := map[string]int{}
	for _, row := range s.rows(region, "SELECT * FROM ADMIN."+table) {
		found[strings.Join(row, "\x00")]++
	}
	return found
}

// sealed returns the objects that were imported, by the journal.
func (s *scene) sealed() map[string]bool {
	s.t.Helper()
	p := s.run("adbferry", "status", s.id, "--output", "json")
	if code := p.wait(s.t); code != 0 {
		s.t.Fatalf("status of %s: %s", s.id, p.output.String())
	}
	status := &pb.MigrationStatus{}
	if err := protojson.Unmarshal(p.output.Bytes(), status); err != nil {
		s.t.Fatal(err)
	}
	names := map[string]bool{}
	for _, t := range status.GetTables() {
		for _, c := range t.GetChunks() {
			for _, o := range c.GetManifest().GetObjects() {
				names[o.GetName()] = true
				s.tally.largest = max(s.tally.largest, size(c.GetManifest()))
			}
		}
	}
	return names
}

func size(m *pb.Manifest) (bytes int64) {
	for _, o := range m.GetObjects() {
		bytes += o.GetBytes()
	}
	return bytes
}

// lanes is how many chunks are on their way at one database at a time, which
// the service level "high" of the agents bears.
const lanes = 3
