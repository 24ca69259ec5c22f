package judges_test

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/adbferry/adbferry/sim"
)

// tutorialRows is what the tutorial moves, and loses 1,774 of.
const tutorialRows = 50_000

// block returns one code block of the tutorial, by its language and a text
// that only it has.
func block(t *testing.T, language, mark string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/tutorial.md")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, fence := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```$").FindAllSubmatch(text, -1) {
		if bytes.Contains(fence[1], []byte(mark)) {
			found = append(found, string(fence[1]))
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d %s blocks have %q", len(found), language, mark)
	}
	return found[0]
}

// A setting is what the tutorial starts from: two wallets and a PAR.
type setting struct {
	t    *testing.T
	sim  *sim.Simulation
	par  string
	dirs map[string]string // wallets by the folder that the tutorial names
}

func newSetting(t *testing.T, rows int) *setting {
	t.Helper()
	installed(t)
	s := &setting{t: t, sim: start(t, rows), dirs: map[string]string{}}
	for path, region := range map[string]string{"/path/to/Wallet_ADBSJ": sim.SanJose, "/path/to/Wallet_ADBPHX": sim.Phoenix} {
		s.dirs[path] = t.TempDir()
		if err := s.sim.Region(region).WriteWallet(s.dirs[path]); err != nil {
			t.Fatal(err)
		}
	}
	par, err := s.sim.Storage().NewPAR(sim.PAR{Access: sim.AnyObjectReadWrite, List: true})
	if err != nil {
		t.Fatal(err)
	}
	s.par = par
	return s
}

// run executes a script of the tutorial with only paths, passwords and the PAR
// replaced, and returns what it printed. The script goes in through a pipe, so
// that no secret reaches a disk or a process list.
func (s *setting) run(region, script string) string {
	s.t.Helper()
	r := s.sim.Region(region)
	change := []string{
		`"your_password"`, `"` + r.Password() + `"`,
		`"wallet_password"`, `"` + r.WalletPassword() + `"`,
		`https://objectstorage.../p/[TOKEN]/n/.../b/.../o/`, s.par,
	}
	for path, dir := range s.dirs {
		change = append(change, path, dir)
	}
	cmd := exec.CommandContext(s.t.Context(), systemPython, "-")
	var complaints bytes.Buffer
	cmd.Stdin, cmd.Stderr = strings.NewReader(strings.NewReplacer(change...).Replace(script)), &complaints
	out, err := cmd.Output()
	if err != nil {
		s.t.Fatalf("%v: %s", err, complaints.String())
	}
	return string(out)
}

// count asks through a connection of the tutorial's own kind.
func (s *setting) count(region, connect, query string) string {
	s.t.Helper()
	return strings.TrimSpace(s.run(region, connect+"\ncursor.execute("+`"""`+query+`"""`+")\nprint(cursor.fetchone()[0])\n"))
}

// connecting is a script up to the connection that it opens.
func connecting(script string) string {
	before, _, _ := strings.Cut(script, "cursor = connection.cursor()")
	return before + "cursor = connection.cursor()\n"
}

func TestTutorial(t *testing.T) {
	s := newSetting(t, tutorialRows)
	export, load := block(t, "python", "EXPORT_DATA"), block(t, "python", "COPY_DATA")
	t.Run("part 2 exports", func(t *testing.T) {
		if said := s.run(sim.SanJose, export); !strings.HasPrefix(said, "✓ Export completed in ") {
			t.Errorf("said %q", said)
		}
		if n := len(s.sim.Storage().Objects("customer_orders_clean")); n < 2 {
			t.Errorf("%d objects: the export did not roll over", n)
		}
	})
	t.Run("part 3 imports with its wildcard", func(t *testing.T) {
		if said := s.run(sim.Phoenix, load); said != "✓ Target table created\n✓ SUCCESS! 50000 rows imported\n" {
			t.Errorf("said %q", said)
		}
	})
	t.Run("part 4 validates", func(t *testing.T) { validate(t, s, export, load) })
	t.Run("one named object loses rows", func(t *testing.T) { importOne(t, s, load) })
}

// validate runs the two queries of part 4.
func validate(t *testing.T, s *setting, export, load string) {
	queries := regexp.MustCompile(`(?m)^SELECT [^;]*`).FindAllString(block(t, "sql", "Success rate"), -1)
	if len(queries) != 2 {
		t.Fatalf("%d queries", len(queries))
	}
	if n := s.count(sim.SanJose, connecting(export), queries[0]); n != "50000" {
		t.Errorf("%s rows in San Jose", n)
	}
	if n := s.count(sim.Phoenix, connecting(load), queries[1]); n != "50000" {
		t.Errorf("%s rows in Phoenix", n)
	}
}

// importOne does what the tutorial's author may have done: names one object
// instead of all that the export wrote.
func importOne(t *testing.T, s *setting, load string) {
	if err := s.sim.Region(sim.Phoenix).Exec(t.Context(), "TRUNCATE TABLE customer_orders_demo_imported"); err != nil {
		t.Fatal(err)
	}
	first := s.sim.Storage().Objects("customer_orders_clean")[0].Name
	said := s.run(sim.Phoenix, strings.ReplaceAll(load, "customer_orders_clean*.csv", first))
	if !strings.HasPrefix(said, "Table already exists, continuing...\n✓ SUCCESS! ") || strings.Contains(said, "50000") {
		t.Errorf("said %q", said)
	}
	t.Logf("said %q", said)
}

// TestTutorialBatches runs the block about batches, which needs what its
// reader has written before: a table, rows, and the statement to insert them.
func TestTutorialBatches(t *testing.T) {
	s := newSetting(t, 0)
	connect := connecting(block(t, "python", "EXPORT_DATA"))
	said := s.run(sim.SanJose, connect+`
cursor.execute("CREATE TABLE batches (id NUMBER, name VARCHAR2(20))")
insert_sql = "INSERT INTO batches VALUES (:1, :2)"
batch_data = [(n, f"customer {n}") for n in range(1000)]
`+block(t, "python", "executemany")+`
connection.commit()
print(cursor.rowcount)
`)
	if said != "1000\n" {
		t.Errorf("said %q", said)
	}
	if n, err := s.sim.Region(sim.SanJose).Count(t.Context(), "batches"); n != 1000 || err != nil {
		t.Errorf("%d rows: %v", n, err)
	}
}
