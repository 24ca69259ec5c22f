package engine

import (
	"slices"
	"strings"
)

// A ddlWriter prints the DDL of objects as DBMS_METADATA does, with the
// transform of the session. It prints nothing that the parser would refuse, so
// that its output makes an equal object.
type ddlWriter struct {
	transform

	b     strings.Builder
	apart bool // printing constraints apart from their table, whose indexes are there
}

// write appends text.
func (w *ddlWriter) write(parts ...string) {
	for _, p := range parts {
		w.b.WriteString(p)
	}
}

// line starts a new line with an indentation, or continues with a blank when
// the text is not to be pretty.
func (w *ddlWriter) line(indent string) {
	if w.pretty {
		w.write("\n", indent)
		return
	}
	w.write(" ")
}

// begin starts a statement, end ends it.
func (w *ddlWriter) begin(words string) {
	w.line("  ")
	w.write(words)
}

func (w *ddlWriter) end() {
	if w.terminator {
		w.write(";")
	}
}

// quotedName is an identifier in double quotes.
func quotedName(name string) string { return `"` + name + `"` }

// quotedNames joins identifiers as in a list of columns.
func quotedNames(names []string) string {
	list := make([]string, len(names))
	for i, n := range names {
		list[i] = quotedName(n)
	}
	return strings.Join(list, ", ")
}

// object is a qualified name, or a bare one without EMIT_SCHEMA.
func (w *ddlWriter) object(schema, name string) string {
	if !w.schema {
		return quotedName(name)
	}
	return quotedName(schema) + "." + quotedName(name)
}

// segmentText are the physical attributes of a table or an index. The
// simulator has none; these are Oracle's defaults.
func (w *ddlWriter) segmentText(table bool) {
	if !w.segment {
		return
	}
	if table {
		w.write(" SEGMENT CREATION IMMEDIATE ")
		w.line("  ")
		w.write("PCTFREE 10 PCTUSED 40 INITRANS 1 MAXTRANS 255 ")
		w.line(" ")
		w.write("NOCOMPRESS LOGGING")
	} else {
		w.line("  ")
		w.write("PCTFREE 10 INITRANS 2 MAXTRANS 255 ")
	}
	if w.tablespace {
		w.line("  ")
		w.write("TABLESPACE ", quotedName(defaultTablespace), " ")
	}
}

// comments prints the comments of a table and its columns; it reports whether
// there are any.
func (w *ddlWriter) comments(t *table) bool {
	name, found := w.object(t.schema, t.name), false
	put := func(kind, name, text string) {
		if text == "" {
			return
		}
		found = true
		w.begin("COMMENT ON " + kind + " " + name + " IS '" + strings.ReplaceAll(text, "'", "''") + "'")
		w.end()
	}
	for _, c := range t.columns {
		put("COLUMN", name+"."+quotedName(c.name), c.comment)
	}
	put("TABLE", name, t.comment)
	return found
}

// grants prints who may do what with a table; it reports whether there are any.
func (w *ddlWriter) grants(s *Session, t *table) bool {
	list := slices.DeleteFunc(s.tableGrants(), func(g objectGrant) bool { return g.owner != t.schema || g.name != t.name })
	slices.SortFunc(list, func(a, b objectGrant) int {
		return strings.Compare(a.grantee+" "+a.privilege, b.grantee+" "+b.privilege)
	})
	for _, g := range list {
		w.begin("GRANT " + g.privilege + " ON " + w.object(t.schema, t.name) + " TO " + quotedName(g.grantee))
		w.end()
	}
	return len(list) > 0
}

// partitions prints PARTITION BY with all partitions there are.
func (w *ddlWriter) partitions(t *table) {
	p := t.parts
	names := make([]string, len(p.slots))
	for i, slot := range p.slots {
		names[i] = t.inSlot(slot).name
	}
	w.line("  ")
	w.write("PARTITION BY ", p.kind, " (", quotedNames(names), ") ")
	if p.interval != nil {
		w.write("INTERVAL (", p.interval.text, ") ")
	}
	w.line(" ")
	w.write("(")
	first := true
	for _, x := range p.all() {
		if x.made {
			continue // made again by the rows
		}
		if !first {
			w.write(", ")
			w.line(" ")
		}
		first = false
		w.write("PARTITION ", quotedName(x.name))
		switch p.kind {
		case "RANGE":
			w.write(" VALUES LESS THAN (", x.highValue(), ")")
		case "LIST":
			w.write(" VALUES (", x.highValue(), ")")
		}
	}
	w.write(") ")
	if p.movement {
		w.write(" ENABLE ROW MOVEMENT ")
	}
}
