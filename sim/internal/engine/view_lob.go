package engine

import (
	"fmt"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// A lob is a stored LOB column; its segment and index are named after its place.
type lob struct{ tableColumn }

// lobs returns the stored LOB columns of a table.
func (t *table) lobs() []lob {
	var list []lob
	for _, c := range t.numbered() {
		if c.slot >= 0 && (c.typ.Kind == datum.Clob || c.typ.Kind == datum.Blob) {
			list = append(list, lob{c})
		}
	}
	return list
}

func (l lob) segmentName() string { return fmt.Sprintf("SYS_LOB%010dC%05d$$", l.table.id, l.internal) }

func (l lob) indexName() string { return fmt.Sprintf("SYS_IL%010dC%05d$$", l.table.id, l.internal) }

func registerLobViews(i *Instance) {
	family[lob]{name: "LOBS", fields: lobFields(i), subjects: func(r reach) []lob {
		var list []lob
		for _, t := range r.tables() {
			if t.external == nil {
				list = append(list, t.lobs()...)
			}
		}
		return list
	}}.register(i)
}

func lobFields(i *Instance) []field[lob] {
	type row = lob
	return []field[row]{
		ownerField("OWNER", func(l row) string { return l.table.schema }),
		nameField("TABLE_NAME", func(l row) string { return l.table.name }),
		textField("COLUMN_NAME", 4000, func(l row) string { return l.name }),
		nameField("SEGMENT_NAME", row.segmentName),
		constantField[row]("TABLESPACE_NAME", 30, defaultTablespace),
		nameField("INDEX_NAME", row.indexName),
		numberField("CHUNK", func(row) int64 { return blockSize }),
		numberField("RETENTION", func(row) int64 { return int64(i.config.UndoRetention.Seconds()) }),
		constantField[row]("ENCRYPT", 4, "NO"),
		constantField[row]("COMPRESSION", 6, "NO"),
		constantField[row]("DEDUPLICATION", 15, "NO"),
		constantField[row]("IN_ROW", 3, "YES"),
		textField("FORMAT", 15, func(l row) string { return oneOf(l.typ.Kind == datum.Clob, "ENDIAN NEUTRAL", "NOT APPLICABLE") }),
		constantField[row]("PARTITIONED", 3, "NO"),
		constantField[row]("SECUREFILE", 3, "YES"),
		flagField("SEGMENT_CREATED", func(l row) bool { return l.table.stored() }),
	}
}
