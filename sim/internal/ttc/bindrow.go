package ttc

import (
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// A RowPlan says how the bind rows of one call are to be read: the wire names
// neither the order of the values nor the binds that have none.
type RowPlan struct {
	binds []Bind
	kinds []datum.Kind
	order []int // indexes of the binds that have a value, in wire order
	// Source tells for each bind whose value it has: itself, or an earlier
	// bind of the same name.
	source []int
	clone  bool // values must not share memory with the packet

	resolve func(i int, locator string) (datum.Value, error)

	err     error // first value that could not be taken
	invalid bool
	slab    []datum.Value
	blank   []datum.Value
}

// PlanOptions is what the statement and the connection add to the description
// of the binds.
type PlanOptions struct {
	Block    bool                                             // a PL/SQL block: no bind moves to the end for its size
	Rows     int                                              // executions
	Absent   func(i int) bool                                 // bind i has no value in this call
	SameAs   func(i int) int                                  // index of the bind whose value a repeated name takes
	Resolver func(i int, locator string) (datum.Value, error) // the value behind the locator of bind i
}

// Plan makes the plan for reading rows of the given binds.
func Plan(binds []Bind, o PlanOptions) *RowPlan {
	p := &RowPlan{
		binds: binds, kinds: make([]datum.Kind, len(binds)), source: make([]int, len(binds)),
		clone: o.Rows == 1, resolve: o.Resolver,
	}
	var last []int
	for i, b := range binds {
		p.source[i] = i
		p.kinds[i], _ = kindOf(b.Type)
		switch {
		case b.Repeated():
			p.source[i] = o.SameAs(i)
		case o.Absent(i):
		case b.Last(o.Block):
			last = append(last, i)
		default:
			p.order = append(p.order, i)
		}
	}
	p.order = append(p.order, last...)
	return p
}

// Empty reports that no bind has a value, so that no row is sent at all.
func (p *RowPlan) Empty() bool { return len(p.order) == 0 }

// Read reads one bind row: a value per bind, NULL for those that have none.
// The result is the caller's. Values that are well framed but make no sense
// do not stop it; Invalid reports them when all rows are read.
//
// When no bind has a value, all rows are one row: an announced number of
// executions must not take memory by itself.
func (p *RowPlan) Read(r *Reader) []datum.Value {
	if p.Empty() {
		if p.blank == nil {
			p.blank = p.row()
		}
		return p.blank
	}
	row := p.row()
	if code := r.U8(); code != codeRow {
		r.fail("message %#x where a bind row is expected", code)
		return row
	}
	for _, i := range p.order {
		row[i] = p.value(r, i)
	}
	for i, from := range p.source {
		if from != i {
			row[i] = row[from]
		}
	}
	return row
}

// row takes a row off a slab, so that large batches need few allocations.
func (p *RowPlan) row() []datum.Value {
	n := len(p.binds)
	if p.clone {
		return make([]datum.Value, n)
	}
	if len(p.slab) < n {
		p.slab = make([]datum.Value, max(n, 1024))
	}
	row := p.slab[:n:n]
	p.slab = p.slab[n:]
	return row
}

// value reads the value of bind i.
func (p *RowPlan) value(r *Reader, i int) datum.Value {
	b := &p.binds[i]
	switch {
	case b.Table():
		p.table(r, b)
		return datum.NULL
	case b.Type == TypeClob || b.Type == TypeBlob:
		return p.lob(r, i)
	case b.Type == TypeCursor:
		r.cursor()
		return datum.NULL
	}
	v := r.value(b, p.kinds[i], &p.invalid)
	if p.clone && !v.IsNull() {
		v = datum.Of(v.Kind(), strings.Clone(v.Bytes()))
	}
	return v
}

// cursor reads over a REF CURSOR bind, which may be NULL or closed.
func (r *Reader) cursor() {
	if isNull := r.U8() == 0; isNull {
		return
	}
	if isOpen := r.U8() != 0; isOpen {
		r.UB()
	}
}

// table reads over an index-by table, which no statement takes.
func (p *RowPlan) table(r *Reader, b *Bind) {
	kind, _ := kindOf(b.Type)
	for range r.Count(maxExecutions, "table elements") {
		if r.err != nil {
			return
		}
		r.value(b, kind, &p.invalid)
	}
}

// lob turns the locator of bind i into the value behind it.
func (p *RowPlan) lob(r *Reader, i int) datum.Value {
	locator := r.Locator()
	if locator == "" || r.err != nil {
		return datum.NULL
	}
	v, err := p.resolve(i, locator)
	if err != nil && p.err == nil {
		p.err = err
	}
	return v
}

// Invalid returns ORA-01460 when a value could not be taken as what it was
// declared, and the resolver's error when a locator was unknown.
func (p *RowPlan) Invalid() error {
	if p.err == nil && p.invalid {
		return datum.Errorf(1460, "unimplemented or unreasonable conversion requested")
	}
	return p.err
}

// Locator reads a LOB locator as a bind value; "" is NULL.
func (r *Reader) Locator() string {
	if r.Count(maxLocator, "bytes in a locator") == 0 {
		return ""
	}
	return r.CLR()
}
