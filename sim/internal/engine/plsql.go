package engine

import (
	"context"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// variables finds PL/SQL variables by name.
type variables interface {
	find(path []string) *variable
}

// A variable is a PL/SQL variable or bind. Blocks are not recursive, so that
// one variable per declaration and execution is enough.
type variable struct {
	typ      datum.Type // kind Null: takes any value
	value    datum.Value
	cursor   *database.Cursor
	word     string // of the declaration, such as PLS_INTEGER
	constant bool
	notNull  bool
	bind     bool
	stored   bool               // the value is of a table: a LOB is its locator
	place    *database.LOBPlace // where the LOB is, when that is known
}

// boundBinds are the binds of a block and what the block does with them.
type boundBinds struct {
	vars          []*variable
	read, written []bool
}

// names are those that one level of a block declares; outer is the level around
// it.
type names struct {
	outer      *names
	variables  map[string]*variable
	records    map[string]map[string]*variable
	exceptions map[string]*exception
	cursors    map[string]*sql.Select
}

func newNames(outer *names) *names {
	return &names{
		outer: outer, variables: map[string]*variable{}, records: map[string]map[string]*variable{},
		exceptions: map[string]*exception{}, cursors: map[string]*sql.Select{},
	}
}

// find looks a name up from the innermost level outwards: a variable, or the
// field of a record.
func (n *names) find(path []string) *variable {
	for ; n != nil; n = n.outer {
		switch len(path) {
		case 1:
			if v := n.variables[path[0]]; v != nil {
				return v
			}
		case 2:
			if v := n.records[path[0]][path[1]]; v != nil {
				return v
			}
		}
	}
	return nil
}

// flow is how a step ends.
type flow int

const (
	goOn flow = iota
	exitLoop
	nextTurn
	leaveBlock
)

// A step is a compiled PL/SQL statement.
type step func(x *execution) (flow, error)

// An execution is one run of a block.
type execution struct {
	ctx     context.Context //nolint:containedctx // lives as long as one call
	s       *Session
	run     *run
	current error // the exception that is being handled
}

// frame is what expressions outside SQL run in: a time that stands still
// would be wrong in a loop, so it is renewed.
func (x *execution) frame() *frame {
	x.run.now = x.s.instance.config.Now()
	return &frame{run: x.run}
}

// A blockCompiler turns a block into steps.
type blockCompiler struct {
	*compiler
	text   string
	names  *names
	status *status
}

// status is the variables PL/SQL keeps itself.
type status struct {
	rowcount, found, notFound, sqlcode, sqlerrm *variable
}

// newStatus starts with no exception and no statement run.
func newStatus() *status {
	boolean := func() *variable { return &variable{typ: booleanType()} }
	return &status{
		rowcount: &variable{typ: numberType()}, found: boolean(), notFound: boolean(),
		sqlcode: &variable{typ: numberType(), value: datum.FromInt(0)},
		sqlerrm: &variable{typ: datum.Type{Kind: datum.Text, Size: 512, Chars: 512}, value: datum.FromText(noError)},
	}
}

const noError = "ORA-0000: normal, successful completion"

// compileBlock compiles a block with its binds.
func (s *Session) compileBlock(text string, b *sql.Block, bound *boundBinds) (step, error) {
	st := newStatus()
	root := newNames(nil)
	root.variables["SQL%ROWCOUNT"], root.variables["SQL%FOUND"], root.variables["SQL%NOTFOUND"] = st.rowcount, st.found, st.notFound
	root.variables["SQLCODE"], root.variables["SQLERRM"] = st.sqlcode, st.sqlerrm
	for name, code := range predefined {
		root.exceptions[name] = &exception{code: code}
	}
	c := &blockCompiler{compiler: &compiler{s: s, bound: bound}, text: text, names: root, status: st}
	out, err := c.block(b)
	if err != nil {
		return nil, c.compileError(err)
	}
	return out, nil
}

func newBinds(n int) *boundBinds {
	b := &boundBinds{read: make([]bool, n), written: make([]bool, n)}
	for range n {
		b.vars = append(b.vars, &variable{bind: true})
	}
	return b
}

// bindModes finds out which way the binds of a block travel. A block that does
// not compile keeps IN binds; executing it reports why.
func (s *Session) bindModes(b *sql.Block, binds []database.Bind) {
	bound := newBinds(len(binds))
	if _, err := s.compileBlock("", b, bound); err != nil {
		return
	}
	for i := range binds {
		switch {
		case bound.written[i] && bound.read[i]:
			binds[i].Mode = database.InOut
		case bound.written[i]:
			binds[i].Mode = database.Out
		}
	}
}

// runBlocks executes a block once per row of binds. What a failing execution
// did inside the database is undone, as for any statement.
func (s *Session) runBlocks(ctx context.Context, text string, b *sql.Block, binds []database.Bind, e database.Execution) (*database.Outcome, error) {
	bound := newBinds(len(binds))
	for i, v := range bound.vars {
		if i < len(e.Types) {
			v.typ = e.Types[i]
		}
	}
	body, err := s.compileBlock(text, b, bound)
	if err != nil {
		return nil, err
	}
	out := &database.Outcome{}
	rows := e.Values
	if len(rows) == 0 {
		rows = [][]datum.Value{nil}
	}
	for i, row := range rows {
		for j, v := range row[:min(len(row), len(bound.vars))] {
			bound.vars[j].value, bound.vars[j].cursor = v, nil
			bound.vars[j].stored, bound.vars[j].place = false, nil
			if len(rows) == 1 && j < len(e.Places) && e.Places[j] != nil {
				bound.vars[j].stored, bound.vars[j].place = true, e.Places[j]
			}
		}
		if err := s.runBlock(ctx, body); err != nil {
			if !e.BatchErrors || len(rows) == 1 {
				return nil, err
			}
			out.Failed = append(out.Failed, database.BatchError{Row: i, Err: datum.AsError(err)})
			continue
		}
		out.Affected++
		out.PerRow = append(out.PerRow, 1)
	}
	for _, v := range bound.vars {
		out.Out = append(out.Out, database.OutValue{Value: v.value, Cursor: v.cursor, Place: v.place})
	}
	return out, nil
}

// runBlock runs a compiled block once; when it fails its changes are undone,
// but not what it committed.
func (s *Session) runBlock(ctx context.Context, body step) error {
	x := &execution{ctx: ctx, s: s, run: s.newRun(ctx, nil)}
	before, mark := s.txn, 0
	if before != nil {
		mark = before.Mark()
	}
	_, err := body(x)
	if err == nil {
		return nil
	}
	// Undo to the start of the block, unless it ended the transaction itself.
	switch {
	case s.txn == nil:
	case s.txn == before && mark <= s.txn.Mark():
		s.txn.RollbackTo(mark)
	case before == nil && s.txn.Mark() > 0:
		s.txn.RollbackTo(0)
	}
	s.settle()
	return finalError(err)
}
