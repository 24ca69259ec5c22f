package dbmscloud

import (
	"context"
	"errors"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine"
)

// scanLoad prepares the reading of an external table: with the rights of its
// owner's credential, and the masks of the session that reads it.
//
// Errors: ORA-20004 for a credential that has gone, and what the access driver
// says about its parameters, under ORA-29913.
func (c *cloud) scanLoad(s *engine.Session, scan engine.ExternalScan) (*load, error) {
	r, err := c.remoteWith(s, scan.Table.Schema, scan.Parameters["CREDENTIAL_NAME"])
	if err != nil {
		return nil, inOpen(datum.AsError(err))
	}
	f, err := parseCopyFormat(scan.Parameters["FORMAT"], c.knobs)
	if err != nil {
		return nil, err
	}
	l := &load{cloud: c, remote: r, format: f, table: scan.Table}
	if l.locations, err = c.parseLocations(scan.Locations, f.regexURI); err != nil {
		return nil, err
	}
	return l, l.setFields(scan.Parameters["FIELD_LIST"], s)
}

// externalRows are the rows of one scan of an external table.
type externalRows struct {
	load   *load
	scan   engine.ExternalScan
	in     *stream
	places []int // of the fields' columns in the table
	row    datum.Row
}

// scan starts to read. Columns without a field are NULL.
func (l *load) scan(ctx context.Context, scan engine.ExternalScan) (*externalRows, error) {
	objects, err := l.objects(ctx)
	if err != nil {
		return nil, err
	}
	columns := scan.Table.Columns
	e := &externalRows{
		load: l, scan: scan, row: make(datum.Row, len(columns)),
		in: &stream{ctx: ctx, load: l, objects: objects, skip: l.format.skipHeaders},
	}
	for _, c := range l.converters {
		for i := range columns {
			if columns[i].Name == c.column.Name {
				e.places = append(e.places, i)
			}
		}
	}
	return e, nil
}

// Next returns the next row whose values fit.
func (e *externalRows) Next() (datum.Row, error) {
	for {
		r, err := e.in.next()
		if err != nil {
			return nil, err
		}
		if err = e.fit(r); err == nil {
			return e.row, nil
		}
		if bad, ok := errors.AsType[*rejection](err); ok {
			err = e.load.reject(bad, r, e.in.uri)
		}
		if err != nil {
			return nil, err
		}
	}
}

// fit makes the values of a record those of the table's row. A *rejection as
// error concerns this record alone.
func (e *externalRows) fit(r record) error {
	for i, place := range e.places {
		v, err := e.scan.Fit(place, r.row[i])
		if err != nil {
			return e.load.badValue(i, r.number, e.in.uri, err)
		}
		e.row[place] = v
	}
	return nil
}

// Close ends the scan.
func (e *externalRows) Close() { e.in.close() }
