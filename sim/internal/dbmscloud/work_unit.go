package dbmscloud

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
)

// workUnit writes the objects of one sequence number: it collects records in
// memory and puts an object whenever the next record would not fit. It never
// holds more than one object; another may be on its way.
type workUnit struct {
	export   *export
	encoder  encoder
	sequence int
	body     *bytes.Buffer
	zip      *gzip.Writer // nil without compression
	size     int64        // bytes of the open object before compression
	records  int          // of the open object
}

// add appends one record to the open object, or to a new one when it does not
// fit (reference, section 1.5). The size that counts is that before compression.
func (u *workUnit) add(ctx context.Context, record []byte) error {
	if u.records > 0 && u.size+int64(len(record)) > u.export.format.maxFileSize {
		if err := u.finish(ctx); err != nil {
			return err
		}
	}
	if u.records == 0 {
		if err := u.write(u.encoder.appendHeader(nil)); err != nil {
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
		u.zip = gzip.NewWriter(u.body)
	}
	if _, err := u.zip.Write(p); err != nil {
		return fmt.Errorf("compress a record: %w", err)
	}
	return nil
}

// finish completes the open object and has it put, if there is one.
func (u *workUnit) finish(ctx context.Context) error {
	if u.records == 0 {
		return nil
	}
	if err := u.write(u.encoder.appendFooter(nil)); err != nil {
		return err
	}
	return u.flush(ctx)
}

// flush has the open object put, which is in progress on return.
func (u *workUnit) flush(ctx context.Context) (err error) {
	if u.zip != nil {
		if err := u.zip.Close(); err != nil {
			return fmt.Errorf("compress an object: %w", err)
		}
	}
	u.body, err = u.export.uploads.put(ctx, u.sequence, u.body)
	u.zip, u.size, u.records = nil, 0, 0
	return err
}
