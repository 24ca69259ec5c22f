package engine

import (
	"context"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
)

// A Package is a PL/SQL package written in Go. It is called by its name with or
// without its owner, as if it had a public synonym.
type Package struct {
	Owner string // C##CLOUD$SERVICE
	Name  string // DBMS_CLOUD
	// Restricted packages need EXECUTE granted (or an administrator); others
	// are granted to PUBLIC.
	Restricted bool
	Procedures []Procedure
	// TableFunctions are called in FROM clauses.
	TableFunctions []TableFunction
}

// A Procedure is one overload of a procedure or, with Returns, of a function.
// Several Procedures of a Package may share a name; a call picks the first
// whose parameters fit its positional and named arguments.
type Procedure struct {
	Name    string
	Params  []Param
	Returns *datum.Type
	Call    func(ctx context.Context, s *Session, args *Args) error
}

// A Param is one parameter of a Procedure. An argument is converted to Type's
// kind before the call and an OUT value after it.
type Param struct {
	Name     string
	Type     datum.Type
	Mode     database.Mode // In when zero
	Optional bool          // has a default
	Default  datum.Value
	writes   bool // a LOB of which the content is changed, in its row if it is stored
}

// Args are the arguments of one call. Names are compared without regard to case.
type Args struct {
	proc   *Procedure
	values []datum.Value
	given  []bool
	result datum.Value
	// targets are the types of the variables that take OUT and IN OUT values.
	targets []datum.Type
}

// newArgs begins a call with all defaults in place.
func newArgs(p *Procedure) *Args {
	a := &Args{proc: p, values: make([]datum.Value, len(p.Params)), given: make([]bool, len(p.Params))}
	for i, param := range p.Params {
		a.values[i] = param.Default
	}
	return a
}

func (a *Args) index(name string) int {
	for i, p := range a.proc.Params {
		if strings.EqualFold(p.Name, name) {
			return i
		}
	}
	return -1
}

// Value returns an argument, or its default when it was not given. An unknown
// name yields NULL.
func (a *Args) Value(name string) datum.Value {
	if i := a.index(name); i >= 0 {
		return a.values[i]
	}
	return datum.NULL
}

// Given reports whether the caller wrote the argument.
func (a *Args) Given(name string) bool {
	i := a.index(name)
	return i >= 0 && a.given[i]
}

// target returns the type of the variable that an OUT or IN OUT parameter's
// value goes to.
func (a *Args) target(name string) datum.Type {
	if i := a.index(name); i >= 0 && i < len(a.targets) {
		return a.targets[i]
	}
	return datum.Type{}
}

// Set gives an OUT or IN OUT parameter its value.
func (a *Args) Set(name string, v datum.Value) {
	if i := a.index(name); i >= 0 {
		a.values[i] = v
	}
}

// Return sets the result of a function.
func (a *Args) Return(v datum.Value) { a.result = v }

// A View is a dictionary view written in Go, owned by SYS and known to all
// sessions by its bare name. Rows is called once per statement that reads the
// view and returns what s may see; the rows are not kept.
type View struct {
	Name    string
	Columns []datum.Column
	Rows    func(s *Session) []datum.Row
	narrow  func(s *Session, names nameRange) []datum.Row // nil when rows are not about tables
}
