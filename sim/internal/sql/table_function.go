package sql

// TableFunction is a package's function in a FROM clause, whose rows are read
// like a table's: TABLE(package.function(…)), or the call alone.
type TableFunction struct {
	At
	Call  *Call
	Alias string
}

// tableFunction parses a table function, or returns nil and takes nothing when
// there is none.
func (p *parser) tableFunction() *TableFunction {
	f := &TableFunction{At: p.here()}
	wrapped := p.peek().is("TABLE") && p.peekAt(1).isOp("(")
	switch {
	case wrapped:
		p.at += 2
	case !p.callAhead():
		return nil
	}
	call, ok := p.reference().(*Call)
	if !ok || len(call.Path) < 2 {
		p.unimplemented("TABLE")
	}
	f.Call = call
	if wrapped {
		p.expectOp(")")
	}
	f.Alias = p.tableAlias()
	return f
}

// callAhead reports a path of at least two names with arguments behind it.
func (p *parser) callAhead() bool {
	n := 0
	for t := p.peek(); t.kind == quoted || t.kind == word && !reserved[t.upper()]; t = p.peekAt(n) {
		switch next := p.peekAt(n + 1); {
		case next.isOp("."):
			n += 2
		default:
			return n > 0 && next.isOp("(")
		}
	}
	return false
}
