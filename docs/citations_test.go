package docs

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A citation names one or more sections of one of the notes in docs/reference:
// "reference, section 1.4", "wire notes, sections 8 and 10.2". A section without a
// note is one of the reference, as in the comments of sim/internal/dbmscloud.
var citation = regexp.MustCompile(`(wire notes,? |reference,? )?\b[Ss]ections? (\d+(?:\.\d+)?(?:(?:, and |, | and | to )\d+(?:\.\d+)?)*)`)

// short are citations that do not have the form.
var short = regexp.MustCompile(`(?:reference|wire notes) (?:sections? )?\d|reference, \d`)

// lineBreaks join a comment of several lines.
var lineBreaks = regexp.MustCompile(`\n\s*//\s*`)

// sections returns the numbers of a note's headings.
func sections(t *testing.T, page string) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("reference", page))
	if err != nil {
		t.Fatal(err)
	}
	numbers := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^###? (\d+(?:\.\d+)?)\.? `).FindAllStringSubmatch(string(text), -1) {
		numbers[m[1]] = true
	}
	return numbers
}

// TestCitedSectionsExist follows every citation in the code, tests included.
func TestCitedSectionsExist(t *testing.T) {
	reference, wire := sections(t, "dbms-cloud.md"), sections(t, "wire.md")
	cited := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !cites(path) {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		text := lineBreaks.ReplaceAllString(string(raw), " ")
		for _, found := range short.FindAllString(text, -1) {
			t.Errorf("%s: write %q as \"reference, section N\" or \"wire notes, section N\"", path, found)
		}
		for _, m := range citation.FindAllStringSubmatch(text, -1) {
			note := reference
			if strings.HasPrefix(m[1], "wire notes") {
				note = wire
			}
			for _, number := range regexp.MustCompile(`\d+(?:\.\d+)?`).FindAllString(m[2], -1) {
				cited++
				if !note[number] {
					t.Errorf("%s: %q names a section that does not exist", path, m[0])
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if cited < 100 {
		t.Errorf("only %d citations were found: the test does not see them any more", cited)
	}
}

// cites reports whether a file is hand-written code that may cite. This file is
// left out: its examples and patterns are no citations.
func cites(path string) bool {
	return strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, ".pb.go") && filepath.Base(path) != "citations_test.go" &&
		!slices.Contains(strings.Split(filepath.ToSlash(path), "/"), ".git")
}
