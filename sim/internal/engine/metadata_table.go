package engine

import (
	"fmt"
	"slices"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// tableDDL prints CREATE TABLE, and the ALTER TABLE statements behind it that
// CONSTRAINTS_AS_ALTER asks for.
func (w *ddlWriter) tableDDL(s *Session, t *table) {
	w.begin("CREATE TABLE " + w.object(t.schema, t.name) + " ")
	w.line("   ")
	w.write("(\t")
	first := true
	next := func() {
		if !first {
			w.write(", ")
			w.line("\t")
		}
		first = false
	}
	for _, c := range t.columns {
		next()
		w.column(t, c)
	}
	later := w.elements(s, t, next)
	w.line("   ")
	w.write(") ")
	w.segmentText(true)
	if t.parts != nil && w.partitioning {
		w.partitions(t)
	}
	w.end()
	for _, k := range later {
		w.alterTable(s, t, k)
	}
}

// elements prints the out-of-line constraints and returns those that are to
// follow in statements of their own.
func (w *ddlWriter) elements(s *Session, t *table, next func()) (later []*constraint) {
	for _, k := range t.printed() {
		switch {
		case k.kind == "R" && !w.foreign, k.kind != "R" && !w.constraints:
		case w.alter:
			later = append(later, k)
		case k.notNull:
			// Printed with its column.
		default:
			next()
			w.write(" ")
			w.constraintText(s, t, k)
		}
	}
	return later
}

// printed returns the constraints in the order they are printed: NOT NULL
// first, foreign keys last, as declared otherwise.
func (t *table) printed() []*constraint {
	rank := func(k *constraint) int {
		switch {
		case k.notNull:
			return 0
		case k.kind == "R":
			return 2
		}
		return 1
	}
	list := slices.Clone(t.constraints)
	slices.SortStableFunc(list, func(a, b *constraint) int { return rank(a) - rank(b) })
	return list
}

// column prints one column with what is declared in line.
func (w *ddlWriter) column(t *table, c *column) {
	w.write(quotedName(c.name), " ", w.typeText(c))
	if c.invisible {
		w.write(" INVISIBLE")
	}
	switch {
	case c.virtual != nil:
		w.write(" GENERATED ALWAYS AS (", c.virtual.text, ") VIRTUAL")
	case c.identity != nil:
		w.write(" ", identityText(c.identity))
	case c.byDefault != nil && c.onNull:
		w.write(" DEFAULT ON NULL ", c.byDefault.text)
	case c.byDefault != nil:
		w.write(" DEFAULT ", c.byDefault.text)
	}
	w.nullability(t, c)
}

// nullability prints NOT NULL constraints, and that a column is NOT NULL
// although it has no such constraint, as after CREATE TABLE AS SELECT.
func (w *ddlWriter) nullability(t *table, c *column) {
	named := slices.IndexFunc(t.constraints, func(k *constraint) bool { return k.notNull && k.columns[0] == c.name })
	if named >= 0 {
		if w.constraints && !w.alter {
			w.write(" ")
			w.notNull(t.constraints[named])
		}
		return
	}
	key := slices.ContainsFunc(t.constraints, func(k *constraint) bool { return k.kind == "P" && slices.Contains(k.columns, c.name) })
	if c.notNull && !key && !c.onNull && c.identity == nil {
		w.write(" NOT NULL ENABLE")
	}
}

// identityText prints the generator of an identity column, starting where it
// has got to.
func identityText(i *identity) string {
	kind := "BY DEFAULT"
	switch {
	case i.always:
		kind = "ALWAYS"
	case i.onNull:
		kind = "BY DEFAULT ON NULL"
	}
	return fmt.Sprintf("GENERATED %s AS IDENTITY MINVALUE %s MAXVALUE %s INCREMENT BY %d START WITH %d CACHE %d NOORDER  NOCYCLE  NOKEEP  NOSCALE ",
		kind, i.lowest(), i.highest(), i.by, i.peek(), sequenceCache)
}

// typeText prints a data type as DBMS_METADATA does, which puts a blank before
// some of the parentheses.
func (w *ddlWriter) typeText(c *column) string {
	t := c.typ
	switch t.Kind {
	case datum.Text:
		return w.textTypeText(t)
	case datum.Number:
		return numberText(c)
	case datum.Timestamp:
		return fmt.Sprintf("TIMESTAMP (%d)", t.Scale)
	case datum.TimestampTZ:
		return fmt.Sprintf("TIMESTAMP (%d) WITH TIME ZONE", t.Scale)
	case datum.TimestampLTZ:
		return fmt.Sprintf("TIMESTAMP (%d) WITH LOCAL TIME ZONE", t.Scale)
	case datum.IntervalYM:
		return fmt.Sprintf("INTERVAL YEAR (%d) TO MONTH", t.Precision)
	case datum.IntervalDS:
		return fmt.Sprintf("INTERVAL DAY (%d) TO SECOND (%d)", t.Precision, t.Scale)
	case datum.Raw:
		if !t.Long {
			return fmt.Sprintf("RAW(%d)", t.Size)
		}
	default:
	}
	return dataType(t)
}

func (w *ddlWriter) textTypeText(t datum.Type) string {
	name := textTypeName(t)
	switch {
	case t.Long:
		return name
	case t.CharSized && !t.National:
		return fmt.Sprintf("%s(%d CHAR)", name, t.Chars)
	case w.byteKeyword && !t.National:
		return fmt.Sprintf("%s(%d BYTE)", name, t.Chars)
	}
	return fmt.Sprintf("%s(%d)", name, t.Chars)
}

func numberText(c *column) string {
	t := c.typ
	switch {
	case c.star:
		return fmt.Sprintf("NUMBER(*,%d)", t.Scale)
	case t.Precision == 0:
		return "NUMBER"
	case t.Scale == -127:
		return fmt.Sprintf("FLOAT(%d)", t.Precision)
	}
	return fmt.Sprintf("NUMBER(%d,%d)", t.Precision, t.Scale)
}
