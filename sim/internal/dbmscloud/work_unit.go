package dbmscloud

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// rowsPerTurn is how many rows a work unit takes before the next one gets its
// turn.
const rowsPerTurn = 1000

// workUnit writes the objects of one sequence number: it collects records in
// memory and puts an object whenever the next record would not fit. It never
// holds more than one object.
type workUnit struct {
	export   *export
	sequence int
	body     bytes.Buffer
	zip      *gzip.Writer // nil without compression
	size     int64        // bytes of the open object before compression
	records  int          // of the open object
	objects  int          // put so far
}

// add appends one record to the open object, or to a new one when it does not
// fit (reference section 1.5). The size that counts is that before compression.
func (u *workUnit) add(ctx context.Context, record []byte) error {
	if u.records > 0 && u.size+int64(len(record)) > u.export.format.maxFileSize {
		if err := u.flush(ctx); err != nil {
			return err
		}
	}
	if u.records == 0 && u.export.format.header {
		if err := u.write(u.export.writer.appendHeader(nil)); err != nil {
			return err
		}
	}
	u.records++
	return u.write(record)
}

func (u *workUnit) write(p []byte) error {
	u.size += int64(len(p))
	if !u.export.format.gzip {
		u.body.Write(p)
		return nil
	}
	if u.zip == nil {
		u.zip = gzip.NewWriter(&u.body)
	}
	if _, err := u.zip.Write(p); err != nil {
		return fmt.Errorf("compress a record: %w", err)
	}
	return nil
}

// flush puts the open object under the time it is uploaded at.
func (u *workUnit) flush(ctx context.Context) error {
	if u.zip != nil {
		if err := u.zip.Close(); err != nil {
			return fmt.Errorf("compress an object: %w", err)
		}
	}
	e := u.export
	uri := e.location.object(objectName(e.prefix, u.sequence, e.cloud.nextStamp(), e.format))
	if err := e.cloud.remote.put(ctx, uri, u.body.Bytes()); err != nil {
		return err
	}
	if !e.readable { // a write-only PAR (reference section 1.2)
		return datum.Errorf(20401, "Authorization failed for URI - %s", uri)
	}
	u.body.Reset()
	u.zip, u.size, u.records = nil, 0, 0
	u.objects++
	return nil
}

// finish puts what is left.
func (u *workUnit) finish(ctx context.Context) error {
	if u.records == 0 {
		return nil
	}
	return u.flush(ctx)
}
