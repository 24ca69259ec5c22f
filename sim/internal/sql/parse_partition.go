package sql

// The partitions of a table as declared.
type (
	// Partitioning is PARTITION BY. Kind is RANGE, LIST or HASH.
	Partitioning struct {
		At
		Kind         string
		Columns      []string
		Interval     Expr // of RANGE, or nil
		IntervalText string
		Partitions   []PartitionDef
		Count        int // PARTITIONS n of HASH
	}
	// PartitionDef is one partition; hash partitions have no bounds, and may
	// have no name.
	PartitionDef struct {
		At
		Name   string
		Bounds []Bound
	}
	// Bound is one value of a partition: an expression, or the Word MAXVALUE or
	// DEFAULT.
	Bound struct {
		Expr Expr
		Word string
	}
	// PartitionPart is ALTER TABLE … ADD, DROP or TRUNCATE PARTITION, by Action.
	PartitionPart struct {
		Action string
		Def    PartitionDef
	}
)

// partitioning parses what follows PARTITION BY.
func (p *parser) partitioning() *Partitioning {
	s := &Partitioning{At: p.here()}
	switch t := p.peek(); {
	case t.is("RANGE"), t.is("LIST"), t.is("HASH"):
		s.Kind = t.upper()
		p.at++
	default:
		p.unimplemented("PARTITION BY " + t.upper())
	}
	s.Columns = p.identList()
	if s.Kind == "RANGE" && p.accept("INTERVAL") {
		p.expectOp("(")
		start := p.peek().pos
		s.Interval = p.expr()
		s.IntervalText = p.text[start:p.tokens[p.at-1].end]
		p.expectOp(")")
	}
	if s.Kind == "HASH" && p.accept("PARTITIONS") {
		s.Count = p.integer()
		return s
	}
	if s.Kind == "HASH" && !p.peek().isOp("(") && !p.peek().is("SUBPARTITION") {
		s.Count = 1
		return s
	}
	if p.peek().is("AUTOMATIC") || p.peek().is("SUBPARTITION") {
		p.unimplemented(p.peek().upper())
	}
	p.expectOp("(")
	for {
		s.Partitions = append(s.Partitions, p.partitionDef(s.Kind))
		if !p.acceptOp(",") {
			break
		}
	}
	p.expectOp(")")
	return s
}

// partitionDef parses PARTITION [name] [VALUES …] and skips its physical
// attributes. An empty kind takes any bounds.
func (p *parser) partitionDef(kind string) PartitionDef {
	d := PartitionDef{At: p.here()}
	p.expect("PARTITION")
	if p.isIdent() && !p.peek().is("VALUES") && !p.peek().is("TABLESPACE") {
		d.Name = p.ident()
	}
	if kind != "HASH" {
		p.expect("VALUES")
		if kind == "RANGE" || kind == "" && p.peek().is("LESS") {
			p.expect("LESS", "THAN")
		}
		d.Bounds = p.bounds()
	}
	for p.physical() {
	}
	if p.accept("SEGMENT", "CREATION") {
		p.at++ // IMMEDIATE or DEFERRED
		for p.physical() {
		}
	}
	return d
}

// bounds parses (value, …).
func (p *parser) bounds() []Bound {
	var list []Bound
	p.expectOp("(")
	for {
		switch t := p.peek(); {
		case t.is("MAXVALUE"), t.is("DEFAULT"):
			list = append(list, Bound{Word: t.upper()})
			p.at++
		default:
			list = append(list, Bound{Expr: p.expr()})
		}
		if !p.acceptOp(",") {
			break
		}
	}
	p.expectOp(")")
	return list
}

// partitionPart parses an action on a partition if one comes next.
func (p *parser) partitionPart() *PartitionPart {
	next := p.peekAt(1)
	if !next.is("PARTITION") {
		return nil
	}
	switch t := p.peek(); {
	case t.is("ADD"):
		p.at++
		return &PartitionPart{Action: "ADD", Def: p.partitionDef("")}
	case t.is("DROP"), t.is("TRUNCATE"):
		p.at += 2
		if p.peek().is("FOR") {
			p.unimplemented("PARTITION FOR")
		}
		part := &PartitionPart{Action: t.upper(), Def: PartitionDef{At: p.here(), Name: p.ident()}}
		if t.is("TRUNCATE") && (p.accept("DROP") || p.accept("REUSE")) {
			p.expect("STORAGE")
		}
		_ = p.accept("UPDATE", "INDEXES") || p.accept("UPDATE", "GLOBAL", "INDEXES") // indexes are always up to date
		return part
	}
	return nil
}

// ofPartition parses PARTITION (name) or PARTITION FOR (values) behind a table.
// Subpartitions are refused by name.
func (p *parser) ofPartition() *PartitionRef {
	r := &PartitionRef{At: p.here()}
	switch {
	case p.peek().is("SUBPARTITION") && (p.peekAt(1).isOp("(") || p.peekAt(1).is("FOR")):
		p.unimplemented("SUBPARTITION")
	case !p.peek().is("PARTITION") || !p.peekAt(1).isOp("(") && !p.peekAt(1).is("FOR"):
		return nil
	}
	p.at++
	switch {
	case p.accept("FOR"):
		p.expectOp("(")
		r.For = []Expr{p.expr()}
		for p.acceptOp(",") {
			r.For = append(r.For, p.expr())
		}
		p.expectOp(")")
	default:
		p.expectOp("(")
		r.Name = p.ident()
		p.expectOp(")")
	}
	return r
}
