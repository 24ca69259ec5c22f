package dbmscloud

import (
	"context"
	"errors"
	"io"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// stream reads the records of a load's objects one after another. Records that
// are rejected are noted with the load and passed over.
type stream struct {
	ctx     context.Context //nolint:containedctx // of everything that is read; rows are pulled
	load    *load
	objects []string // still to be opened
	skip    int      // lines at the start of the next object
	uri     string   // of the open one
	body    io.ReadCloser
	wire    *wireReader
	rows    rowReader // nil between objects
	last    record    // that next returned
}

// next returns the next good record, or io.EOF. Any error ends the stream.
func (s *stream) next() (record, error) {
	for {
		if s.rows == nil {
			if err := s.open(); err != nil {
				return record{}, err
			}
		}
		r, err := s.rows.next()
		if err == nil {
			s.last = r
			return r, nil
		}
		if errors.Is(err, io.EOF) {
			s.close()
			continue
		}
		bad, ok := errors.AsType[*rejection](err)
		if !ok {
			return record{}, s.load.readError(err, s.wire, s.uri)
		}
		if err := s.load.reject(bad, r, s.uri); err != nil {
			return record{}, err
		}
	}
}

// open begins the next object; io.EOF says that there is none.
func (s *stream) open() error {
	if len(s.objects) == 0 {
		return io.EOF
	}
	s.uri, s.objects = s.objects[0], s.objects[1:]
	body, err := s.load.remote.open(s.ctx, s.uri)
	if err != nil {
		return inFetch(datum.AsError(err))
	}
	s.body, s.wire = body, &wireReader{in: body}
	if s.rows, err = s.load.reader(s.ctx, s.wire, s.uri, s.skip); err != nil {
		return s.load.readError(err, s.wire, s.uri)
	}
	if s.load.cloud.knobs.SkipHeadersOnce {
		s.skip = 0
	}
	return nil
}

// stop makes the stream end here.
func (s *stream) stop() {
	s.close()
	s.objects = nil
}

// close ends the open object. It may be called twice.
func (s *stream) close() {
	if s.body != nil {
		_ = s.body.Close() // it was read as far as it mattered
	}
	s.body, s.rows = nil, nil
}
