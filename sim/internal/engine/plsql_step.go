package engine

import (
	"math"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// block compiles declarations, body and handlers of a block.
func (c *blockCompiler) block(b *sql.Block) (step, error) {
	inner := *c
	inner.names = newNames(c.names)
	compilerCopy := *c.compiler
	compilerCopy.vars = inner.names
	inner.compiler = &compilerCopy
	var inits []step
	for i := range b.Declarations {
		init, err := inner.declare(&b.Declarations[i])
		if err != nil {
			return nil, err
		}
		if init != nil {
			inits = append(inits, init)
		}
	}
	body, err := inner.sequence(b.Body)
	if err != nil {
		return nil, err
	}
	handle, err := inner.handlers(b.Handlers)
	if err != nil {
		return nil, at(b, err)
	}
	return func(x *execution) (flow, error) {
		for _, init := range inits {
			if _, err := init(x); err != nil {
				return goOn, err
			}
		}
		f, err := body(x)
		if err != nil && len(b.Handlers) > 0 {
			return handle(x, err)
		}
		return f, err
	}, nil
}

// declare adds a name; the step it returns gives a variable its first value.
func (c *blockCompiler) declare(d *sql.Declaration) (step, error) {
	switch {
	case d.Exception:
		c.names.exceptions[d.Name] = &exception{name: d.Name, code: d.Code}
		return nil, nil
	case d.Cursor != nil:
		c.names.cursors[d.Name] = d.Cursor
		_, err := c.query(d.Cursor, nil)
		return nil, err
	}
	t, err := c.variableType(d.Type)
	if err != nil {
		return nil, err
	}
	v := &variable{typ: t, notNull: d.NotNull, word: d.Type.Word}
	if c.names.variables[d.Name] != nil {
		return nil, at(d, datum.Errorf(371, "at most one declaration for '%s' is permitted", d.Name))
	}
	init := constant(datum.NULL, datum.Type{})
	if d.Init != nil {
		if init, err = c.value(d.Init, &scope{}); err != nil {
			return nil, err
		}
	}
	c.names.variables[d.Name] = v
	out := c.guarded(d, func(x *execution) error {
		value, err := init.eval(x.frame())
		if err != nil {
			return err
		}
		return c.s.assign(v, value)
	})
	if d.Constant {
		// The initial value is set through the step above; only later
		// assignments are refused, when they are compiled.
		v.constant = true
	}
	return out, nil
}

// variableType resolves a declared type, name%TYPE included.
func (c *blockCompiler) variableType(t *sql.TypeName) (datum.Type, error) {
	if len(t.Of) == 0 {
		out := t.Type
		if out.Kind == datum.Text && !out.Fixed {
			out.Size = out.Chars
			if out.CharSized || out.National {
				out.Size = 4 * out.Chars
			}
		}
		return out, nil
	}
	if v := c.names.find(t.Of); v != nil {
		return v.typ, nil
	}
	if n := len(t.Of); n >= 2 && n <= 3 {
		schema := ""
		if n == 3 {
			schema = t.Of[0]
		}
		if table, err := c.s.lookup(schema, t.Of[n-2]); err == nil && table.column(t.Of[n-1]) != nil {
			return table.column(t.Of[n-1]).typ, nil
		}
	}
	return datum.Type{}, at(t, datum.Errorf(201, "identifier '%s' must be declared", t.Of[0]))
}

// sequence compiles steps to be run one after the other.
func (c *blockCompiler) sequence(list []sql.Step) (step, error) {
	steps := make([]step, len(list))
	for i, st := range list {
		var err error
		if steps[i], err = c.step(st); err != nil {
			return nil, err
		}
	}
	return func(x *execution) (flow, error) {
		for _, s := range steps {
			if f, err := s(x); err != nil || f != goOn {
				return f, err
			}
		}
		return goOn, nil
	}, nil
}

// step compiles one statement of a block.
func (c *blockCompiler) step(st sql.Step) (step, error) {
	switch st := st.(type) {
	case *sql.Assign:
		return c.assignStep(st)
	case *sql.CallStep:
		return c.callStep(st)
	case *sql.If:
		return c.ifStep(st)
	case *sql.Loop:
		return c.loopStep(st)
	case *sql.Exit:
		return c.exitStep(st)
	case *sql.SQLStep:
		return c.sqlStep(st)
	case *sql.Immediate:
		return c.immediateStep(st)
	case *sql.Open:
		return c.openStep(st)
	case *sql.Raise:
		return c.raiseStep(st)
	case *sql.Return:
		return func(*execution) (flow, error) { return leaveBlock, nil }, nil
	case *sql.Nothing:
		return func(*execution) (flow, error) { return goOn, nil }, nil
	case *sql.Nested:
		return c.block(st.Block)
	}
	return nil, at(st, unimplemented("PL/SQL statement"))
}

// target compiles something assignable.
func (c *blockCompiler) target(x sql.Expr) (*variable, error) {
	switch x := x.(type) {
	case *sql.Bind:
		c.bound.written[x.Index] = true
		return c.bound.vars[x.Index], nil
	case *sql.Ref:
		v := c.names.find(x.Path)
		switch {
		case v == nil:
			return nil, at(x, datum.Errorf(201, "identifier '%s' must be declared", x.Path[0]))
		case v.constant:
			return nil, at(x, datum.Errorf(363, "expression '%s' cannot be used as an assignment target", x.Path[0]))
		}
		return v, nil
	}
	return nil, at(x, datum.Errorf(363, "expression cannot be used as an assignment target"))
}

// assignStep compiles target := value.
func (c *blockCompiler) assignStep(st *sql.Assign) (step, error) {
	v, err := c.target(st.Target)
	if err != nil {
		return nil, err
	}
	value, err := c.compile(st.Value, &scope{})
	if err != nil {
		return nil, err
	}
	from := c.locatorOf(st.Value, value.typ)
	return c.guarded(st, func(x *execution) error {
		out, err := value.eval(x.frame())
		if err != nil {
			return err
		}
		if err := c.s.assign(v, out); err != nil || from == nil {
			return err
		}
		v.stored, v.place = from.stored, from.place // a second locator of the same LOB
		return nil
	}), nil
}

// locatorOf returns the variable that an expression is, if it may hold a locator.
func (c *blockCompiler) locatorOf(x sql.Expr, t datum.Type) *variable {
	switch x := x.(type) {
	case *sql.Bind:
		return c.bound.vars[x.Index]
	case *sql.Ref:
		if isLOB(t.Kind) {
			return c.names.find(x.Path)
		}
	}
	return nil
}

// assign gives a variable a value of its own kind and within its limits.
//
// Errors: ORA-06502 in its forms.
func (s *Session) assign(v *variable, value datum.Value) error {
	v.stored, v.place = false, nil
	const prefix = "PL/SQL: numeric or value error"
	if value.IsNull() && v.notNull {
		return datum.Errorf(6502, prefix)
	}
	out, err := s.convert(value, v.typ)
	if e := datum.AsError(err); err != nil {
		switch {
		case v.typ.Kind == datum.Number && e.Code == 1722:
			return datum.Errorf(6502, prefix+": character to number conversion error")
		case e.Code == 1465:
			return datum.Errorf(6502, prefix+": hex to raw conversion error")
		}
		return err
	}
	if v.bind && (out.Kind() != datum.Text && out.Kind() != datum.Raw || v.typ.Size == 0) {
		v.value = out // what a client declares for other kinds is no limit
		return nil
	}
	if v.bind {
		if len(out.Bytes()) > max(v.typ.Size, 4*v.typ.Chars) {
			return datum.Errorf(6502, prefix+": character string buffer too small")
		}
		v.value = out
		return nil
	}
	out, broken := enforce(out, v.typ)
	switch broken.code {
	case 0:
		if err := inRange(out, v.word); err != nil {
			return err
		}
		v.value = out
		return nil
	case 1438:
		return datum.Errorf(6502, prefix+": number precision too large")
	default:
		return datum.Errorf(6502, prefix+": character string buffer too small")
	}
}

// inRange checks the integers of PL/SQL, which have 32 bits.
//
// Errors: ORA-01426; ORA-06502 for one that may not be negative, or zero.
func inRange(v datum.Value, word string) error {
	least := int64(math.MinInt32)
	switch word {
	case "PLS_INTEGER", "BINARY_INTEGER", "SIMPLE_INTEGER":
	case "NATURAL":
		least = 0
	case "POSITIVE":
		least = 1
	default:
		return nil
	}
	n, ok := v.Int()
	switch {
	case v.IsNull():
		return nil
	case !ok || n < math.MinInt32 || n > math.MaxInt32:
		return datum.Errorf(1426, "numeric overflow")
	case n < least:
		return datum.Errorf(6502, "PL/SQL: numeric or value error")
	}
	return nil
}

// ifStep compiles IF; a condition that is unknown is not true.
func (c *blockCompiler) ifStep(st *sql.If) (step, error) {
	type branch struct {
		test evaluator
		body step
	}
	var branches []branch
	for _, b := range st.Branches {
		test, err := c.predicate(b.If, &scope{})
		if err != nil {
			return nil, err
		}
		body, err := c.sequence(b.Then)
		if err != nil {
			return nil, err
		}
		branches = append(branches, branch{test.eval, body})
	}
	otherwise, err := c.sequence(st.Else)
	if err != nil {
		return nil, err
	}
	return func(x *execution) (flow, error) {
		for _, b := range branches {
			v, err := b.test(x.frame())
			if err != nil {
				return goOn, c.raise(st, err)
			}
			if v.Bool() {
				return b.body(x)
			}
		}
		return otherwise(x)
	}, nil
}

// exitStep compiles EXIT and CONTINUE.
func (c *blockCompiler) exitStep(st *sql.Exit) (step, error) {
	end := exitLoop
	if st.Continue {
		end = nextTurn
	}
	if st.When == nil {
		return func(*execution) (flow, error) { return end, nil }, nil
	}
	test, err := c.predicate(st.When, &scope{})
	return func(x *execution) (flow, error) {
		v, err := test.eval(x.frame())
		if err != nil {
			return goOn, c.raise(st, err)
		}
		if v.Bool() {
			return end, nil
		}
		return goOn, nil
	}, err
}

// callStep compiles a procedure call.
func (c *blockCompiler) callStep(st *sql.CallStep) (step, error) {
	call := st.Call
	if len(call.Path) == 1 && call.Path[0] == "RAISE_APPLICATION_ERROR" {
		return c.applicationError(st)
	}
	p, args, err := c.s.resolveCall(call)
	if err != nil {
		return nil, at(call, err)
	}
	if p.Returns != nil && st.Into == nil {
		return nil, at(call, datum.Errorf(221, "'%s' is not a procedure or is undefined", p.Name))
	}
	values := make([]compiled, len(args))
	targets := make([]*variable, len(args))
	for i, a := range args {
		if a == nil {
			continue
		}
		if p.Params[i].output() {
			if targets[i], err = c.target(a); err != nil {
				return nil, err
			}
		}
		if !p.Params[i].output() || p.Params[i].Mode == database.InOut {
			if values[i], err = c.compile(a, &scope{}); err != nil {
				return nil, err
			}
		}
	}
	var into *variable
	if st.Into != nil {
		if into, err = c.target(st.Into); err != nil {
			return nil, err
		}
	}
	return c.guarded(st, func(x *execution) error { return c.invoke(x, p, values, targets, into) }), nil
}

// invoke calls a procedure and hands its outputs back.
func (c *blockCompiler) invoke(x *execution, p *Procedure, values []compiled, targets []*variable, into *variable) error {
	a := newArgs(p)
	for i := range values {
		a.given[i] = values[i].eval != nil || targets[i] != nil
		if values[i].eval == nil {
			continue
		}
		v, err := convertTo(x.frame(), values[i], p.Params[i].Type)
		if err != nil {
			return datum.AsError(err).Above(6502, "PL/SQL: numeric or value error")
		}
		a.values[i] = v
	}
	a.targets = make([]datum.Type, len(targets))
	for i, v := range targets {
		if v == nil {
			continue
		}
		a.targets[i] = v.typ
		if err := x.lockedLOB(p.Params[i], v, &a.values[i]); err != nil {
			return err
		}
	}
	if err := p.Call(x.ctx, x.s, a); err != nil {
		return err
	}
	for i, v := range targets {
		if v == nil {
			continue
		}
		if err := x.handBack(p.Params[i], v, a.values[i]); err != nil {
			return err
		}
	}
	if into != nil {
		return x.s.assign(into, a.result)
	}
	return nil
}

// lockedLOB makes the argument of a procedure that writes to a stored LOB what
// the row holds now, for a locator may be older.
//
// Errors: ORA-22920, ORA-22922.
func (x *execution) lockedLOB(p Param, v *variable, value *datum.Value) (err error) {
	switch {
	case !p.writes || !v.stored || !isLOB(v.value.Kind()):
		return nil
	case v.place == nil:
		return unimplemented("writing through the locator of a LOB that a view or subquery gave")
	}
	*value, err = x.s.LockedLOB(x.ctx, *v.place)
	return err
}

// handBack gives a variable what a procedure made of it; a stored LOB that was
// written to is changed in its row as well.
func (x *execution) handBack(p Param, v *variable, value datum.Value) error {
	stored, place := v.stored, v.place
	if err := x.s.assign(v, value); err != nil || !p.writes || !stored || !isLOB(value.Kind()) {
		return err
	}
	v.stored, v.place = stored, place
	return x.s.StoreLOB(x.ctx, *place, value)
}

// applicationError compiles RAISE_APPLICATION_ERROR(number, text [, keep]).
func (c *blockCompiler) applicationError(st *sql.CallStep) (step, error) {
	items, err := positional(st.Call)
	if err != nil {
		return nil, err
	}
	if len(items) < 2 || len(items) > 3 {
		return nil, at(st, datum.Errorf(306, "wrong number or types of arguments in call to 'RAISE_APPLICATION_ERROR'"))
	}
	args, err := c.list(items, &scope{})
	return c.guarded(st, func(x *execution) error {
		values, err := evaluate(x.frame(), args)
		if err != nil {
			return err
		}
		code, err := x.s.integer(values[0])
		if err != nil {
			return err
		}
		if code > -20000 || code < -20999 {
			return datum.Errorf(21000, "error number argument to raise_application_error of %d is out of range", code)
		}
		text, err := x.s.text(values[1])
		if err != nil {
			return err
		}
		return datum.Errorf(-code, "%s", text[:min(len(text), 2048)])
	}), err
}
