package sim_test

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/adbferry/adbferry/pkg/config"
	"github.com/adbferry/adbferry/sim"
)

// example returns the one fenced block of a language in README.md.
func example(t *testing.T, language string) string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```" + language + "\n(.*?)```").FindSubmatch(text)
	if block == nil {
		t.Fatalf("README.md has no example in %s", language)
	}
	return string(block[1])
}

// runExample runs a program in the environment of env.sh.
func runExample(t *testing.T, args ...string) {
	t.Helper()
	s := sim.StartT(t, sim.Config{DemoRows: 100})
	t.Cleanup(func() { s.AssertIdle(t) })
	dir := t.TempDir()
	if err := s.WriteFiles(dir); err != nil {
		t.Fatal(err)
	}
	args = append([]string{"-c", `. "$0"/env.sh; exec "$@"`, dir}, args...)
	cmd := exec.CommandContext(t.Context(), "bash", args...)
	cmd.Env = append(os.Environ(), "NODE_PATH=judges/node_modules")
	out, err := cmd.CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != "100" {
		t.Errorf("%v, printed %q (are the drivers installed? bash tools/judges.sh)", err, out)
	}
	if len(s.Storage().Objects("")) == 0 {
		t.Error("nothing was exported")
	}
}

func TestReadmesPythonExampleRuns(t *testing.T) {
	runExample(t, "/usr/bin/python3", "-c", example(t, "python"))
}

func TestReadmesNodeExampleRuns(t *testing.T) { runExample(t, "node", "-e", example(t, "js")) }

func TestReadmesGoExampleIsThisTest(t *testing.T) {
	s := sim.StartT(t, sim.Config{DemoRows: 1000}) // random ports, closed with the test
	t.Cleanup(func() { s.AssertIdle(t) })          // no session, transaction or operation is left open
	r := s.Region(sim.Phoenix)
	db := dial(t, r)
	err := r.Exec(t.Context(), "CREATE TABLE seen (n NUMBER)")
	if err != nil {
		t.Fatal(err)
	}
	lost, _ := r.Fail(sim.Trigger{Match: "^INSERT"}, sim.CallFault{Drop: sim.DropAfterCommit})
	_, failed := db.ExecContext(t.Context(), "INSERT INTO seen VALUES (1)")
	n, _ := r.Count(t.Context(), "seen")
	if failed == nil || n != 1 || lost.Struck() != 1 {
		t.Errorf("%v, %d rows, struck %d times", failed, n, lost.Struck())
	}
	url, _ := s.Storage().NewPAR(sim.PAR{Access: sim.AnyObjectReadWrite, List: true})
	if !strings.HasPrefix(url, "https://") {
		t.Error("the PAR is no URL")
	}
	source, err := os.ReadFile("readme_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(example(t, "go")) {
		code, _, _ := strings.Cut(line, " //")
		if !strings.Contains(string(source), strings.TrimSpace(code)) {
			t.Errorf("README.md shows %q, which no test runs", code)
		}
	}
}

// Each knob of the table can be set in a file, by the name that the README tells.
func TestReadmesKnobsCanBeRead(t *testing.T) {
	path := t.TempDir() + "/knobs.yaml"
	if err := os.WriteFile(path, []byte(example(t, "yml")), 0o600); err != nil {
		t.Fatal(err)
	}
	var knobs sim.Knobs
	if err := config.Load(path, &knobs); err != nil || knobs.Cloud.WorkUnits != 4 || knobs.Cloud.ZeroRows != sim.ZeroHeaderOnly {
		t.Errorf("%+v, %v", knobs, err)
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	inner := regexp.MustCompile(`[A-Z]+(?:[a-z]+|\b)|\d+`)
	for _, row := range regexp.MustCompile("(?m)^\\| `([A-Z][A-Za-z0-9.]+)` \\| .* \\| .* \\|$").FindAllSubmatch(readme, -1) {
		group, name, nested := strings.Cut(string(row[1]), ".")
		if !nested {
			name, group = group, ""
		}
		name = strings.NewReplacer("JSON", "Json", "LOB", "Lob", "URI", "Uri", "PAR", "Par").Replace(name)
		text := strings.ToLower(strings.Join(inner.FindAllString(name, -1), "_")) + ":"
		if nested {
			text = strings.ToLower(group) + ": {" + text + "}"
		}
		if err := config.Decode("knobs", []byte(text), &sim.Knobs{}); err != nil {
			t.Errorf("%s: %v", row[1], err)
		}
	}
}

func TestReadmesPhysicsCanBeRead(t *testing.T) {
	path := t.TempDir() + "/physics.yaml"
	if err := os.WriteFile(path, []byte(example(t, "yaml")), 0o600); err != nil {
		t.Fatal(err)
	}
	var world sim.Physics
	if err := config.Load(path, &world); err != nil || world.Regions[sim.Phoenix].Services["high"].Concurrent != 3 {
		t.Errorf("%+v, %v", world, err)
	}
}
