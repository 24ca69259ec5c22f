package staging

import (
	"fmt"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/agent/internal/codec"
	"github.com/adbferry/adbferry/agent/internal/dbmscloud"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A field is a column of a staging table.
type field struct {
	dbmscloud.Field
	kept string // its type
}

// loaded are the fields as the loader wants them.
func loaded(fields []field) []dbmscloud.Field {
	list := make([]dbmscloud.Field, len(fields))
	for i, f := range fields {
		list[i] = f.Field
	}
	return list
}

// New designs the staging table of an attempt to import a chunk whose carried
// columns and format are given.
//
// Error: REASON_REQUEST_INVALID for columns that no plan of ours has.
func New(migration, chunk string, attempt int32, format pb.Format, carried []*pb.ColumnPlan) (*Table, error) {
	name, err := oracle.NewName(fmt.Sprintf("%s%d", chunkPrefix(migration, chunk), attempt))
	if err != nil {
		return nil, err
	}
	n := codec.Fields(carried)
	if n == 0 || n > codec.MaxFields {
		return nil, apierr.New(codes.InvalidArgument, pb.Reason_REASON_REQUEST_INVALID, "chunk %s has %d fields", chunk, n)
	}
	t := &Table{name: name, format: format, mark: codec.MarkOf(format, n), plans: carried}
	for _, p := range carried {
		if err := t.addColumn(p); err != nil {
			return nil, err
		}
	}
	if codec.AnyOverflow(carried) {
		if err := t.add(address, rowidWidth); err != nil {
			return nil, err
		}
	}
	switch t.mark {
	case codec.MarkField:
		err = t.add(marker, len(codec.Marker))
	case codec.MarkEnd:
		last := &t.fields[n-1]
		last.Bytes++
		last.kept = codec.TextType(last.Bytes)
	case codec.MarkNone:
	}
	if err != nil {
		return nil, err
	}
	t.overflow, err = newOverflowTable(t)
	return t, err
}

// addColumn adds the fields of a carried column.
func (t *Table) addColumn(p *pb.ColumnPlan) error {
	widths, err := codec.Widths(p)
	if err != nil {
		return err
	}
	types, err := codec.Types(p)
	if err != nil {
		return err
	}
	for i, width := range widths {
		if err := t.add(fmt.Sprintf("C%d", len(t.fields)+1), width); err != nil {
			return err
		}
		t.fields[len(t.fields)-1].kept = types[i]
	}
	return nil
}

func (t *Table) add(name string, width int) error {
	n, err := oracle.NewName(name)
	t.fields = append(t.fields, field{dbmscloud.Field{Name: n, Bytes: width}, codec.TextType(width)})
	return err
}

// value renders what the field with that index holds, without a mark at its end.
func (t *Table) value(i int) string {
	name := t.fields[i].Name.String()
	if t.mark == codec.MarkEnd && i == len(t.fields)-1 {
		return codec.WithoutEnd(name)
	}
	return name
}

// address renders the row's ROWID on the source, where values overflow.
func (t *Table) address() string {
	last := len(t.fields) - 1
	if t.mark == codec.MarkField {
		last--
	}
	return t.value(last)
}

// whole renders the condition that a row has arrived to its end.
func (t *Table) whole() string {
	switch t.mark {
	case codec.MarkEnd:
		return codec.HasEnd(t.fields[len(t.fields)-1].Name.String())
	case codec.MarkNone:
		return "1 = 1"
	case codec.MarkField:
	}
	return fmt.Sprintf("%s = '%s'", marker, codec.Marker)
}
