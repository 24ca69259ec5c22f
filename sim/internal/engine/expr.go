package engine

import (
	"context"
	"time"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine/heap"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// An evaluator computes an expression for the current row of a frame.
// Conditions yield a Boolean, or NULL for unknown.
type evaluator func(*frame) (datum.Value, error)

// compiled is an expression ready to run, with its static type. A type of kind
// Null is unknown: a NULL, or a bind nobody has described.
type compiled struct {
	typ      datum.Type
	eval     evaluator
	literal  bool // the same for every row: a literal or bind
	nullable bool
	parts    []compiled   // of a concatenation: what it joins, from left to right
	append   appender     // the faster form of eval for texts and RAWs that are put together; or nil
	fixed    *datum.Value // the value of a constant; nil for what is known only at run time
}

// A frame holds what an evaluator reads: the current row of its query block,
// and the frame of the enclosing block.
type frame struct {
	row    []datum.Value
	rownum int64
	level  int64 // of CONNECT BY
	outer  *frame
	run    *run
}

// A run is one execution of a statement.
type run struct {
	ctx   context.Context //nolint:containedctx // lives as long as one call
	s     *Session
	binds []datum.Value
	now   time.Time
	snap  heap.Snapshot
	// errorStack and backtrace describe the exception a block is handling.
	errorStack, backtrace string
}

// newRun begins a statement: the clock and the snapshot stand still while it
// runs.
func (s *Session) newRun(ctx context.Context, binds []datum.Value) *run {
	return &run{ctx: ctx, s: s, binds: binds, now: s.instance.config.Now(), snap: s.snapshot()}
}

// cancelled reports a cancelled call as ORA-01013.
func (r *run) cancelled() error {
	if r.ctx.Err() != nil {
		return database.Cancelled()
	}
	return nil
}

// A compiler turns syntax into evaluators for one execution.
type compiler struct {
	s     *Session
	binds []datum.Type // declared types of the binds; may be short
	vars  variables    // PL/SQL variables in reach, or nil
	bound *boundBinds  // binds of a PL/SQL block, or nil
	with  []*common    // WITH entries in reach
	// placed is the query that is to tell where the LOBs of its result are stored.
	placed *sql.Select
}

// A scope is the names one query block can see.
type scope struct {
	outer   *scope
	sources []*source
	width   int
	groups  *grouping // set while the block's grouped part is compiled
	levels  bool      // the block has CONNECT BY
	inCheck bool      // in a stored expression: no subqueries
	prints  map[sql.Expr]string
	aliases []output // in ORDER BY: the result columns
}

// A source is one FROM entry with its place in the block's row.
type source struct {
	alias, schema string
	table         *table
	columns       []sourceColumn
	offset        int
}

// sourceColumn is a column of a source. Hidden ones are not part of "*".
type sourceColumn struct {
	datum.Column
	hidden bool
	merged bool // the right side of USING: not meant by a bare name
	used   bool
}

// at gives an error the position of a node unless it has one.
func at(x interface{ Pos() int }, err error) error {
	e := datum.AsError(err)
	if e.Pos == 0 {
		return e.At(x.Pos())
	}
	return e
}

// constant makes the expression for a fixed value.
func constant(v datum.Value, t datum.Type) compiled {
	return compiled{typ: t, literal: true, nullable: v.IsNull(), fixed: &v, eval: func(*frame) (datum.Value, error) { return v, nil }}
}

// numberType is the type of NUMBER without precision.
func numberType() datum.Type { return datum.Type{Kind: datum.Number, Scale: -127} }

// textType is VARCHAR2(n); n is cut to the SQL limit.
func (s *Session) textType(n int) datum.Type {
	n = max(1, min(n, s.instance.config.textLimit()))
	return datum.Type{Kind: datum.Text, Size: n, Chars: n}
}

func booleanType() datum.Type { return datum.Type{Kind: datum.Boolean} }

// compile compiles an expression that may be a condition.
func (c *compiler) compile(x sql.Expr, sc *scope) (compiled, error) {
	if sc.groups != nil {
		if out, done, err := c.grouped(x, sc); done || err != nil {
			return out, err
		}
	}
	switch x := x.(type) {
	case *sql.Literal:
		return constant(x.Value, literalType(x)), nil
	case *sql.Bind:
		return c.bind(x)
	case *sql.Ref:
		return c.reference(x, sc)
	case *sql.Call:
		return c.call(x, sc)
	case *sql.Unary:
		return c.unary(x, sc)
	case *sql.Case:
		return c.caseExpr(x, sc)
	case *sql.Subquery:
		return c.scalarQuery(x, sc)
	case *sql.Cast:
		return c.cast(x, sc)
	case *sql.Extract:
		return c.extract(x, sc)
	case *sql.Trim:
		return c.trim(x, sc)
	case *sql.JSONObject:
		return c.jsonObject(x, sc)
	case *sql.Document:
		return c.document(x, sc)
	case *sql.AtZone:
		return c.atZone(x, sc)
	case *sql.Row:
		return compiled{}, at(x, datum.Errorf(907, "missing right parenthesis"))
	case *sql.Binary:
		return c.binary(x, sc)
	default:
		return c.condition(x, sc)
	}
}

// value compiles an expression that may not be a condition, as in a select
// list of SQL.
func (c *compiler) value(x sql.Expr, sc *scope) (compiled, error) {
	out, err := c.compile(x, sc)
	if err == nil && out.typ.Kind == datum.Boolean && c.vars == nil {
		return out, at(x, datum.Errorf(936, "missing expression"))
	}
	return out, err
}

// predicate compiles a condition, as in WHERE.
func (c *compiler) predicate(x sql.Expr, sc *scope) (compiled, error) {
	out, err := c.compile(x, sc)
	if err == nil && out.typ.Kind != datum.Boolean && out.typ.Kind != datum.Null {
		return out, at(x, datum.Errorf(920, "invalid relational operator"))
	}
	return out, err
}

// literalType types a literal. Text literals are CHAR in Oracle, which decides
// how they compare.
func literalType(l *sql.Literal) datum.Type {
	v := l.Value
	t := datum.Type{Kind: v.Kind()}
	switch v.Kind() {
	case datum.Text:
		n := len(v.Text())
		t.Size, t.Chars, t.Fixed, t.National = n, n, true, l.National
	case datum.Number:
		t.Scale = -127
	case datum.Timestamp, datum.TimestampTZ, datum.IntervalDS:
		t.Precision, t.Scale = 9, 9
	case datum.IntervalYM:
		t.Precision = 9
	default:
	}
	return t
}

// bind compiles a placeholder. In a block it is a variable; in SQL it is a
// value of the execution.
func (c *compiler) bind(b *sql.Bind) (compiled, error) {
	if c.bound != nil {
		v := c.bound.vars[b.Index]
		c.bound.read[b.Index] = true
		return compiled{typ: v.typ, literal: true, nullable: true, eval: func(*frame) (datum.Value, error) { return v.value, nil }}, nil
	}
	var t datum.Type
	if b.Index < len(c.binds) {
		t = c.binds[b.Index]
	}
	i := b.Index
	return compiled{typ: t, literal: true, nullable: true, eval: func(f *frame) (datum.Value, error) {
		if i >= len(f.run.binds) {
			return datum.NULL, datum.Errorf(1008, "not all variables bound")
		}
		return f.run.binds[i], nil
	}}, nil
}
