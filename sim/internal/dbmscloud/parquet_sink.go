package dbmscloud

// Type parquet of EXPORT_DATA, by reference, sections 1.3 to 1.8: real Parquet
// files, snappy by default, with the documented mapping of types: NUMBER with a
// precision is DECIMAL and without one DOUBLE, which loses digits; DATE is DATE
// and loses the time of day; the timestamps are MILLIS, MICROS or NANOS by their
// precision; zones are lost. Dates and timestamps go through the session's NLS
// masks, and a mask with RR is refused. BLOB and LONG are refused.
//
// Knobs: NewParquetMapping, ParquetText, ParquetFileSize, WorkUnits,
// RowsPerTurn, ZeroRows (an object without rows for ZeroHeaderOnly).
//
// Not simulated: the number of row groups and everything else of the layout
// that a reader does not see.

import (
	"bytes"
	"context"
	"fmt"
	"reflect"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/nls"
)

// rowsPerGroup bounds the rows that are collected before they are encoded.
const rowsPerGroup = 100_000

// parquetSink writes the Parquet objects of an export.
type parquetSink struct {
	export  *export
	columns []parquetColumn
	schema  *parquet.Schema
	codec   compress.Codec
	units   []*parquetUnit
	rows    int
}

// parquetUnit writes the objects of one sequence number.
type parquetUnit struct {
	sink     *parquetSink
	sequence int
	body     *bytes.Buffer
	writer   *parquet.GenericWriter[any] // nil while no object is open
	size     int64                       // of the values in the open object
	row      [1]parquet.Row
}

func newParquetSink(e *export, columns []datum.Column, settings nls.Settings) (*parquetSink, error) {
	mapped, err := parquetColumns(columns, e.cloud.knobs, settings)
	if err != nil {
		return nil, err
	}
	p := &parquetSink{export: e, columns: mapped, schema: parquetSchema(mapped), codec: &parquet.Snappy}
	if e.format.compression == "gzip" {
		p.codec = &parquet.Gzip
	}
	for i := range e.workUnits {
		p.units = append(p.units, &parquetUnit{sink: p, sequence: i + 1, body: new(bytes.Buffer)})
	}
	return p, nil
}

func (p *parquetSink) add(ctx context.Context, row datum.Row) error {
	unit := p.units[p.rows/p.export.cloud.knobs.RowsPerTurn%len(p.units)]
	p.rows++
	return unit.add(ctx, row)
}

// finish writes what the units still hold; an export of no rows leaves what the
// knob ZeroRows says.
func (p *parquetSink) finish(ctx context.Context) error {
	for _, unit := range p.units {
		if err := unit.finish(ctx); err != nil {
			return err
		}
	}
	if p.rows > 0 {
		return nil
	}
	switch p.export.cloud.knobs.ZeroRows {
	case ZeroEmpty:
		_, err := p.export.uploads.put(ctx, 1, new(bytes.Buffer))
		return err
	case ZeroHeaderOnly:
		p.units[0].open()
		return p.units[0].finish(ctx)
	case ZeroNothing:
	}
	return nil
}

func (u *parquetUnit) open() {
	u.writer = parquet.NewGenericWriter[any](u.body, u.sink.schema, parquet.Compression(u.sink.codec),
		parquet.MaxRowsPerRowGroup(rowsPerGroup), parquet.CreatedBy("adbferry-sim", "", ""))
}

// add appends a row to the open object, or to a new one when the open one is
// full. The size that counts is that of the values before compression.
func (u *parquetUnit) add(ctx context.Context, row datum.Row) error {
	if u.size >= u.sink.export.cloud.knobs.ParquetFileSize {
		if err := u.finish(ctx); err != nil {
			return err
		}
	}
	if u.writer == nil {
		u.open()
	}
	out := u.row[0][:0]
	for i, v := range row {
		value, err := u.sink.columns[i].render(v, i)
		if err != nil {
			return err
		}
		out = append(out, value)
		u.size += int64(len(v.Bytes()))
	}
	u.row[0] = out
	if _, err := u.writer.WriteRows(u.row[:]); err != nil {
		return fmt.Errorf("write a parquet row: %w", err)
	}
	return nil
}

// finish completes the open object and has it put, if there is one.
func (u *parquetUnit) finish(ctx context.Context) error {
	if u.writer == nil {
		return nil
	}
	if err := u.writer.Close(); err != nil {
		return fmt.Errorf("complete a parquet object: %w", err)
	}
	var err error
	u.body, err = u.sink.export.uploads.put(ctx, u.sequence, u.body)
	u.writer, u.size = nil, 0
	return err
}

// parquetSchema keeps the columns in the order of the query; the library's own
// groups sort them by name.
func parquetSchema(columns []parquetColumn) *parquet.Schema {
	g := orderedGroup{Group: parquet.Group{}}
	for _, column := range columns {
		g.fields = append(g.fields, &namedField{Node: column.node, name: column.name})
	}
	return parquet.NewSchema("oracle", g)
}

type orderedGroup struct {
	parquet.Group
	fields []parquet.Field
}

func (g orderedGroup) Fields() []parquet.Field { return g.fields }

// GoType is never used: rows are written as values. The library's own would
// panic over names that Go cannot spell.
func (g orderedGroup) GoType() reflect.Type { return reflect.TypeFor[struct{}]() }

type namedField struct {
	parquet.Node
	name string
}

func (f *namedField) Name() string { return f.name }

func (f *namedField) Value(reflect.Value) reflect.Value { return reflect.Value{} }
