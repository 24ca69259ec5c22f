package dbmscloud

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine"
	"github.com/adbferry/adbferry/sim/internal/nls"
)

// binaryLoad is a load of three columns, as the readers of binary formats see it.
func binaryLoad(t testing.TB) *load {
	t.Helper()
	settings := nls.Defaults(nil)
	table := engine.TableInfo{Virtual: make([]bool, 3), Columns: []datum.Column{
		{Name: "ID", Type: number}, {Name: "NAME", Type: varchar2}, {Name: "D", Type: datum.Type{Kind: datum.Date}},
	}}
	l := &load{cloud: &cloud{}, table: table, fields: defaultFields(table.Columns, 255), format: copyFormat{kind: "parquet"}}
	var err error
	if l.converters, err = newConverters(l.fields, table, l.format, settings); err != nil {
		t.Fatal(err)
	}
	return l
}

// smallParquet is a file with a row and a NULL.
func smallParquet(t testing.TB, codec parquet.WriterOption) []byte {
	t.Helper()
	settings := nls.Defaults(nil)
	settings.DateFormat, settings.TimestampFormat, settings.TimestampTZFormat = "YYYY", "YYYY", "YYYY"
	table := []datum.Column{
		{Name: "ID", Type: datum.Type{Kind: datum.Number, Precision: 20}},
		{Name: "NAME", Type: varchar2},
		{Name: "D", Type: datum.Type{Kind: datum.Date}},
	}
	columns, err := parquetColumns(table, Knobs{}, settings)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := parquet.NewGenericWriter[any](&out, parquetSchema(columns), codec)
	for _, row := range []datum.Row{{datum.FromInt(-7), datum.FromText("name"), datum.NULL}, {datum.NULL, datum.NULL, datum.NULL}} {
		var values parquet.Row
		for i, v := range row {
			value, err := columns[i].render(v, i)
			if err != nil {
				t.Fatal(err)
			}
			values = append(values, value)
		}
		if _, err := w.WriteRows([]parquet.Row{values}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// FuzzParquet checks that damaged files end in rows or an Oracle error.
func FuzzParquet(f *testing.F) {
	f.Add(smallParquet(f, parquet.Compression(&parquet.Snappy)))
	f.Add(smallParquet(f, parquet.Compression(&parquet.Gzip)))
	f.Add([]byte("PAR1\x00\x00\x00\x00PAR1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if list, err := parquetColumnList(bytes.NewReader(data), "uri"); err != nil {
			wantError(t, err, 20000, "")
		} else if list == "" {
			t.Error("a file without columns")
		}
		r, err := newParquetReader(binaryLoad(t), bytes.NewReader(data), "uri")
		if err != nil {
			wantError(t, err, 20000, "")
			return
		}
		for range 1000 {
			out, err := r.next()
			var rejected *rejection
			switch {
			case errors.Is(err, io.EOF):
				return
			case err == nil && len(out.row) != 3:
				t.Fatalf("row = %v", out.row)
			case err != nil && !errors.As(err, &rejected):
				wantError(t, err, 20000, "")
				return
			}
		}
	})
}
