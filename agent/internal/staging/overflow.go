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

var indexKind = oracle.Kind{Name: "staging.index", Purpose: "makes the overflow pieces of a value easy to find"}

// An overflowTable is the staging table for the pieces of values that overflow,
// which are too long for their rows: the row's address on the source, the column,
// the piece's number, the piece, the marker.
type overflowTable struct {
	name    oracle.Name
	index   oracle.Name
	fields  []field
	columns []overflowColumn
}

// An overflowColumn is a column with values that may overflow.
type overflowColumn struct {
	codec.Overflow
	ordinal int    // among the carried columns, from 1
	length  string // expression of the value's length in the rows' staging table
}

// newOverflowTable designs the table beside the one for rows, nil for none.
func newOverflowTable(t *Table) (*overflowTable, error) {
	l := &overflowTable{}
	next, width := 0, 0
	for i, p := range t.plans {
		o, ok, err := codec.OverflowOf(p)
		if err != nil {
			return nil, err
		}
		if ok {
			length := fmt.Sprintf("TO_NUMBER(%s)", t.value(next))
			l.columns = append(l.columns, overflowColumn{Overflow: o, ordinal: i + 1, length: length})
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

func (o *overflowTable) create(ctx context.Context, s *oracle.Session) error {
	if err := create(ctx, s, o.name, o.fields); err != nil {
		return err
	}
	_, err := s.Exec(ctx, indexKind, fmt.Sprintf("CREATE INDEX %s ON %s (CROW, CCOL)", o.index, o.name))
	return err
}

// none renders the condition that no value of a row overflows.
func (o *overflowTable) none() string {
	tests := make([]string, len(o.columns))
	for i, c := range o.columns {
		tests[i] = fmt.Sprintf("CASE WHEN %s THEN 1 ELSE 0 END = 0", c.Overflows(c.length))
	}
	return strings.Join(tests, " AND ")
}

// any renders the condition that a value of a row overflows.
func (o *overflowTable) any() string {
	tests := make([]string, len(o.columns))
	for i, c := range o.columns {
		tests[i] = c.Overflows(c.length)
	}
	return strings.Join(tests, " OR ")
}

// checkOverflow proves that as many overflow pieces arrived as the rows' lengths say.
// That each value has all of its own is checked when it is put together.
//
// Error: REASON_ROWS_REJECTED.
func (t *Table) checkOverflow(ctx context.Context, s *oracle.Session) error {
	if t.overflow == nil {
		return nil
	}
	sums := make([]string, len(t.overflow.columns))
	for i, c := range t.overflow.columns {
		sums[i] = fmt.Sprintf("NVL(SUM(CASE WHEN %s THEN %s END), 0)", c.Overflows(c.length), c.Pieces(c.length))
	}
	var want, have, whole int64
	if _, err := s.Row(ctx, countKind, fmt.Sprintf("SELECT %s FROM %s", strings.Join(sums, " + "), t.name), nil, &want); err != nil {
		return err
	}
	query := fmt.Sprintf("SELECT COUNT(*), COUNT(CASE WHEN %s = '%s' THEN 1 END) FROM %s", marker, codec.Marker, t.overflow.name)
	if _, err := s.Row(ctx, countKind, query, nil, &have, &whole); err != nil {
		return err
	}
	if have == want && whole == want {
		return nil
	}
	return apierr.New(codes.DataLoss, pb.Reason_REASON_ROWS_REJECTED, "the objects hold %d overflow pieces, %d of them whole, and the rows speak of %d", have, whole, want).
		WithHint("export the chunk again as a new attempt")
}
