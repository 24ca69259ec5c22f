package engine

import (
	"cmp"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/state"
)

// savedCatalog is a catalog in its section.
type savedCatalog struct {
	tables        []*table
	grants        []grantKey
	lastID, names int
}

// code carries the catalog. Each table's definition is followed by its rows,
// which is what rows does.
func (s *savedCatalog) code(c *state.Coder, rows func(*table)) {
	state.Int(c, &s.lastID)
	state.Int(c, &s.names)
	state.List(c, &s.grants, func(c *state.Coder, g *grantKey) {
		c.Text(&g.grantee)
		codeName(c, &g.object)
		c.Text(&g.privilege)
	})
	state.Pointers(c, &s.tables, func(c *state.Coder, t *table) {
		codeTable(c, t)
		if c.Loading() && !t.sound(c) {
			return
		}
		rows(t)
	})
}

func codeName(c *state.Coder, n *objectName) {
	c.Text(&n.schema)
	c.Text(&n.name)
}

func compareGrants(a, b grantKey) int {
	return cmp.Or(cmp.Compare(a.grantee, b.grantee), cmp.Compare(a.object.schema, b.object.schema),
		cmp.Compare(a.object.name, b.object.name), cmp.Compare(a.privilege, b.privilege))
}

func (s *savedCatalog) restore(to *catalog) {
	to.lastID, to.names = s.lastID, s.names
	for _, t := range s.tables {
		to.tables[objectName{t.schema, t.name}] = t
	}
	for _, g := range s.grants {
		to.grants[g] = true
	}
}

// codeTable carries the definition of a table.
func codeTable(c *state.Coder, t *table) {
	state.Int(c, &t.id)
	c.Text(&t.schema)
	c.Text(&t.name)
	state.Pointers(c, &t.columns, codeColumn)
	state.Int(c, &t.slots)
	state.Pointers(c, &t.indexes, codeIndex)
	state.Pointers(c, &t.constraints, func(c *state.Coder, k *constraint) {
		codeConstraint(c, k)
		codeIndexOf(c, t, k)
	})
	state.Int(c, &t.changed)
	c.Time(&t.created)
	c.Time(&t.altered)
	c.Text(&t.comment)
	state.Optional(c, &t.stats, func(c *state.Coder, s *statistics) {
		state.Int(c, &s.rows)
		state.Int(c, &s.blocks)
		state.Int(c, &s.rowLength)
		c.Time(&s.analyzed)
	})
	state.Optional(c, &t.parts, codePartitioning)
	state.Optional(c, &t.external, func(c *state.Coder, x *External) {
		c.Text(&x.Driver)
		state.Texts(c, &x.Locations)
		c.Text(&x.RejectLimit)
		state.Map(c, &x.Parameters, (*state.Coder).Text, (*state.Coder).Text)
	})
}

func codeColumn(c *state.Coder, col *column) {
	c.Text(&col.name)
	codeType(c, &col.typ)
	c.Bool(&col.star)
	state.Int(c, &col.slot)
	c.Bool(&col.notNull)
	state.Optional(c, &col.byDefault, codeExpression)
	c.Bool(&col.onNull)
	state.Optional(c, &col.virtual, codeExpression)
	state.Optional(c, &col.identity, codeIdentity)
	c.Bool(&col.invisible)
	c.Text(&col.comment)
	c.Value(&col.missing)
}

func codeType(c *state.Coder, t *datum.Type) {
	state.Int(c, &t.Kind)
	c.Bool(&t.Fixed)
	c.Bool(&t.National)
	c.Bool(&t.CharSized)
	c.Bool(&t.Long)
	state.Int(c, &t.Document)
	state.Int(c, &t.Size)
	state.Int(c, &t.Chars)
	state.Int(c, &t.Precision)
	state.Int(c, &t.Scale)
}

// codeExpression carries the text, which is parsed again.
func codeExpression(c *state.Coder, x *expression) {
	c.Text(&x.text)
	if !c.Loading() || c.Err() != nil {
		return
	}
	parsed, err := newExpression(x.text)
	if err != nil {
		c.Damaged("an expression cannot be parsed: %v", err)
		return
	}
	*x = *parsed
}

// codeIdentity carries a generator as it is by now: numbers that were drawn
// after the rest was captured stay used up.
func codeIdentity(c *state.Coder, i *identity) {
	c.Bool(&i.always)
	c.Bool(&i.onNull)
	state.Int(c, &i.start)
	state.Int(c, &i.by)
	c.Text(&i.sequence)
	i.mu.Lock()
	last, used := i.last, i.used
	i.mu.Unlock()
	state.Int(c, &last)
	c.Bool(&used)
	if !c.Loading() {
		return
	}
	if i.last, i.used = last, used; i.by == 0 {
		c.Damaged("sequence %s has the increment 0", i.sequence)
	}
}

func codeIndex(c *state.Coder, x *index) {
	state.Int(c, &x.id)
	c.Text(&x.name)
	c.Bool(&x.generated)
	state.Texts(c, &x.columns)
	state.List(c, &x.computed, func(c *state.Coder, k *computedKey) {
		state.Optional(c, &k.expr, codeExpression)
		c.Text(&k.column)
		codeType(c, &k.typ)
		c.Bool(&k.descending)
	})
	for _, flag := range []*bool{&x.unique, &x.bitmap, &x.reverse, &x.invisible, &x.local} {
		c.Bool(flag)
	}
	state.Int(c, &x.compress)
	c.Time(&x.created)
}

func codeConstraint(c *state.Coder, k *constraint) {
	c.Text(&k.name)
	c.Bool(&k.generated)
	c.Text(&k.kind)
	state.Texts(c, &k.columns)
	state.Optional(c, &k.check, codeExpression)
	c.Bool(&k.notNull)
	c.Text(&k.refSchema)
	c.Text(&k.refName)
	c.Text(&k.refTable)
	c.Text(&k.onDelete)
	c.Bool(&k.disabled)
	c.Time(&k.altered)
}
