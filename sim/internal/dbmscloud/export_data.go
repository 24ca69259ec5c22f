package dbmscloud

// EXPORT_DATA(credential_name, file_uri_list, query, format [, operation_id OUT])
//
// Simulated, by reference section 1: csv to a bucket or prefix through a PAR,
// all csv options of 1.3, object names of 1.4, roll-over of 1.5, values as in
// 1.7, the operation log of 2.7, and the errors of 4.1 and 4.2. One PAR with
// read and write is needed, as seen in the field; listing is not.
//
// Knobs: WorkUnits, ZeroRows, MinFileSize, QuoteEverything, EscapeBackslash,
// CountExports.
//
// Not simulated, and refused: types json, parquet, xml and datapump;
// credentials; database directories; the options encryption, version and
// singlefile; BLOB columns. Work units run one after another.

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine"
)

var exportParams = []engine.Param{
	{Name: "CREDENTIAL_NAME", Type: varchar2, Optional: true},
	{Name: "FILE_URI_LIST", Type: clob},
	{Name: "QUERY", Type: clob},
	{Name: "FORMAT", Type: clob, Optional: true},
}

// export is one running EXPORT_DATA.
type export struct {
	cloud    *cloud
	format   exportFormat
	location location
	prefix   string // of the object names
	readable bool   // the PAR may read
	writer   *csvWriter
	units    []*workUnit
	rows     int64
}

func (c *cloud) exportData(ctx context.Context, s *engine.Session, args *engine.Args) error {
	return raised(ctx, c.startExport(ctx, s, args))
}

// startExport checks the arguments, then logs and runs the export.
func (c *cloud) startExport(ctx context.Context, s *engine.Session, args *engine.Args) error {
	if err := checkCredential(args.Value("CREDENTIAL_NAME")); err != nil {
		return err
	}
	f, err := parseExportFormat(args.Value("FORMAT").Text(), c.knobs)
	if err != nil {
		return err
	}
	loc, err := c.exportLocation(args.Value("FILE_URI_LIST").Text())
	if err != nil {
		return err
	}
	e := &export{cloud: c, format: f, location: loc, prefix: objectPrefix(loc.name, s.Attributes())}
	op := c.operations.start(s, operation{kind: "EXPORT", uris: loc.raw})
	err = e.run(ctx, s, args.Value("QUERY").Text())
	count := datum.NULL
	if err == nil && c.knobs.CountExports {
		count = datum.FromInt(e.rows)
	}
	c.finish(op, count, err)
	if err == nil {
		args.Set("OPERATION_ID", datum.FromInt(op.id))
	}
	return err
}

// checkCredential refuses every credential: none can be created yet.
func checkCredential(name datum.Value) error {
	if name.IsNull() {
		return nil
	}
	return datum.Errorf(20004, "Credential %q does not exist", name.Text())
}

// exportLocation takes the one URL of an export: no list, no wildcards
// (reference section 1.2).
func (c *cloud) exportLocation(list string) (location, error) {
	uris := splitURIs(list)
	if len(uris) != 1 {
		return location{}, datum.Errorf(20000, "file_uri_list must be one bucket or prefix URI for text formats")
	}
	loc, err := c.parseLocation(uris[0])
	if err == nil && loc.pattern != nil {
		err = datum.Errorf(20000, "file_uri_list must not contain wildcards")
	}
	return loc, err
}

func (e *export) run(ctx context.Context, s *engine.Session, query string) error {
	readable, err := e.cloud.remote.readable(ctx, e.location.object(e.prefix))
	if err != nil {
		return err
	}
	e.readable = readable
	cursor, err := s.Query(ctx, strings.TrimSpace(query))
	if err != nil {
		return err
	}
	defer cursor.Rows.Close()
	if err := checkExportColumns(cursor.Columns); err != nil {
		return err
	}
	k := e.cloud.knobs
	e.writer = &csvWriter{
		format: e.format, nls: s.NLS(), columns: cursor.Columns,
		quoteAll: k.QuoteEverything, escapeSelf: k.EscapeBackslash,
	}
	for i := range k.WorkUnits {
		e.units = append(e.units, &workUnit{export: e, sequence: i + 1})
	}
	if err := e.writeRows(ctx, cursor.Rows); err != nil {
		return err
	}
	for _, unit := range e.units {
		if err := unit.finish(ctx); err != nil {
			return err
		}
	}
	return e.writeNothing(ctx)
}

func checkExportColumns(columns []datum.Column) error {
	for _, column := range columns {
		if column.Type.Kind == datum.Blob || column.Type.Long {
			return notSimulated("EXPORT_DATA of column " + column.Name + ": BLOB and LONG have no csv form")
		}
	}
	return nil
}

// writeRows deals the rows out to the work units in turns.
func (e *export) writeRows(ctx context.Context, rows database.Rows) error {
	var record []byte
	for {
		row, err := rows.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if record, err = e.writer.appendRow(record[:0], row); err != nil {
			return err
		}
		unit := e.units[int(e.rows/rowsPerTurn)%len(e.units)]
		if err := unit.add(ctx, record); err != nil {
			return err
		}
		e.rows++
	}
}

// writeNothing puts what an export of no rows leaves (Knobs.ZeroRows).
func (e *export) writeNothing(ctx context.Context) error {
	if e.rows > 0 || e.cloud.knobs.ZeroRows == ZeroNothing {
		return nil
	}
	unit := e.units[0]
	if e.cloud.knobs.ZeroRows == ZeroHeaderOnly {
		if err := unit.write(e.writer.appendHeader(nil)); err != nil {
			return err
		}
	} else if err := unit.write(nil); err != nil {
		return err
	}
	return unit.flush(ctx)
}
