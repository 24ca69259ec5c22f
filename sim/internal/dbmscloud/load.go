package dbmscloud

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"slices"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine"
)

// load is one reading of objects into the shape of a table, by COPY_DATA or
// through an external table: the objects to read, and what became of their
// records.
type load struct {
	cloud      *cloud
	remote     remote
	format     copyFormat
	locations  []location
	table      engine.TableInfo
	fields     []field
	converters []converter
	progress   *engine.Longop // nil when nobody is to see it

	firstNames map[string]bool // parquet: upper-case column names that count

	silent   bool // what is rejected is counted and not kept
	rejected int64
	log      []string // lines for the log table
	bad      []string // rejected records
	failure  error    // that ended a load whose rows stay (Knobs.PartialOnReject)
}

// errRejectLimit ends a load from within.
var errRejectLimit = errors.New("reject limit reached")

// run inserts the rows of all objects with one INSERT and returns their number.
func (l *load) run(ctx context.Context, s *engine.Session) (int64, error) {
	objects, err := l.objects(ctx)
	if err != nil {
		return 0, err
	}
	columns := make([]string, len(l.converters))
	for i, c := range l.converters {
		columns[i] = c.column.Name
	}
	l.progress = s.Longop(owner+".DBMS_CLOUD.COPY_DATA", l.table.Schema+"."+l.table.Name, "Rows", 0)
	defer l.progress.End()
	in := &stream{ctx: ctx, load: l, objects: objects, skip: l.format.skipHeaders}
	defer in.close()
	n, err := s.Load(ctx, l.table.Schema, l.table.Name, columns, l.rows(in), func(column string, err error) error {
		return l.misfit(in, column, err)
	})
	if err == nil {
		err = l.failure
	}
	return n, err
}

// objects resolves the URIs: fixed names as they are, patterns by listing with
// the rights of the URL (reference, section 2.8, point 3).
func (l *load) objects(ctx context.Context) ([]string, error) {
	var uris []string
	for _, loc := range l.locations {
		if loc.pattern == nil {
			uris = append(uris, loc.object(loc.name))
			continue
		}
		objects, err := l.remote.list(ctx, loc)
		if err != nil {
			return nil, inFetch(datum.AsError(err))
		}
		before := len(uris)
		for _, name := range l.matching(loc, objects) {
			uris = append(uris, loc.object(name))
		}
		if len(uris) == before {
			return nil, inFetch(datum.Errorf(20404, "Object not found - %s", loc.raw))
		}
	}
	return uris, nil
}

// matching picks the names that a pattern means. The chunks of a dump file are
// no files of their own.
func (l *load) matching(loc location, objects []listed) []string {
	var picked []string
	for _, o := range objects {
		name := o.Name
		if !loc.matches(name) {
			continue
		}
		chunk := l.format.kind == "datapump" && slices.ContainsFunc(picked, func(primary string) bool { return isChunk(name, primary) })
		if !chunk {
			picked = append(picked, name)
		}
	}
	return picked
}

// rows yields the rows of a stream.
func (l *load) rows(in *stream) iter.Seq2[datum.Row, error] {
	return func(yield func(datum.Row, error) bool) {
		for {
			r, err := in.next()
			if err == nil {
				if !yield(r.row, nil) {
					return
				}
				l.progress.Advance(1)
				continue
			}
			if err = l.ended(err); !errors.Is(err, io.EOF) {
				yield(nil, err)
			}
			return
		}
	}
}

// ended is what the end of a stream means to the INSERT: with PartialOnReject a
// reached reject limit is an end like any other, and told when it has succeeded.
func (l *load) ended(err error) error {
	if errors.Is(err, errRejectLimit) && l.cloud.knobs.PartialOnReject {
		l.failure = err
		return io.EOF
	}
	return err
}

// misfit rejects the record that a stream has just yielded, for a value that does
// not fit its column in the table.
func (l *load) misfit(in *stream, column string, err error) error {
	i := slices.IndexFunc(l.converters, func(c converter) bool { return c.column.Name == column })
	if bad, ok := errors.AsType[*rejection](l.badValue(i, in.last.number, in.uri, err)); ok {
		err = l.reject(bad, in.last, in.uri)
	}
	if err == nil {
		return nil
	}
	if err = l.ended(err); errors.Is(err, io.EOF) {
		in.stop()
		return nil
	}
	return err
}

// record is one record of an object, turned into a row.
type record struct {
	row    datum.Row // valid until the following record
	raw    string    // for the bad table; "" for binary formats
	number int       // in its object, from 1
}

// rowReader reads the records of one object.
type rowReader interface {
	// next returns the next record, or io.EOF. A *rejection as error concerns
	// this record alone, and its raw text and number are set.
	next() (record, error)
}

// reader makes the reader of one object.
func (l *load) reader(ctx context.Context, wire *wireReader, uri string, skip int) (rowReader, error) {
	if l.format.kind == "datapump" {
		return newDumpReader(ctx, l, uri)
	}
	in, err := decompress(l.format.compression, wire)
	if err != nil {
		return nil, err
	}
	switch l.format.kind {
	case "json":
		return newJSONReader(l, in, uri), nil
	case "parquet":
		return newParquetReader(l, in, uri)
	}
	return newTextReader(l, in, uri, skip), nil
}

// reject notes a bad record. Beyond the limit it returns the stack that ends
// the load.
func (l *load) reject(bad *rejection, r record, uri string) error {
	l.rejected++
	lines := append(slices.Clip(bad.lines), fmt.Sprintf("KUP-04101: record %d rejected in file %s", r.number, uri))
	if !l.silent {
		l.log = append(l.log, lines...)
		if r.raw != "" || !l.format.binary() {
			l.bad = append(l.bad, r.raw)
		}
	}
	if l.format.rejectLimit == math.MaxInt64 || l.rejected <= l.format.rejectLimit {
		return nil
	}
	stack := inFetch(cartridge(append(lines, "ORA-30653: reject limit reached")...))
	if l.cloud.knobs.RejectRaises20003 {
		stack = stack.Above(20003, "Reject limit of external table reached")
	}
	return fmt.Errorf("%w: %w", errRejectLimit, stack)
}

// wireReader remembers what went wrong below a decompressor, which reports a
// torn body and a damaged object alike.
type wireReader struct {
	in  io.Reader
	err error
}

func (w *wireReader) Read(p []byte) (int, error) {
	n, err := w.in.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		w.err = err
	}
	return n, err
}

// readError is what a body that cannot be read to its end becomes.
func (l *load) readError(err error, wire *wireReader, uri string) error {
	if errors.Is(err, errRecordTooLong) {
		return inFetch(cartridge(fmt.Sprintf(
			"KUP-04020: found record longer than buffer size supported, %d, in %s", l.format.text.readSize, uri)))
	}
	if wire.err != nil {
		return inFetch(transportError(wire.err))
	}
	if e, ok := errors.AsType[*datum.Error](err); ok {
		return inFetch(e)
	}
	return inFetch(datum.Errorf(20000, "Object cannot be decompressed - %s", uri))
}
