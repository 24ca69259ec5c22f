package sql

import "github.com/adbferry/adbferry/sim/internal/datum"

// The forms of ALTER TABLE: one action per statement, as Action says.
type (
	// AlterTable is ALTER TABLE with one kind of action.
	AlterTable struct {
		At
		Table       Name
		Add         []ColumnDef
		AddKeys     []Constraint
		Modify      []ColumnDef
		DropColumns []string
		DropKey     *DropKey
		Switch      *SwitchKey
		Rename      *RenamePart
		Partition   *PartitionPart
	}
	// DropKey is DROP CONSTRAINT name, PRIMARY KEY (Kind P) or UNIQUE (…).
	DropKey struct {
		Name    string
		Kind    string
		Columns []string
		Cascade bool
	}
	// SwitchKey is ENABLE or DISABLE of a constraint.
	SwitchKey struct {
		Enable bool
		Key    DropKey
	}
	// RenamePart is RENAME COLUMN or RENAME CONSTRAINT.
	RenamePart struct {
		Constraint bool
		From, To   string
	}
)

func (*AlterTable) statement() {}

// alter parses ALTER SESSION and ALTER TABLE; other objects are refused by
// name.
func (p *parser) alter() Statement {
	at := p.here()
	p.expect("ALTER")
	switch {
	case p.accept("SESSION"):
		return p.alterSession(at)
	case p.accept("TABLE"):
		return p.alterTable(at)
	case p.accept("INDEX"):
		return p.alterIndex(at)
	case p.accept("USER"):
		return p.alterUser(at)
	}
	if p.peek().kind != word {
		p.fail(940, "invalid ALTER command")
	}
	p.unimplemented("ALTER " + p.peek().upper())
	return nil
}

// alterTable parses one kind of action: Oracle allows several in a statement,
// but tools write one.
func (p *parser) alterTable(at At) Statement {
	s := &AlterTable{At: at, Table: p.objectName()}
	if s.Partition = p.partitionPart(); s.Partition != nil {
		return s
	}
	switch {
	case p.accept("RENAME", "TO"):
		return &RenameTable{At: at, Table: s.Table, To: p.ident()}
	case p.accept("ADD"):
		p.alterAdd(s)
	case p.accept("MODIFY"):
		s.Modify = p.columnDefs()
	case p.accept("DROP"):
		p.alterDrop(s)
	case p.accept("ROW", "ARCHIVAL"):
		s.Add = []ColumnDef{archiveState(at)}
	case p.accept("RENAME", "COLUMN"):
		s.Rename = p.renamePart(false)
	case p.accept("RENAME", "CONSTRAINT"):
		s.Rename = p.renamePart(true)
	case p.peek().is("ENABLE") && p.peekAt(1).is("NOVALIDATE"), p.peek().is("DISABLE") && p.peekAt(1).is("VALIDATE"):
		p.unimplemented("ALTER TABLE " + p.peek().upper() + " " + p.peekAt(1).upper())
	case p.accept("ENABLE"):
		p.accept("VALIDATE")
		s.Switch = &SwitchKey{Enable: true, Key: p.key()}
	case p.accept("DISABLE"):
		p.accept("NOVALIDATE")
		s.Switch = &SwitchKey{Key: p.key()}
	default:
		if p.peek().kind == word {
			p.unimplemented("ALTER TABLE " + p.peek().upper())
		}
		p.fail(1735, "invalid ALTER TABLE option")
	}
	return s
}

// ArchiveState is the hidden column that ROW ARCHIVAL adds: sessions see the rows
// in which it is '0'.
const ArchiveState = "ORA_ARCHIVE_STATE"

func archiveState(at At) ColumnDef {
	text := &TypeName{At: at, Type: datum.Type{Kind: datum.Text, Size: 4000, Chars: 4000}}
	return ColumnDef{At: at, Name: ArchiveState, Type: text, HasDefault: true, Default: "'0'", Invisible: true}
}

// renamePart parses old TO new.
func (p *parser) renamePart(constraint bool) *RenamePart {
	r := &RenamePart{Constraint: constraint, From: p.ident()}
	p.expect("TO")
	r.To = p.ident()
	return r
}

// alterAdd parses ADD of columns and constraints, in parentheses or not.
func (p *parser) alterAdd(s *AlterTable) {
	paren := p.acceptOp("(")
	for {
		if c, ok := p.constraint(""); ok {
			s.AddKeys = append(s.AddKeys, c)
		} else {
			s.Add = append(s.Add, p.columnDef())
		}
		if !paren || !p.acceptOp(",") {
			break
		}
	}
	if paren {
		p.expectOp(")")
	}
}

// columnDefs parses the columns of MODIFY, in parentheses or a single one
// without.
func (p *parser) columnDefs() []ColumnDef {
	if !p.acceptOp("(") {
		return []ColumnDef{p.columnDef()}
	}
	list := []ColumnDef{p.columnDef()}
	for p.acceptOp(",") {
		list = append(list, p.columnDef())
	}
	p.expectOp(")")
	return list
}

// alterDrop parses DROP COLUMN c, DROP (c, …) and DROP of a constraint.
func (p *parser) alterDrop(s *AlterTable) {
	switch {
	case p.accept("COLUMN"):
		s.DropColumns = []string{p.ident()}
	case p.peek().isOp("("):
		s.DropColumns = p.identList()
	default:
		key := p.key()
		s.DropKey = &key
		return
	}
	p.accept("CASCADE", "CONSTRAINTS")
}

// key parses which constraint is meant.
func (p *parser) key() DropKey {
	var k DropKey
	switch {
	case p.accept("CONSTRAINT"):
		k.Name = p.ident()
	case p.accept("PRIMARY", "KEY"):
		k.Kind = "P"
	case p.accept("UNIQUE"):
		k.Kind, k.Columns = "U", p.identList()
	default:
		p.fail(905, "missing keyword")
	}
	k.Cascade = p.accept("CASCADE")
	if p.peek().is("KEEP") || p.peek().is("DROP") {
		p.unimplemented("KEEP INDEX")
	}
	return k
}
