package staging

import (
	"context"
	"fmt"
	"strings"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/agent/internal/codec"
	"github.com/adbferry/adbferry/agent/internal/dbmscloud"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

var indexKind = oracle.Kind{Name: "staging.index", Purpose: "makes the pieces of a long value easy to find"}

// A longTable is the staging table for pieces of the values that are too long
// for their rows: the row's address on the source, the column, the piece's
// number, the piece, the marker.
type longTable struct {
	name    oracle.Name
	index   oracle.Name
	fields  []field
	columns []longColumn
}

// A longColumn is a column with values that may overflow.
type longColumn struct {
	codec.Overflow
	ordinal int    // among the carried columns, from 1
	length  string // expression of the value's length in the rows' staging table
}

// newLongTable designs the table beside the one for rows, nil for none.
func newLongTable(t *Table) (*longTable, error) {
	l := &longTable{}
	next, width := 0, 0
	for i, p := range t.plans {
		o, ok, err := codec.OverflowOf(p)
		if err != nil {
			return nil, err
		}
		if ok {
			length := fmt.Sprintf("TO_NUMBER(%s)", t.value(next))
			l.columns = append(l.columns, longColumn{Overflow: o, ordinal: i + 1, length: length})
			width = max(width, o.Width())
		}
		next += int(p.GetPieces())
	}
	if len(l.columns) == 0 {
		return nil, nil
	}
	for _, f := range []struct {
		name  string
		bytes int
	}{{address, rowidWidth}, {"CCOL", 4}, {"CNUM", 20}, {"CHEX", width}, {marker, len(codec.Marker)}} {
		n, err := oracle.NewName(f.name)
		if err != nil {
			return nil, err
		}
		l.fields = append(l.fields, field{Field: dbmscloud.Field{Name: n, Bytes: f.bytes}, kept: codec.TextType(f.bytes)})
	}
	var err error
	if l.name, err = oracle.NewName(t.name.Text() + "L"); err != nil {
		return nil, err
	}
	l.index, err = oracle.NewName(t.name.Text() + "I")
	return l, err
}

func (l *longTable) create(ctx context.Context, s *oracle.Session) error {
	if err := create(ctx, s, l.name, l.fields); err != nil {
		return err
	}
	_, err := s.Exec(ctx, indexKind, fmt.Sprintf("CREATE INDEX %s ON %s (CROW, CCOL)", l.index, l.name))
	return err
}

// none renders the condition that no value of a row overflows.
func (l *longTable) none() string {
	tests := make([]string, len(l.columns))
	for i, c := range l.columns {
		tests[i] = fmt.Sprintf("CASE WHEN %s THEN 1 ELSE 0 END = 0", c.Long(c.length))
	}
	return strings.Join(tests, " AND ")
}

// any renders the condition that a value of a row overflows.
func (l *longTable) any() string {
	tests := make([]string, len(l.columns))
	for i, c := range l.columns {
		tests[i] = c.Long(c.length)
	}
	return strings.Join(tests, " OR ")
}

// checkPieces proves that as many pieces arrived as the rows' lengths say.
// That each value has all of its own is checked when it is put together.
//
// Error: REASON_ROWS_REJECTED.
func (t *Table) checkPieces(ctx context.Context, s *oracle.Session) error {
	if t.long == nil {
		return nil
	}
	sums := make([]string, len(t.long.columns))
	for i, c := range t.long.columns {
		sums[i] = fmt.Sprintf("NVL(SUM(CASE WHEN %s THEN %s END), 0)", c.Long(c.length), c.Pieces(c.length))
	}
	var want, have, whole int64
	if _, err := s.Row(ctx, countKind, fmt.Sprintf("SELECT %s FROM %s", strings.Join(sums, " + "), t.name), nil, &want); err != nil {
		return err
	}
	query := fmt.Sprintf("SELECT COUNT(*), COUNT(CASE WHEN %s = '%s' THEN 1 END) FROM %s", marker, codec.Marker, t.long.name)
	if _, err := s.Row(ctx, countKind, query, nil, &have, &whole); err != nil {
		return err
	}
	if have == want && whole == want {
		return nil
	}
	return apierr.New(codes.DataLoss, pb.Reason_REASON_ROWS_REJECTED, "the objects hold %d pieces of long values, %d of them whole, and the rows speak of %d", have, whole, want).
		WithHint("export the chunk again as a new attempt")
}
