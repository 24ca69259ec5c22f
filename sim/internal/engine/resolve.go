package engine

import (
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// rowidColumn is the hidden last column of a table source.
const rowidColumn = "ROWID"

// find looks a column up in the sources of one block.
//
// Error: ORA-00918 when two sources have it.
func (sc *scope) find(path []string) (*source, int, error) {
	name := path[len(path)-1]
	var found *source
	at := -1
	for _, src := range sc.sources {
		if !src.named(path[:len(path)-1]) {
			continue
		}
		for i := range src.columns {
			if src.columns[i].Name != name || src.columns[i].merged && len(path) == 1 {
				continue
			}
			if found != nil {
				return nil, 0, datum.Errorf(918, "column ambiguously defined")
			}
			found, at = src, i
		}
	}
	return found, at, nil
}

// named reports whether a qualifier, which may be empty, means the source.
func (src *source) named(qualifier []string) bool {
	switch len(qualifier) {
	case 0:
		return true
	case 1:
		return src.alias == qualifier[0]
	case 2:
		return src.alias == qualifier[1] && src.schema == qualifier[0]
	}
	return false
}

// reference compiles a name: a column of this or an enclosing block, a
// pseudo column, a variable, or a function without arguments, in this order.
func (c *compiler) reference(x *sql.Ref, sc *scope) (compiled, error) {
	depth := 0
	for s := sc; s != nil; s = s.outer {
		src, i, err := s.find(x.Path)
		if err != nil {
			return compiled{}, at(x, err)
		}
		if src == nil {
			depth++
			continue
		}
		src.columns[i].used = true
		slot := src.offset + i
		if s.groups != nil && s != sc {
			if slot, err = s.groups.slotOf(src, i); err != nil {
				return compiled{}, at(x, err)
			}
		}
		col := src.columns[i]
		return compiled{typ: col.Type, nullable: col.Nullable, eval: columnEvaluator(depth, slot)}, nil
	}
	return c.nonColumn(x, sc)
}

// columnEvaluator reads a slot of the row that is depth blocks further out.
func columnEvaluator(depth, slot int) evaluator {
	switch depth {
	case 0:
		return func(f *frame) (datum.Value, error) { return f.row[slot], nil }
	case 1:
		return func(f *frame) (datum.Value, error) { return f.outer.row[slot], nil }
	}
	return func(f *frame) (datum.Value, error) {
		for range depth {
			f = f.outer
		}
		return f.row[slot], nil
	}
}

// nonColumn resolves what is no column: pseudo columns, aliases in ORDER BY,
// PL/SQL variables, functions.
func (c *compiler) nonColumn(x *sql.Ref, sc *scope) (compiled, error) {
	if len(x.Path) == 1 && x.Path[0] == "ROWNUM" && len(sc.sources) > 0 {
		return compiled{typ: numberType(), eval: func(f *frame) (datum.Value, error) {
			return datum.FromInt(f.rownum), nil
		}}, nil
	}
	if len(x.Path) == 1 && x.Path[0] == "LEVEL" && sc.levels {
		return compiled{typ: numberType(), eval: func(f *frame) (datum.Value, error) {
			return datum.FromInt(f.level), nil
		}}, nil
	}
	for _, o := range sc.aliases {
		if len(x.Path) == 1 && o.column.Name == x.Path[0] {
			return o.compiled, nil
		}
	}
	if c.vars != nil {
		if v := c.vars.find(x.Path); v != nil {
			return compiled{typ: v.typ, nullable: true, eval: func(*frame) (datum.Value, error) { return v.value, nil }}, nil
		}
	}
	out, found, err := c.bareFunction(x, sc)
	if found || err != nil {
		return out, err
	}
	return compiled{}, at(x, invalidIdentifier(x.Path))
}

// invalidIdentifier is ORA-00904 with the name as Oracle writes it.
func invalidIdentifier(path []string) *datum.Error {
	return datum.Errorf(904, "%s: invalid identifier", `"`+strings.Join(path, `"."`)+`"`)
}
