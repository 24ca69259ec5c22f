// Command mustrun reads the output of "go test -json", prints what a person
// wants to see of it, and fails when a test failed, when any test was skipped,
// or when a test of the list did not run: a skip never hides.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go test -json ./... | mustrun LIST")
		os.Exit(2)
	}
	list, err := os.ReadFile(os.Args[1])
	if err == nil {
		err = run(os.Stdin, os.Stdout, string(list))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "mustrun:", err)
		os.Exit(1)
	}
}

// An event is one line of "go test -json".
type event struct {
	Action, Package, Test, Output, ImportPath string
}

type tally struct {
	out                     io.Writer
	output                  map[string][]string // by package and test, until it ends
	passed, failed, skipped int
	passes                  map[string]bool // "package TestName"
	broken                  bool            // something failed outside a test: a build, a panic
}

func run(in io.Reader, out io.Writer, list string) error {
	t := tally{out: out, output: map[string][]string{}, passes: map[string]bool{}}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			fmt.Fprintln(out, lines.Text())
			continue
		}
		t.add(e)
	}
	if err := lines.Err(); err != nil {
		return err
	}
	missing := t.missing(list)
	fmt.Fprintf(out, "%d passed, %d failed, %d skipped\n", t.passed, t.failed, t.skipped)
	switch {
	case t.failed > 0 || t.broken:
		return fmt.Errorf("tests failed")
	case t.skipped > 0:
		return fmt.Errorf("tests were skipped")
	case len(missing) > 0:
		return fmt.Errorf("tests that must run did not: %s", strings.Join(missing, ", "))
	case t.passed == 0:
		return fmt.Errorf("no test ran")
	}
	return nil
}

func (t *tally) add(e event) {
	key := e.Package + " " + e.Test
	switch e.Action {
	case "output":
		if e.Test == "" && interesting(e.Output) {
			fmt.Fprint(t.out, e.Output)
			return
		}
		t.output[key] = append(t.output[key], e.Output)
	case "build-output":
		fmt.Fprint(t.out, e.Output)
	case "build-fail":
		t.broken = true
	case "pass", "fail", "skip":
		t.end(e, key)
	}
}

// interesting reports whether a line about a whole package is worth showing.
func interesting(line string) bool {
	return strings.HasPrefix(line, "ok ") || strings.HasPrefix(line, "FAIL\t") || strings.HasPrefix(line, "panic:")
}

func (t *tally) end(e event, key string) {
	said := strings.Join(t.output[key], "")
	delete(t.output, key)
	if e.Test == "" {
		if e.Action == "fail" {
			t.broken = true
			fmt.Fprint(t.out, said)
		}
		return
	}
	switch e.Action {
	case "pass":
		t.passed++
		t.passes[key] = true
	case "skip":
		t.skipped++
		fmt.Fprint(t.out, said)
	default:
		t.failed++
		fmt.Fprint(t.out, said)
	}
}

// missing returns the lines of the list that no passed test ends with.
func (t *tally) missing(list string) []string {
	var missing []string
	for line := range strings.Lines(list) {
		want := strings.TrimSpace(line)
		if want == "" || strings.HasPrefix(want, "#") || t.ran(want) {
			continue
		}
		missing = append(missing, want)
	}
	return missing
}

func (t *tally) ran(want string) bool {
	for key := range t.passes {
		if strings.HasSuffix(key, "/"+want) {
			return true
		}
	}
	return false
}
