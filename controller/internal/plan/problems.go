package plan

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// problems collects everything that is wrong with a request, so that one answer
// names it all. The zero value has none.
type problems []*apierr.Error

// add takes an error in, unless it is nil; one that names several problems is taken
// apart.
func (p *problems) add(err error) {
	if several, ok := errors.AsType[*joinedError](err); ok {
		*p = append(*p, several.parts...)
	} else if err != nil {
		*p = append(*p, apierr.From(err))
	}
}

// A joinedError is made of several problems, and others can be added to it.
type joinedError struct {
	whole *apierr.Error
	parts problems
}

func (e *joinedError) Error() string { return e.whole.Error() }

// Unwrap returns what callers see.
func (e *joinedError) Unwrap() error { return e.whole }

// err is nil without problems, and the problem itself when there is one. Several
// become one error with the code, reason and facts of the first; the fact "table"
// names the tables of all. Its text has a line per problem and one per hint, or,
// when all have the same hint, that is the error's.
func (p problems) err() error {
	if len(p) == 0 {
		return nil
	}
	if len(p) == 1 {
		return p[0]
	}
	first := p[0].Failure()
	var tables []string
	for _, e := range p {
		if t := e.Failure().GetFacts()["table"]; t != "" {
			tables = append(tables, t)
		}
	}
	lines, hint := p.lines()
	all := apierr.New(p[0].Code(), first.GetReason(), "%d problems:\n%s", len(p), strings.Join(lines, "\n")).WithHint("%s", hint)
	for name, value := range first.GetFacts() {
		all = all.WithFact(name, value)
	}
	if len(tables) > 0 {
		all = all.WithFact("table", strings.Join(tables, ","))
	}
	return &joinedError{whole: all, parts: p}
}

// lines names every problem, with its hint unless all have the same.
func (p problems) lines() (lines []string, common string) {
	common = p[0].Hint()
	if slices.ContainsFunc(p, func(e *apierr.Error) bool { return e.Hint() != common }) {
		common = ""
	}
	for _, e := range p {
		lines = append(lines, "- "+e.Error())
		if e.Hint() != common {
			lines = append(lines, "  hint: "+e.Hint())
		}
	}
	return lines, common
}

// Join makes one error of what several tables failed with; nil errors do not
// count. A single error is returned as it is.
func Join(errs []error) error {
	var all problems
	only := error(nil)
	for _, err := range errs {
		all.add(err)
		if err != nil {
			only = err
		}
	}
	if len(all) == 1 {
		return only
	}
	return all.err()
}

// invalid is a request that can never work.
func invalid(field, format string, args ...any) *apierr.Error {
	return apierr.New(codes.InvalidArgument, pb.Reason_REASON_REQUEST_INVALID, "%s", fmt.Sprintf(format, args...)).WithFact("field", field)
}
