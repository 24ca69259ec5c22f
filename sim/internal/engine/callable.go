package engine

import (
	"slices"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// procedures returns the overloads that a path names: PACKAGE.NAME or
// OWNER.PACKAGE.NAME.
func (i *Instance) procedures(path []string) []*Procedure {
	p := i.packageOf(path)
	if p == nil {
		return nil
	}
	var list []*Procedure
	for n := range p.Procedures {
		if strings.EqualFold(p.Procedures[n].Name, path[len(path)-1]) {
			list = append(list, &p.Procedures[n])
		}
	}
	return list
}

// packageOf finds the package of a path whose last part is a procedure.
func (i *Instance) packageOf(path []string) *Package {
	if len(path) < 2 || len(path) > 3 {
		return nil
	}
	i.mu.RLock()
	defer i.mu.RUnlock()
	p := i.packages[path[len(path)-2]]
	if p == nil || len(path) == 3 && path[0] != p.Owner && path[0] != "SYS" {
		return nil
	}
	return p
}

// isPackage reports whether a name can be granted EXECUTE on: a registered
// package, or one whose functions are built in.
func (i *Instance) isPackage(name string) bool {
	i.mu.RLock()
	_, ok := i.packages[name]
	i.mu.RUnlock()
	return ok || slices.ContainsFunc(builtinPackages, func(p string) bool { return p == name })
}

// builtinPackages have functions that are compiled, not registered.
var builtinPackages = []string{"DBMS_CRYPTO", "UTL_RAW"}

// resolveCall picks the overload that fits a call and orders its arguments by
// parameter; absent ones are nil.
//
// Errors: PLS-00201 and PLS-00306 as ORA-06550.
func (s *Session) resolveCall(x *sql.Call) (*Procedure, []sql.Expr, error) {
	list := s.instance.procedures(x.Path)
	pkg := s.instance.packageOf(x.Path)
	if len(list) == 0 || pkg.Restricted && s.mayExecute(pkg.Name) != nil {
		return nil, nil, datum.Errorf(201, "identifier '%s' must be declared", strings.Join(x.Path, "."))
	}
	for _, p := range list {
		if args, ok := match(p, x.Args); ok {
			return p, args, nil
		}
	}
	return nil, nil, datum.Errorf(306, "wrong number or types of arguments in call to '%s'", x.Path[len(x.Path)-1])
}

// match fits arguments to parameters by position, then by name.
func match(p *Procedure, args []sql.Arg) ([]sql.Expr, bool) {
	out := make([]sql.Expr, len(p.Params))
	for i, a := range args {
		at := i
		if a.Name != "" {
			at = slices.IndexFunc(p.Params, func(q Param) bool { return strings.EqualFold(q.Name, a.Name) })
		}
		if at < 0 || at >= len(out) || out[at] != nil {
			return nil, false
		}
		out[at] = a.Value
	}
	for i, q := range p.Params {
		if out[i] == nil && !q.Optional {
			return nil, false
		}
	}
	return out, true
}

// output reports whether a parameter gives something back.
func (p Param) output() bool { return p.Mode == database.Out || p.Mode == database.InOut }

// packageFunction compiles a function of a registered package inside an
// expression.
func (c *compiler) packageFunction(x *sql.Call, sc *scope) (compiled, error) {
	p, args, err := c.s.resolveCall(x)
	if err != nil || p.Returns == nil {
		if c.vars != nil {
			if err == nil {
				err = datum.Errorf(222, "no function with name '%s' exists in this scope", x.Path[len(x.Path)-1])
			}
			return compiled{}, at(x, err)
		}
		return compiled{}, at(x, invalidIdentifier(x.Path))
	}
	values := make([]compiled, len(args))
	for i, a := range args {
		if a == nil {
			continue
		}
		if p.Params[i].output() {
			return compiled{}, at(x, datum.Errorf(6572, "Function %s has out arguments", p.Name))
		}
		if values[i], err = c.compile(a, sc); err != nil {
			return compiled{}, err
		}
	}
	return compiled{typ: *p.Returns, nullable: true, eval: func(f *frame) (datum.Value, error) {
		a := newArgs(p)
		for i := range values {
			if values[i].eval == nil {
				continue
			}
			v, err := convertTo(f, values[i], p.Params[i].Type)
			if err != nil {
				return datum.NULL, err
			}
			a.values[i], a.given[i] = v, true
		}
		err := p.Call(f.run.ctx, f.run.s, a)
		return a.result, err
	}}, nil
}
