package engine

import (
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// column adds a column as declared; its constraints are added by finish.
func (b *tableBuilder) column(def *sql.ColumnDef) error {
	if b.t.column(def.Name) != nil {
		return at(def, errDuplicateColumn())
	}
	col := &column{name: def.Name, invisible: def.Invisible, slot: -1}
	if def.Type != nil {
		t, err := b.s.columnType(def.Type)
		if err != nil {
			return err
		}
		col.typ, col.star = t, def.Type.Star
	} else if def.Virtual == "" {
		return at(def, datum.Errorf(2263, "need to specify the datatype for this column"))
	}
	if def.Virtual == "" {
		col.slot = b.t.slots
		b.t.slots++
	}
	b.t.columns = append(b.t.columns, col)
	return b.generation(col, def)
}

// generation sets what gives a column its value.
func (b *tableBuilder) generation(col *column, def *sql.ColumnDef) (err error) {
	switch {
	case def.Virtual != "":
		col.virtual, err = newExpression(def.Virtual)
	case def.Identity != nil:
		for _, other := range b.t.columns {
			if other.identity != nil {
				return at(def, datum.Errorf(30669, "table can have only one identity column"))
			}
		}
		if col.typ.Kind != datum.Number {
			return at(def, datum.Errorf(30675, "identity column must be a numeric type"))
		}
		col.notNull = true
		col.identity = b.s.newIdentity(def.Identity)
	case def.HasDefault:
		col.onNull = def.DefaultOnNull
		col.notNull = col.notNull || def.DefaultOnNull
		if col.byDefault, err = newExpression(def.Default); err != nil {
			return err
		}
		_, err = (&compiler{s: b.s}).value(col.byDefault.expr, &scope{inCheck: true})
		if e := datum.AsError(err); err != nil && e.Code == 904 {
			err = datum.Errorf(984, "column not allowed here")
		}
	}
	if err != nil {
		return at(def, err)
	}
	return nil
}

// newIdentity makes the generator of an identity column, with a sequence name
// as Oracle makes it up.
func (s *Session) newIdentity(def *sql.Identity) *identity {
	return &identity{
		always: def.Always, onNull: def.OnNull, start: def.Start, by: def.By,
		sequence: "ISEQ$$_" + datum.FromInt(int64(s.instance.catalog.nextID())).Decimal(),
	}
}

// columnType checks a declared type against the limits of columns and fills
// in what depends on the session and the character set.
//
// Errors: ORA-00910, ORA-00902.
func (s *Session) columnType(def *sql.TypeName) (datum.Type, error) {
	t := def.Type
	config := s.instance.config
	switch t.Kind {
	case datum.Text:
		return s.textColumn(def, t)
	case datum.Raw:
		if !t.Long && (t.Size > config.rawLimit() || t.Size == 0) {
			return t, at(def, datum.Errorf(910, "specified length too long for its datatype"))
		}
	case datum.Null, datum.Boolean:
		return t, at(def, datum.Errorf(902, "invalid datatype"))
	default:
	}
	if t.Document == datum.JSON && config.major() < jsonRelease {
		return t, at(def, datum.Errorf(902, "invalid datatype"))
	}
	switch def.Word {
	case "PLS_INTEGER", "BINARY_INTEGER", "SIMPLE_INTEGER", "NATURAL", "POSITIVE", "STRING":
		return t, at(def, datum.Errorf(902, "invalid datatype"))
	}
	return t, nil
}

// textColumn applies length semantics: Size becomes the bytes that a text may
// take (four per character in AL32UTF8, two per character of national types).
func (s *Session) textColumn(def *sql.TypeName, t datum.Type) (datum.Type, error) {
	if t.Long {
		return t, nil
	}
	if def.Unsized && s.nls.LengthSemantics == "CHAR" {
		t.CharSized = true
	}
	limit := s.instance.config.textLimit()
	if t.Fixed {
		limit = 2000
	}
	width := 1
	if t.National {
		width = 2
	}
	if t.Chars*width > limit {
		return t, at(def, datum.Errorf(910, "specified length too long for its datatype"))
	}
	t.Size = t.Chars
	switch {
	case t.National:
		t.Size = 2 * t.Chars
	case t.CharSized:
		t.Size = min(4*t.Chars, limit)
	}
	return t, nil
}
