// Package docs checks that what the documents promise is so: the walls between
// the packages, the size of the code, and the table of docs/architecture.md.
package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/adbferry/adbferry/"

// list returns the packages that "go list" prints, without the module's path.
func list(t *testing.T, args ...string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list"}, args...)...)
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list %v: %v", args, err)
	}
	var packages []string
	for p := range strings.FieldsSeq(string(out)) {
		packages = append(packages, strings.TrimPrefix(p, module))
	}
	return packages
}

func TestWallsBetweenTheHalves(t *testing.T) {
	for name, tt := range map[string]struct {
		root   string
		banned []string // path prefixes
		except []string // packages
		why    string
	}{
		"agent": {
			"./agent/...",
			[]string{"sim/", "controller/"},
			nil,
			"the product reaches the simulator through the wire, the agent starts nothing by itself",
		},
		"controller": {
			"./controller/...",
			[]string{"sim/", "agent/", "github.com/sijms/"},
			nil,
			"the controller reaches agents through gRPC and no database at all",
		},
		"sim": {
			"./sim/...",
			[]string{"agent/", "controller/", "proto/", "pkg/", "github.com/sijms/"},
			[]string{"pkg/pki", "pkg/config", "pkg/daemon"}, // which know nothing of Oracle
			"a server and a client that share a bug agree with each other",
		},
		"pkg": {
			"./pkg/...",
			[]string{"sim/", "agent/", "controller/", "github.com/sijms/"},
			nil,
			"pkg is below both halves",
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, p := range list(t, "-deps", tt.root) {
				for _, banned := range tt.banned {
					if strings.HasPrefix(p+"/", banned) && !slices.Contains(tt.except, p) {
						t.Errorf("%s depends on %s: %s", tt.root, p, tt.why)
					}
				}
			}
		})
	}
}

func TestOnlyOnePackageImportsTheDriver(t *testing.T) {
	for _, p := range list(t, "-f", `{{range .Imports}}{{if eq . "github.com/sijms/go-ora/v2"}}{{$.ImportPath}}{{end}}{{end}}`, "./...") {
		if p != "agent/internal/oracle" {
			t.Errorf("%s imports go-ora", p)
		}
	}
}

func TestEveryPackageIsInTheArchitecture(t *testing.T) {
	text, err := os.ReadFile("architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list(t, "./...") {
		if p != "docs" && !strings.Contains(string(text), "`"+p+"`") {
			t.Errorf("docs/architecture.md does not mention `%s`", p)
		}
	}
}

// sources parses every hand-written file of the repository that is no test.
func sources(t *testing.T, visit func(path string, text []byte, files *token.FileSet, file *ast.File)) {
	t.Helper()
	files := token.NewFileSet()
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && d.Name() != ".." && strings.HasPrefix(d.Name(), ".") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, ".pb.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(files, path, text, parser.ParseComments)
		if err != nil {
			return err
		}
		visit(path, text, files, file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The budget of hand-written code, tests excluded.
const (
	maxFileLines     = 600
	maxFunctionLines = 100
	maxMeanLines     = 16
	maxMainLines     = 25
)

func TestCodeStaysInItsBudget(t *testing.T) {
	var lengths []int
	sources(t, func(path string, text []byte, files *token.FileSet, file *ast.File) {
		lines := strings.Count(string(text), "\n")
		if lines > maxFileLines {
			t.Errorf("%s has %d lines, the budget is %d", path, lines, maxFileLines)
		}
		if strings.Contains(path, "/cmd/") && lines > maxMainLines {
			t.Errorf("%s has %d lines, a main has at most %d", path, lines, maxMainLines)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			n := files.Position(f.End()).Line - files.Position(f.Pos()).Line + 1
			lengths = append(lengths, n)
			if n > maxFunctionLines {
				t.Errorf("%s: %s has %d lines, the budget is %d", path, f.Name.Name, n, maxFunctionLines)
			}
		}
	})
	slices.Sort(lengths)
	sum := 0
	for _, n := range lengths {
		sum += n
	}
	mean := float64(sum) / float64(len(lengths))
	t.Logf("%d functions, mean %.1f lines, median %d, p90 %d", len(lengths), mean, lengths[len(lengths)/2], lengths[len(lengths)*9/10])
	if mean > maxMeanLines {
		t.Errorf("functions have %.1f lines on average, the budget is %d", mean, maxMeanLines)
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	documented := map[string]bool{}
	sources(t, func(path string, _ []byte, _ *token.FileSet, file *ast.File) {
		dir := filepath.Dir(path)
		documented[dir] = documented[dir] || file.Doc != nil
	})
	for dir, ok := range documented {
		if !ok && !strings.Contains(dir, "proto/") {
			t.Errorf("package %s has no comment", dir)
		}
	}
}
