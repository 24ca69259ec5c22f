package agent

import (
	"cmp"
	"regexp"
	"slices"

	"github.com/adbferry/adbferry/agent/internal/catalog"
	"github.com/adbferry/adbferry/agent/internal/checksum"
	"github.com/adbferry/adbferry/agent/internal/chunk"
	"github.com/adbferry/adbferry/agent/internal/dbmscloud"
	"github.com/adbferry/adbferry/agent/internal/ledger"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/agent/internal/probe"
	"github.com/adbferry/adbferry/agent/internal/scan"
	"github.com/adbferry/adbferry/agent/internal/staging"
	"github.com/adbferry/adbferry/agent/internal/table"
)

// A Statement is a kind of statement that the agent sends to the database, and
// what its user needs for it. docs/statements.md is made from these.
type Statement = oracle.Kind

// Statements returns every kind of statement that the agent sends, by name.
func Statements() []Statement {
	var all []Statement
	for _, kinds := range [][]oracle.Kind{
		oracle.Statements(), catalog.Statements(), table.Statements(), ledger.Statements(), staging.Statements(), dbmscloud.Statements(), checksum.Statements(), probe.Statements(), scan.Statements(), chunk.Statements(),
	} {
		all = append(all, kinds...)
	}
	slices.SortFunc(all, func(a, b Statement) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

var tag = regexp.MustCompile(`^/\* adbferry ([a-z.-]+) \*/ `)

// StatementOf returns the name of the kind that a statement's text is tagged
// with and the text without the tag; name is "" for a text that is not the agent's.
func StatementOf(text string) (name, bare string) {
	m := tag.FindStringSubmatch(text)
	if m == nil {
		return "", text
	}
	return m[1], text[len(m[0]):]
}
