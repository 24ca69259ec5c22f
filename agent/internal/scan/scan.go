// Package scan looks at what a table of the source holds before it is decided
// how its columns are carried: how long large objects are and whether texts have
// bytes that a file would not bear. The database does it in one pass; only the
// answers leave it.
//
// Facts: reference, sections 1.7 and 11.1.
package scan

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/adbferry/adbferry/agent/internal/codec"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// The statements of this package.
var (
	valuesKind   = oracle.Kind{Name: "scan.values", Purpose: "counts rows and finds the longest large objects and harmful texts of a table AS OF SCN", Privileges: []string{"SELECT ON table", "FLASHBACK ON table"}}
	overflowKind = oracle.Kind{Name: "scan.overflow", Purpose: "counts the overflow pieces of a chunk: those of values that are too long for their rows, AS OF SCN", Privileges: []string{"SELECT ON table", "FLASHBACK ON table"}}
)

// Statements returns the kinds of statements that this package sends.
func Statements() []oracle.Kind { return []oracle.Kind{valuesKind, overflowKind} }

// perPass is how many expressions a query computes: a select list has at most
// 1000, so a table of many columns needs another pass.
const perPass = 900

// A Finding is what a scan found.
type Finding struct {
	// Rows is the exact number of rows.
	Rows int64
	// Columns has what columns hold, by name. Columns of which the type says it all are missing.
	Columns map[string]codec.Found
}

// Table counts the rows that stand after from, as of an SCN, and looks at the
// columns whose types do not say it all. An empty table has no findings.
//
// Errors: REASON_NAME_INVALID and what the database reports.
func Table(ctx context.Context, s *oracle.Session, from string, columns []*pb.Column) (*Finding, error) {
	questions, err := ask(columns)
	if err != nil {
		return nil, err
	}
	f := &Finding{Columns: make(map[string]codec.Found)}
	for first := true; first || len(questions) > 0; first = false {
		n := min(len(questions), perPass)
		if err := f.pass(ctx, s, from, questions[:n]); err != nil {
			return nil, err
		}
		questions = questions[n:]
	}
	return f, nil
}

// A question is one expression about a column, and how its answer is noted down.
type question struct {
	column     string
	expression string
	note       func(found *codec.Found, answer, rows int64)
}

func ask(columns []*pb.Column) ([]question, error) {
	var questions []question
	for _, c := range columns {
		name, err := oracle.NewName(c.GetName())
		if err != nil {
			return nil, err
		}
		m, ok := codec.MeasureOf(c, name.String())
		if !ok {
			continue
		}
		questions = append(questions, about(c.GetName(), m)...)
	}
	return questions, nil
}

func about(column string, m codec.Measure) []question {
	var questions []question
	ask := func(function, expression string, note func(*codec.Found, int64, int64)) {
		if expression != "" {
			questions = append(questions, question{column, function + "(" + expression + ")", note})
		}
	}
	ask("MAX", m.Length, func(f *codec.Found, answer, _ int64) { f.Longest = answer })
	ask("SUM", m.Size, func(f *codec.Found, answer, rows int64) { f.Average = answer / max(rows, 1) })
	ask("MAX", m.Harmful, func(f *codec.Found, answer, _ int64) { f.Harmless = answer == 0 })
	return questions
}

// pass runs one query.
func (f *Finding) pass(ctx context.Context, s *oracle.Session, from string, questions []question) error {
	list, dest := []string{"COUNT(*)"}, []any{&f.Rows}
	answers := make([]sql.NullInt64, len(questions))
	for i, q := range questions {
		list, dest = append(list, q.expression), append(dest, &answers[i])
	}
	found, err := s.Row(ctx, valuesKind, fmt.Sprintf("SELECT %s FROM %s", strings.Join(list, ", "), from), nil, dest...)
	if err != nil {
		return err
	}
	if !found {
		return oracle.NotOne(valuesKind)
	}
	for i, q := range questions {
		c := f.Columns[q.column]
		q.note(&c, answers[i].Int64, f.Rows)
		f.Columns[q.column] = c
	}
	return nil
}
