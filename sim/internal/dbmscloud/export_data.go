package dbmscloud

// EXPORT_DATA(credential_name, file_uri_list, query, format [, operation_id OUT])
//
// Simulated, by reference, section 1: the types csv, json, xml, parquet and
// datapump (each has a file here that says what it follows), to a bucket or
// prefix through a PAR or with a credential, or to files of a
// database directory (DATA_PUMP_DIR:prefix), the options of 1.3, object names
// of 1.4, roll-over of 1.5, values as in 1.7, the operation log of 2.7, and the
// errors of 4.1 and 4.2. A PAR needs read and write, as seen in the field;
// listing it does not.
//
// Knobs: WorkUnits, RowsPerTurn, ZeroRows, MinFileSize, QuoteEverything,
// EscapeBackslash, OmitJSONNulls, LOBLimit, NewParquetMapping,
// ParquetText, ParquetFileSize, DumpThroughPAR, CountExports, WriteOnlyFailsFirst.
//
// Not simulated, and refused: the options encryption and
// singlefile; options given with a type that they are not for. Work units put
// their objects one after another.

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine"
	"github.com/adbferry/adbferry/sim/internal/nls"
)

var exportParams = []engine.Param{
	{Name: "CREDENTIAL_NAME", Type: varchar2, Optional: true},
	{Name: "FILE_URI_LIST", Type: clob},
	{Name: "QUERY", Type: clob},
	{Name: "FORMAT", Type: clob, Optional: true},
}

// export is one running EXPORT_DATA.
type export struct {
	cloud     *cloud
	remote    remote
	format    exportFormat
	locations []location // one, but for datapump
	prefix    string     // of the object names of text and parquet
	readable  bool       // the URL's rights include reading
	rows      int64
	progress  *engine.Longop
	workUnits int
	uploads   uploads // of text and parquet
}

// sink takes the rows of an export and puts its objects.
type sink interface {
	add(ctx context.Context, row datum.Row) error
	finish(ctx context.Context) error
}

func (c *cloud) exportData(ctx context.Context, s *engine.Session, args *engine.Args) error {
	return raised(ctx, c.startExport(ctx, s, args))
}

// startExport checks the arguments, then logs and runs the export.
func (c *cloud) startExport(ctx context.Context, s *engine.Session, args *engine.Args) error {
	e, err := c.newExport(ctx, s, args)
	if err != nil {
		return err
	}
	op := c.operations.start(s, operation{kind: "EXPORT", uris: args.Value("FILE_URI_LIST").Text()})
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

// newExport checks the arguments of a call. Nothing has been sent yet.
func (c *cloud) newExport(ctx context.Context, s *engine.Session, args *engine.Args) (*export, error) {
	remote, err := c.remoteFor(s, args)
	if err != nil {
		return nil, err
	}
	f, err := parseExportFormat(args.Value("FORMAT").Text(), c.knobs)
	if err != nil {
		return nil, err
	}
	e := &export{cloud: c, remote: remote, format: f, workUnits: c.workUnits(ctx)}
	e.uploads.export = e
	if err := e.setLocations(args.Value("FILE_URI_LIST").Text()); err != nil {
		return nil, err
	}
	if f.kind == "datapump" {
		return e, e.checkDumpFiles(args)
	}
	e.prefix = objectPrefix(e.locations[0].name, s.Attributes())
	return e, nil
}

// setLocations takes the URLs of an export: one bucket or prefix for text and
// parquet, a list of names for datapump, and no wildcards (reference, section
// 1.2).
func (e *export) setLocations(list string) error {
	uris := splitURIs(list)
	if len(uris) == 0 || len(uris) > 1 && e.format.kind != "datapump" {
		return datum.Errorf(20000, "file_uri_list must be one bucket or prefix URI for text formats")
	}
	for _, uri := range uris {
		loc, err := e.cloud.parseLocation(uri)
		if err != nil {
			return err
		}
		if loc.pattern != nil {
			return datum.Errorf(20000, "file_uri_list must not contain wildcards")
		}
		e.locations = append(e.locations, loc)
	}
	return nil
}

// run exports the rows of the query.
func (e *export) run(ctx context.Context, s *engine.Session, query string) error {
	if err := e.probe(ctx); err != nil {
		return err
	}
	cursor, err := s.Query(ctx, strings.TrimSpace(query))
	if err != nil {
		return err
	}
	defer cursor.Rows.Close()
	out, err := e.newSink(ctx, cursor.Columns, s.NLS())
	if err != nil {
		return err
	}
	e.progress = s.Longop(owner+".DBMS_CLOUD.EXPORT_DATA", e.prefix, "Rows", 0)
	defer e.progress.End()
	err = e.copyRows(ctx, cursor.Rows, out)
	if err == nil {
		err = out.finish(ctx)
	}
	if failed := e.uploads.wait(); failed != nil {
		return failed // it came before whatever else went wrong
	}
	return err
}

// probe finds out whether the URL's rights include reading, which an export
// needs (reference, section 1.2).
func (e *export) probe(ctx context.Context) (err error) {
	loc := e.locations[0]
	uri := loc.object(loc.name)
	if e.format.kind != "datapump" {
		uri = loc.object(e.prefix)
	}
	if e.readable, err = e.remote.readable(ctx, uri); err != nil {
		return err
	}
	if !e.readable && e.cloud.knobs.WriteOnlyFailsFirst {
		return unreadable(uri)
	}
	return nil
}

func unreadable(uri string) error {
	return datum.Errorf(20401, "Authorization failed for URI - %s", uri)
}

func (e *export) newSink(ctx context.Context, columns []datum.Column, settings nls.Settings) (sink, error) {
	switch e.format.kind {
	case "parquet":
		return newParquetSink(e, columns, settings)
	case "datapump":
		return newDumpSink(ctx, e, columns)
	}
	return newTextSink(e, columns, settings)
}

func (e *export) copyRows(ctx context.Context, rows database.Rows, out sink) error {
	for {
		row, err := rows.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := out.add(ctx, row); err != nil {
			return err
		}
		e.rows++
		e.progress.Advance(1)
	}
}

func (e *export) putURI(ctx context.Context, uri string, body []byte) error {
	if err := e.remote.put(ctx, uri, body); err != nil {
		return err
	}
	if !e.readable { // a write-only PAR (reference, section 1.2)
		return unreadable(uri)
	}
	return nil
}
