package catalog

import (
	"context"
	"database/sql"
	"strings"

	"github.com/adbferry/adbferry/agent/internal/oracle"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// addIndexes reads the indexes that are not a part of the table (those of
// large objects, of index organisation) and that no key brings with it: one
// of the key's own name and without partitions.
func addIndexes(ctx context.Context, s *oracle.Session, b batch) error {
	const query = `SELECT I.TABLE_NAME, I.OWNER, I.INDEX_NAME, I.INDEX_TYPE, I.UNIQUENESS, I.VISIBILITY, I.PARTITIONED, I.GENERATED,
		C.COLUMN_NAME, C.DESCEND FROM ALL_INDEXES I
		JOIN ALL_IND_COLUMNS C ON C.INDEX_OWNER = I.OWNER AND C.INDEX_NAME = I.INDEX_NAME
		WHERE I.TABLE_OWNER = :owner AND I.TABLE_NAME BETWEEN :low AND :high AND I.INDEX_TYPE NOT IN ('LOB', 'IOT - TOP', 'CLUSTER')
		AND C.TABLE_NAME BETWEEN :low2 AND :high2
		ORDER BY I.TABLE_NAME, I.INDEX_NAME, C.COLUMN_POSITION`
	r := indexReader{batch: b, found: make(map[constraintName]*pb.Index)}
	if err := s.Query(ctx, indexesKind, query, r.read, append(b.args(), b.again("2")[1:]...)...); err != nil {
		return err
	}
	if r.functions {
		if err := r.expressions(ctx, s); err != nil {
			return err
		}
	}
	if r.partitioned {
		if err := r.localities(ctx, s); err != nil {
			return err
		}
	}
	for _, name := range r.order {
		if b.byName[name.table].ofKeys[name.name] && !r.found[name].GetLocal() {
			continue
		}
		d := b.definition(name.table)
		d.Indexes = append(d.Indexes, r.found[name])
	}
	return nil
}

// An indexReader collects the indexes of a batch.
type indexReader struct {
	batch
	found                  map[constraintName]*pb.Index
	order                  []constraintName
	functions, partitioned bool // what else has to be read
}

// An indexRow is one column of one index.
type indexRow struct {
	table, owner, name, kind, column                        string
	uniqueness, visibility, partitioned, generated, descend sql.NullString
}

func (r *indexReader) read(scan func(...any) error) error {
	var row indexRow
	if err := scan(&row.table, &row.owner, &row.name, &row.kind, &row.uniqueness, &row.visibility, &row.partitioned, &row.generated,
		&row.column, &row.descend); err != nil {
		return err
	}
	l := r.byName[row.table]
	if l == nil {
		return nil
	}
	name := constraintName{row.table, row.name}
	x := r.found[name]
	if x == nil {
		if x = row.index(l, r.schema); x == nil {
			return nil
		}
		r.found[name] = x
		r.order = append(r.order, name)
		r.functions = r.functions || strings.HasPrefix(row.kind, "FUNCTION-BASED")
		r.partitioned = r.partitioned || row.partitioned.String == "YES"
	}
	x.Columns = append(x.Columns, &pb.IndexColumn{Column: row.column, Descending: row.descend.String == "DESC"})
	return nil
}

// index makes the index of its first row, or a note, once, that it is not made.
func (r *indexRow) index(l *listed, schema string) *pb.Index {
	x := &pb.Index{
		Name: r.name, Generated: r.generated.String == "Y", Unique: r.uniqueness.String == "UNIQUE", Invisible: r.visibility.String == "INVISIBLE",
	}
	switch r.kind {
	case "NORMAL", "FUNCTION-BASED NORMAL":
	case "BITMAP", "FUNCTION-BASED BITMAP":
		x.Bitmap = true
	case "NORMAL/REV", "FUNCTION-BASED NORMAL/REV":
		l.note("reverse order of the bytes of index %s", r.name)
	default:
		l.noteOnce("index %s of kind %s", r.name, r.kind)
		return nil
	}
	if r.owner != schema {
		l.noteOnce("index %s in schema %s", r.name, r.owner)
		return nil
	}
	return x
}

// expressions reads what function-based indexes are over. COLUMN_EXPRESSION is
// a LONG, so that it is not joined. A descending column is an expression too:
// its quoted name.
func (r *indexReader) expressions(ctx context.Context, s *oracle.Session) error {
	const query = `SELECT TABLE_NAME, INDEX_NAME, COLUMN_POSITION, COLUMN_EXPRESSION FROM ALL_IND_EXPRESSIONS
		WHERE TABLE_OWNER = :owner AND TABLE_NAME BETWEEN :low AND :high`
	return s.Query(ctx, expressionsKind, query, func(scan func(...any) error) error {
		var table, name string
		var position int
		var expression sql.NullString
		if err := scan(&table, &name, &position, &expression); err != nil {
			return err
		}
		columns := r.found[constraintName{table, name}].GetColumns()
		if position < 1 || position > len(columns) {
			return nil
		}
		c, text := columns[position-1], strings.TrimSpace(expression.String)
		if inner := strings.Trim(text, `"`); text == `"`+inner+`"` && !strings.Contains(inner, `"`) {
			c.Column = inner
			return nil
		}
		c.Column, c.Expression = "", text
		return nil
	}, r.args()...)
}

// localities tells indexes with one partition per partition of the table from
// those with partitions of their own.
func (r *indexReader) localities(ctx context.Context, s *oracle.Session) error {
	const query = `SELECT TABLE_NAME, INDEX_NAME, LOCALITY FROM ALL_PART_INDEXES WHERE OWNER = :owner AND TABLE_NAME BETWEEN :low AND :high`
	return s.Query(ctx, localitiesKind, query, func(scan func(...any) error) error {
		var table, name, locality string
		if err := scan(&table, &name, &locality); err != nil {
			return err
		}
		x := r.found[constraintName{table, name}]
		switch {
		case x == nil:
		case locality == "LOCAL":
			x.Local = true
		default:
			r.byName[table].note("partitions of index %s", name)
		}
		return nil
	}, r.args()...)
}
