package cli

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// root is the repository, as seen from this folder.
const root = "../../../"

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(root + path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTheExampleFileIsUnderstood(t *testing.T) {
	o, err := orderOf(t, read(t, "deploy/migration.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if s := o.spec; len(s.GetSchemas()) != 2 || len(s.GetTables()) != 2 || s.GetOptions().GetChunkBytes() != 256<<20 ||
		s.GetTables()[1].GetOptions().GetIfExists() != pb.IfExists_IF_EXISTS_APPEND || s.GetTables()[1].GetExcludeColumns()[1] != "Notes" ||
		!strings.Contains(s.GetTables()[0].GetWhere(), "'VOID'") {
		t.Errorf("spec %v", s)
	}
}

// keys returns the keys of a file's struct and of those in it.
func keys(typ reflect.Type) []string {
	var out []string
	for f := range typ.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if name != "" {
			out = append(out, name)
		}
		inner := f.Type
		if inner.Kind() == reflect.Slice {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct && (name != "" || options == "inline") {
			out = append(out, keys(inner)...)
		}
	}
	return out
}

func TestEveryKeyAndFlagIsDocumented(t *testing.T) {
	page, readme := read(t, "docs/selecting.md"), read(t, "README.md")
	for _, key := range keys(reflect.TypeFor[migrationFile]()) {
		if !strings.Contains(page, "`"+key+"`") {
			t.Errorf("docs/selecting.md does not explain the key %s", key)
		}
	}
	a := &app{stdout: &strings.Builder{}, stderr: &strings.Builder{}}
	a.newMigrateCommand().Flags().VisitAll(func(f *pflag.Flag) {
		if f.Name == "help" {
			return
		}
		if f.Name != "file" && !strings.Contains(page, "`--"+f.Name+"`") {
			t.Errorf("docs/selecting.md does not mention --%s", f.Name)
		}
		if f.Name != "source" && f.Name != "target" && !strings.Contains(readme, "`--"+f.Name+"`") {
			t.Errorf("README.md does not mention --%s", f.Name)
		}
	})
}

// shown is a command line in a document: between backquotes, or a line of code,
// which is indented.
var shown = regexp.MustCompile("(?m)`adbferry( [^`\n]*)`|^ {4,}adbferry( [a-z].*)$")

// fence is a block of shell commands; indenting it makes it like other code.
var fence = regexp.MustCompile("(?s)```sh\n.*?```")

func TestCommandsInTheDocumentsExist(t *testing.T) {
	pages, err := filepath.Glob(root + "docs/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	checked := 0
	for _, page := range append(pages, root+"README.md", root+"deploy/README.md", root+"sim/README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		code := fence.ReplaceAllStringFunc(string(text), func(block string) string { return strings.ReplaceAll(block, "\n", "\n    ") })
		for _, m := range shown.FindAllStringSubmatch(code, -1) {
			wantCommand(t, page, m[1]+m[2])
			checked++
		}
	}
	if checked < 30 {
		t.Errorf("only %d commands were found: the test does not see them any more", checked)
	}
}

// wantCommand checks that a command line, without its first word, has a command
// and flags that there are.
func wantCommand(t *testing.T, where, line string) {
	t.Helper()
	words := strings.Fields(line)
	a := &app{stdout: &strings.Builder{}, stderr: &strings.Builder{}}
	command, _, err := a.newRoot().Find(words)
	if err != nil || !command.HasParent() && !strings.HasPrefix(words[0], "-") {
		t.Errorf("%s: %q is not a command", where, line)
		return
	}
	for _, word := range words {
		name, isFlag := strings.CutPrefix(word, "--")
		name, _, _ = strings.Cut(name, "=")
		if isFlag && command.Flags().Lookup(name) == nil && command.InheritedFlags().Lookup(name) == nil {
			t.Errorf("%s: %q has no flag --%s", where, line, name)
		}
	}
}
