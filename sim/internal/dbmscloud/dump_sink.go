package dbmscloud

// Type datapump of EXPORT_DATA, by reference, section 1.6. The contents are a
// container of this simulator's own (dump_format.go says which); what is
// simulated is what a caller sees of the objects: per file a primary object of
// no bytes and chunk objects of at most 10 MB named {primary}_aaaaaa and so on,
// names that must not exist yet, ORA-30656 for LONG, and at most as many files
// as names were given. That layout is UNCONFIRMED. In a database directory a file
// is one piece and needs no credential.
//
// Knobs: DumpThroughPAR (by default a credential is needed), WorkUnits bounds
// the number of files, RowsPerTurn.
//
// Not simulated: the log in DATA_PUMP_DIR, the effect of version, and that a
// compression level differs from another.

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine"
)

// maxDumpChunk is the size of a chunk object.
const maxDumpChunk = 10_000_000

// dumpSink writes the files of a datapump export.
type dumpSink struct {
	export *export
	files  []*dumpFile
	rows   int
	record []byte
}

// dumpFile is one file: a primary object and its chunks.
type dumpFile struct {
	export *export
	uri    string
	body   bytes.Buffer
	out    io.Writer // body, or zip
	zip    *gzip.Writer
	chunks int
}

// checkDumpFiles checks how a datapump export reaches its files.
func (e *export) checkDumpFiles(args *engine.Args) error {
	for _, loc := range e.locations {
		if loc.name == "" {
			return invalidURI(loc.raw)
		}
	}
	return e.cloud.checkDumpCredential(args, e.locations)
}

// checkDumpCredential wants a credential, unless the knob says that a PAR will
// do.
func (c *cloud) checkDumpCredential(args *engine.Args, locations []location) error {
	for _, loc := range locations {
		if loc.directory != "" {
			continue
		}
		if loc.par() && !c.knobs.DumpThroughPAR {
			return datum.Errorf(20000, "Format type datapump does not support pre-authenticated URIs - %s", loc.raw)
		}
		if !loc.par() && args.Value("CREDENTIAL_NAME").IsNull() {
			return datum.Errorf(20010, "Missing credential for format type datapump")
		}
	}
	return nil
}

func newDumpSink(ctx context.Context, e *export, columns []datum.Column) (*dumpSink, error) {
	for _, column := range columns {
		if column.Type.Long || column.Type.Kind == datum.Boolean {
			return nil, datum.Errorf(30656, "column type not supported on external organized table")
		}
	}
	header, err := appendDumpHeader(nil, columns)
	if err != nil {
		return nil, err
	}
	d := &dumpSink{export: e}
	for _, loc := range e.locations[:min(len(e.locations), e.workUnits)] {
		f := &dumpFile{export: e, uri: loc.object(loc.name)}
		f.out = &f.body
		if e.format.compression != "none" {
			f.zip = gzip.NewWriter(&f.body)
			f.out = f.zip
		}
		if err := e.create(ctx, f.uri, nil); err != nil {
			return nil, err
		}
		if _, err := f.out.Write(header); err != nil {
			return nil, fmt.Errorf("write a dump: %w", err)
		}
		d.files = append(d.files, f)
	}
	return d, nil
}

// create puts an object that must not exist yet.
//
// Errors: ORA-20412 when it does, ORA-27038 for a file.
func (e *export) create(ctx context.Context, uri string, body []byte) error {
	if isLocal(uri) {
		return e.remote.local.create(uri)
	}
	req, err := e.remote.request(ctx, http.MethodPut, uri, uri, body)
	if err != nil {
		return err
	}
	req.Header.Set("If-None-Match", "*")
	resp, err := e.remote.send(req, uri)
	if err != nil {
		return err
	}
	if err := drain(resp); err != nil {
		return err
	}
	if !e.readable {
		return unreadable(uri)
	}
	return nil
}

func (d *dumpSink) add(ctx context.Context, row datum.Row) error {
	f := d.files[d.rows/d.export.cloud.knobs.RowsPerTurn%len(d.files)]
	d.rows++
	d.record = appendDumpRow(d.record[:0], row)
	if _, err := f.out.Write(d.record); err != nil {
		return fmt.Errorf("write a dump: %w", err)
	}
	return f.flush(ctx, maxDumpChunk)
}

func (d *dumpSink) finish(ctx context.Context) error {
	for _, f := range d.files {
		if _, err := f.out.Write([]byte{0}); err != nil {
			return fmt.Errorf("write a dump: %w", err)
		}
		if f.zip != nil {
			if err := f.zip.Close(); err != nil {
				return fmt.Errorf("compress a dump: %w", err)
			}
		}
		if err := f.flush(ctx, 1); err != nil {
			return err
		}
	}
	return nil
}

// flush puts chunks while there are at least that many bytes. What goes to a
// directory is one file, written when it is complete.
func (f *dumpFile) flush(ctx context.Context, least int) error {
	if isLocal(f.uri) {
		if least == 1 || f.body.Len() > maxDirectories {
			return f.export.remote.local.put(f.uri, f.body.Bytes())
		}
		return nil
	}
	for f.body.Len() >= least && f.body.Len() > 0 {
		if err := f.export.create(ctx, f.uri+chunkSuffix(f.chunks), f.body.Next(maxDumpChunk)); err != nil {
			return err
		}
		f.chunks++
	}
	return nil
}

// chunkSuffix is "_aaaaaa" for the first chunk, "_aaaaab" for the second.
func chunkSuffix(n int) string {
	b := []byte("_aaaaaa")
	for i := len(b) - 1; i > 0; i-- {
		b[i] += byte(n % 26)
		n /= 26
	}
	return string(b)
}

// isChunk reports whether an object is a chunk of the primary.
func isChunk(name, primary string) bool {
	if len(name) != len(primary)+7 || name[:len(primary)] != primary || name[len(primary)] != '_' {
		return false
	}
	for _, c := range name[len(primary)+1:] {
		if c < 'a' || c > 'z' {
			return false
		}
	}
	return true
}
