package dbmscloud

import (
	"bytes"
	"context"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/nls"
)

// textSink writes the objects of the text formats: rows are dealt out to the
// work units in turns.
type textSink struct {
	export  *export
	encoder encoder
	units   []*workUnit
	record  []byte
	rows    int
}

func newTextSink(e *export, columns []datum.Column, settings nls.Settings) (*textSink, error) {
	if err := checkTextColumns(e.format, columns); err != nil {
		return nil, err
	}
	columns, err := e.format.renamed(columns)
	if err != nil {
		return nil, err
	}
	t := &textSink{export: e, encoder: newEncoder(e.format, e.cloud.knobs, columns, settings)}
	for i := range e.workUnits {
		t.units = append(t.units, &workUnit{export: e, encoder: t.encoder, sequence: i + 1, body: new(bytes.Buffer)})
	}
	return t, nil
}

func (t *textSink) add(ctx context.Context, row datum.Row) (err error) {
	k := t.export.cloud.knobs
	if err := checkLOBs(row, k.LOBLimit); err != nil {
		return err
	}
	if t.record, err = t.encoder.appendRow(t.record[:0], row); err != nil {
		return err
	}
	unit := t.units[t.rows/k.RowsPerTurn%len(t.units)]
	t.rows++
	return unit.add(ctx, t.record)
}

func (t *textSink) finish(ctx context.Context) error {
	for _, unit := range t.units {
		if err := unit.finish(ctx); err != nil {
			return err
		}
	}
	if t.rows > 0 || t.export.cloud.knobs.ZeroRows == ZeroNothing {
		return nil
	}
	return t.writeNothing(ctx)
}

// writeNothing puts what an export of no rows leaves (Knobs.ZeroRows).
func (t *textSink) writeNothing(ctx context.Context) error {
	var body []byte
	if t.export.cloud.knobs.ZeroRows == ZeroHeaderOnly {
		body = t.encoder.appendHeader(nil)
		if csv, ok := t.encoder.(*csvWriter); ok {
			body = csv.appendNames(nil) // whether or not header was asked for
		}
		body = t.encoder.appendFooter(body)
	}
	unit := t.units[0]
	if err := unit.write(body); err != nil {
		return err
	}
	return unit.flush(ctx)
}
