package dbmscloud_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// factPackages are where tests of facts live: here, and in the packages that
// simulate the other sections of the reference.
var factPackages = []string{".", "../objectstore", "../engine", "../wallet", "../physics"}

// testNames are the tests of all packages with facts.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for _, dir := range factPackages {
		files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", dir, len(files), err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllSubmatch(text, -1) {
				names[string(m[1])] = true
			}
		}
	}
	return names
}

// TestEveryFactNamesTestsThatExist keeps FACTS.md true: a fact that is
// simulated has a test named after it first, one that is not says why, and no
// test of a fact is missing there.
func TestEveryFactNamesTestsThatExist(t *testing.T) {
	exists, named, rows := testNames(t), map[string]bool{}, 0
	facts, err := os.ReadFile("FACTS.md")
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile(`^\| (\d+(?:\.\d+)?) \| ([^|]+) \| (C|F|C, F) \| ([^|]+) \|$`)
	for i, line := range strings.Split(string(facts), "\n") {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| section") {
			continue
		}
		m := row.FindStringSubmatch(line)
		if m == nil {
			t.Errorf("FACTS.md line %d is no row of section, fact, tag and tests: %s", i+1, line)
			continue
		}
		rows++
		after := "TestFact_" + strings.ReplaceAll(m[1], ".", "_") + "_"
		if reason, not := strings.CutPrefix(m[4], "not simulated: "); not && reason == "" || !not && !strings.HasPrefix(m[4], after) {
			t.Errorf("FACTS.md line %d neither starts with a %s… nor says why it is not simulated", i+1, after)
		}
		for _, test := range regexp.MustCompile(`Test\w+`).FindAllString(m[4], -1) {
			named[test] = true
			if !exists[test] {
				t.Errorf("FACTS.md line %d names %s, which is no test", i+1, test)
			}
		}
	}
	for test := range exists {
		if strings.HasPrefix(test, "TestFact_") && !named[test] {
			t.Errorf("%s is not in FACTS.md", test)
		}
	}
	if rows < 120 {
		t.Errorf("FACTS.md has %d facts", rows)
	}
}
