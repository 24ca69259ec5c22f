package engine

import (
	"fmt"
	"strings"
)

// index prints CREATE INDEX.
func (w *ddlWriter) index(t *table, x *index) {
	w.begin("CREATE ")
	switch {
	case x.unique:
		w.write("UNIQUE ")
	case x.bitmap:
		w.write("BITMAP ")
	}
	w.write("INDEX ", w.object(t.schema, x.name), " ON ", w.object(t.schema, t.name), " (", x.keyList(), ") ")
	w.segmentText(false)
	if x.reverse {
		w.write(" REVERSE ")
	}
	if x.compress > 0 {
		w.write(fmt.Sprintf(" COMPRESS %d ", x.compress))
	}
	if x.local {
		w.write(" LOCAL ")
	}
	if x.invisible {
		w.write(" INVISIBLE ")
	}
	w.end()
}

// keyList prints the keys of an index as they were declared.
func (x *index) keyList() string {
	list := make([]string, len(x.columns))
	for i, name := range x.columns {
		list[i] = quotedName(name)
		if x.computed != nil && x.computed[i].expr != nil {
			list[i] = x.computed[i].expr.text
		}
		if x.descends(i) {
			list[i] += " DESC"
		}
	}
	return strings.Join(list, ", ")
}

// descends reports whether the i-th key is in descending order.
func (x *index) descends(i int) bool { return x.computed != nil && x.computed[i].descending }
