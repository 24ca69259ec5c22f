package engine

import (
	"slices"
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine/heap"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// A table is one definition of a heap table or an external one. It is never
// changed once it is in the catalog: DDL replaces it by an edited clone, so that
// a running statement keeps the definition it was compiled for. Clones share the
// rows.
type table struct {
	id           int
	schema, name string
	columns      []*column // in column order; invisible ones included
	slots        int       // places in a packed row, dropped columns included
	constraints  []*constraint
	indexes      []*index
	rows         *heap.Table
	changed      uint64 // SCN of the last DDL: older snapshots are ORA-01466
	created      time.Time
	altered      time.Time
	comment      string
	stats        *statistics
	parts        *partitioning // nil when it has no partitions
	external     *External     // nil for a heap table; an external one has no rows of its own
}

// A column is one column of a table.
type column struct {
	name      string
	typ       datum.Type
	star      bool // precision is NULL in the dictionary: INTEGER, NUMBER(*,s)
	slot      int  // place in a packed row, -1 for virtual columns
	notNull   bool
	byDefault *expression // DEFAULT, nil when there is none
	onNull    bool        // DEFAULT ON NULL
	virtual   *expression
	identity  *identity
	invisible bool
	comment   string
	missing   datum.Value // of rows written before the column was added
}

// An expression of the dictionary is kept parsed and as written.
type expression struct {
	text string
	expr sql.Expr
}

func newExpression(text string) (*expression, error) {
	x, err := sql.ParseExpr(text)
	if err != nil {
		return nil, err
	}
	return &expression{text: text, expr: x}, nil
}

type statistics struct {
	rows, blocks, rowLength int64
	analyzed                time.Time
}

// A constraint is a named rule. Kind is P, U, R or C; a NOT NULL is a C.
type constraint struct {
	name      string
	generated bool
	kind      string
	columns   []string
	check     *expression
	notNull   bool // the NOT NULL of columns[0]
	index     *index
	refSchema string
	refName   string // referenced constraint
	refTable  string
	onDelete  string
	disabled  bool
	altered   time.Time
}

// An index is the definition of an index; only unique ones, and those that
// enforce a key, are kept in the heap.
type index struct {
	id        int
	name      string
	generated bool
	columns   []string
	computed  []computedKey // beside columns where an entry is no plain column; nil when all are
	unique    bool
	bitmap    bool
	reverse   bool
	invisible bool
	local     bool // partitioned like its table
	compress  int  // leading keys that are compressed
	heap      *heap.Index
	created   time.Time
}

// A computedKey is an expression of an index, or a column in descending order,
// whose name in the index is that of a hidden column of the table. The zero
// value stands for a plain column.
type computedKey struct {
	expr       *expression
	column     string // of a descending one, which is no expression
	typ        datum.Type
	descending bool
}

// clone returns an editable copy: the lists are new, and so is every column
// and constraint in them.
func (t *table) clone() *table {
	c := *t
	c.columns = make([]*column, len(t.columns))
	for i, col := range t.columns {
		dup := *col
		c.columns[i] = &dup
	}
	c.constraints = make([]*constraint, len(t.constraints))
	for i, k := range t.constraints {
		dup := *k
		c.constraints[i] = &dup
	}
	c.indexes = slices.Clone(t.indexes)
	return &c
}

// archival reports ROW ARCHIVAL: statements see active rows only. There is no
// ROW ARCHIVAL VISIBILITY of a session.
func (t *table) archival() bool {
	c := t.column(sql.ArchiveState)
	return c != nil && c.invisible
}

func (t *table) column(name string) *column {
	for _, c := range t.columns {
		if c.name == name {
			return c
		}
	}
	return nil
}

// visible returns the columns that SELECT * and a bare INSERT mean.
func (t *table) visible() []*column {
	return slices.DeleteFunc(slices.Clone(t.columns), func(c *column) bool { return c.invisible })
}

// hasForeignKey reports whether rows of the table need parents.
func (t *table) hasForeignKey() bool {
	return slices.ContainsFunc(t.constraints, func(k *constraint) bool { return k.kind == "R" && !k.disabled })
}

// isKey reports whether a column belongs to a unique index.
func (t *table) isKey(name string) bool {
	return slices.ContainsFunc(t.indexes, func(x *index) bool { return x.unique && x.reads(name) })
}

func (t *table) constraint(name string) *constraint {
	for _, k := range t.constraints {
		if k.name == name {
			return k
		}
	}
	return nil
}

// slotsOf returns the places of columns in a packed row.
func (t *table) slotsOf(names []string) []int {
	slots := make([]int, len(names))
	for i, n := range names {
		slots[i] = t.column(n).slot
	}
	return slots
}

// described is a column as a result set or an Append caller sees it.
func (c *column) described() datum.Column {
	return datum.Column{Name: c.name, Type: c.typ, Nullable: !c.notNull}
}
