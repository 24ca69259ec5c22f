package engine

// named prints the beginning of a constraint that somebody named.
func (w *ddlWriter) named(k *constraint) {
	if !k.generated {
		w.write("CONSTRAINT ", quotedName(k.name), " ")
	}
}

// notNull prints a NOT NULL as it stands behind its column.
func (w *ddlWriter) notNull(k *constraint) {
	w.named(k)
	w.write("NOT NULL", k.state())
}

// state is whether a constraint is enforced.
func (k *constraint) state() string { return oneOf(k.disabled, " DISABLE", " ENABLE") }

// constraintText prints a constraint as it stands in CREATE TABLE or behind
// ADD.
func (w *ddlWriter) constraintText(s *Session, t *table, k *constraint) {
	w.named(k)
	switch k.kind {
	case "C":
		w.write("CHECK (", k.check.text, ")")
	case "R":
		w.reference(s, k)
	default:
		w.write(oneOf(k.kind == "P", "PRIMARY KEY", "UNIQUE"), " (", quotedNames(k.columns), ")")
		if !k.disabled {
			w.line("  ")
			w.write("USING INDEX ")
			if w.apart && k.index != nil && k.index.name != k.name && !k.index.generated {
				w.write(w.object(t.schema, k.index.name), " ")
			} else {
				w.segmentText(false)
			}
		}
	}
	w.write(k.state())
}

// reference prints the columns of a foreign key and those they refer to.
func (w *ddlWriter) reference(s *Session, k *constraint) {
	w.write("FOREIGN KEY (", quotedNames(k.columns), ")")
	w.line("\t  ")
	w.write("REFERENCES ", w.object(k.refSchema, k.refTable))
	if parent := s.instance.catalog.table(objectName{k.refSchema, k.refTable}); parent != nil {
		if target := parent.constraint(k.refName); target != nil {
			w.write(" (", quotedNames(target.columns), ")")
		}
	}
	if k.onDelete != "" {
		w.write(" ON DELETE ", k.onDelete)
	}
}

// alterTable prints a constraint as a statement of its own.
func (w *ddlWriter) alterTable(s *Session, t *table, k *constraint) {
	w.apart = true
	w.begin("ALTER TABLE " + w.object(t.schema, t.name))
	if k.notNull {
		w.write(" MODIFY (", quotedName(k.columns[0]), " ")
		w.notNull(k)
		w.write(")")
	} else {
		w.write(" ADD ")
		w.constraintText(s, t, k)
	}
	w.end()
}
