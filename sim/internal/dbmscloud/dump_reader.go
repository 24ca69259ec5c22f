package dbmscloud

// Type datapump of COPY_DATA, by reference, sections 1.6 and 2.6: the primary
// names of files that EXPORT_DATA wrote (dump_sink.go); the chunks are found by
// themselves. Columns are matched to the table's by name, and each column of
// the table must be there. Rejected rows are in the log alone, and no bad table
// is made.
//
// Knobs: DumpThroughPAR.
//
// Not simulated: dump files of any other origin.

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"io"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// dumpReader reads the rows of one file.
type dumpReader struct {
	load    *load
	uri     string
	decoder *dumpDecoder
	sources []int // column of the dump per column of the load
	number  int
	row     datum.Row
}

func errDumpObject(uri string) error {
	return datum.Errorf(20000, "Object is not a valid dump file - %s", uri)
}

// newDumpReader opens the file whose primary object is at uri.
func newDumpReader(ctx context.Context, l *load, uri string) (*dumpReader, error) {
	in := bufio.NewReader(&chunkStream{ctx: ctx, remote: l.remote, uri: uri, single: isLocal(uri)})
	var plain io.Reader = in
	if first, err := in.Peek(2); err == nil && first[0] == 0x1f && first[1] == 0x8b {
		zip, err := gzip.NewReader(in)
		if err != nil {
			return nil, dumpError(err, uri)
		}
		plain = zip
	}
	decoder, err := newDumpDecoder(plain)
	if err != nil {
		return nil, dumpError(err, uri)
	}
	r := &dumpReader{load: l, uri: uri, decoder: decoder, row: make(datum.Row, len(l.fields))}
	return r, r.match()
}

// dumpError keeps what the store said and calls everything else damage.
func dumpError(err error, uri string) error {
	if e, ok := errors.AsType[*datum.Error](err); ok {
		return e
	}
	return errDumpObject(uri)
}

// match finds the fields of the load among the columns of the dump.
func (r *dumpReader) match() error {
	places := map[string]int{}
	for i, column := range r.decoder.columns {
		places[column.Name] = i
	}
	for _, f := range r.load.fields {
		place, ok := places[f.name]
		if !ok {
			return datum.Errorf(20000, "Column %s is not in the dump file - %s", f.name, r.uri)
		}
		r.sources = append(r.sources, place)
	}
	return nil
}

// next reads a row. Only texts are converted: everything else is stored already
// as the dump has it.
func (r *dumpReader) next() (record, error) {
	values, err := r.decoder.next()
	if errors.Is(err, io.EOF) {
		return record{}, io.EOF
	}
	if err != nil {
		return record{}, dumpError(err, r.uri)
	}
	r.number++
	out := record{row: r.row, number: r.number}
	for i, place := range r.sources {
		v := values[place]
		if v.Kind() == datum.Text {
			if v, err = r.load.converters[i].convert(v.Text()); err != nil {
				return out, r.load.badValue(i, r.number, r.uri, err)
			}
		}
		r.row[i] = v
	}
	return out, nil
}

// chunkStream reads the chunks of a file one after another, until one is
// missing.
type chunkStream struct {
	ctx    context.Context //nolint:containedctx // of the load that reads the stream, as io.Reader has no place for it
	remote remote
	uri    string
	single bool // the file is one piece
	next   int
	open   io.ReadCloser
}

// Read goes on to the next chunk where one ends.
func (c *chunkStream) Read(p []byte) (int, error) {
	for {
		if c.open == nil {
			piece := c.uri + chunkSuffix(c.next)
			if c.single {
				piece = c.uri
			}
			if c.single && c.next > 0 {
				return 0, io.EOF
			}
			body, err := c.remote.open(c.ctx, piece)
			if e, ok := errors.AsType[*datum.Error](err); ok && e.Code == 20404 {
				return 0, io.EOF
			}
			if err != nil {
				return 0, err
			}
			c.open = body
			c.next++
		}
		n, err := c.open.Read(p)
		if n > 0 {
			return n, nil
		}
		if !errors.Is(err, io.EOF) {
			return 0, transportError(err)
		}
		_ = c.open.Close()
		c.open = nil
	}
}
