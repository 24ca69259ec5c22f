package sql

// createIndex parses what follows CREATE … INDEX: name ON table (keys)
// properties.
func (p *parser) createIndex(s *CreateIndex) Statement {
	s.Index = p.objectName()
	p.expect("ON")
	s.Table = p.objectName()
	p.expectOp("(")
	for {
		s.Keys = append(s.Keys, p.indexKey())
		if !p.acceptOp(",") {
			break
		}
	}
	p.expectOp(")")
	for p.indexProperty(s) {
	}
	if t := p.peek(); t.kind == word {
		p.unimplemented("index property " + t.upper())
	}
	return s
}

// indexKey parses a column or an expression with its direction.
func (p *parser) indexKey() IndexKey {
	k := IndexKey{At: p.here()}
	start := p.peek().pos
	x := p.expr()
	if ref, ok := x.(*Ref); ok && len(ref.Path) == 1 {
		k.Column = ref.Path[0]
	} else {
		k.Expr, k.Text = x, p.text[start:p.tokens[p.at-1].end]
	}
	if !p.accept("ASC") {
		k.Descending = p.accept("DESC")
	}
	return k
}

// indexProperty parses one property; it reports whether there was one. How an
// index is built and where it is stored has no effect.
func (p *parser) indexProperty(s *CreateIndex) bool {
	switch {
	case p.accept("REVERSE"):
		s.Reverse = true
	case p.accept("INVISIBLE"):
		s.Invisible = true
	case p.peek().is("COMPRESS") && p.peekAt(1).kind == number:
		p.at++
		s.Compress = int(p.signed())
	case p.accept("COMPRESS"):
		s.Compress = len(s.Keys)
		if s.Unique {
			s.Compress--
		}
	case p.accept("LOCAL"):
		s.Local = true
		p.localPartitions()
	case p.accept("PARALLEL"):
		if p.peek().kind == number {
			p.at++
		}
	case p.peek().is("GLOBAL") && p.peekAt(1).is("PARTITION"):
		p.unimplemented("GLOBAL PARTITION of an index")
	case p.accept("GLOBAL"), p.accept("VISIBLE"), p.accept("ONLINE"), p.accept("NOREVERSE"), p.accept("SORT"), p.accept("NOSORT"):
	case p.accept("COMPUTE", "STATISTICS"), p.physical():
	default:
		return false
	}
	return true
}

// localPartitions skips the names of the partitions of a local index: each
// has the name of its table's partition.
func (p *parser) localPartitions() {
	if !p.acceptOp("(") {
		return
	}
	for {
		p.expect("PARTITION")
		if p.isIdent() {
			p.ident()
		}
		for p.physical() {
		}
		if !p.acceptOp(",") {
			break
		}
	}
	p.expectOp(")")
}

// alterIndex parses one action of ALTER INDEX.
func (p *parser) alterIndex(at At) Statement {
	s := &AlterIndex{At: at, Index: p.objectName()}
	switch {
	case p.accept("RENAME", "TO"):
		s.To = p.ident()
	case p.accept("VISIBLE"):
		s.Visible = true
	case p.accept("INVISIBLE"):
		s.Invisible = true
	case p.accept("REBUILD"):
		for p.accept("ONLINE") || p.physical() {
		}
	default:
		p.unimplemented("ALTER INDEX " + p.peek().upper())
	}
	return s
}
