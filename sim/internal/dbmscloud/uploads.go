package dbmscloud

import (
	"bytes"
	"context"
	"sync"
)

// uploads puts the objects of an export one after the other, each while the next
// is rendered. An object is begun when all before it are there, so whatever ends
// an export leaves the objects that it would leave if it waited for each.
type uploads struct {
	export  *export
	running sync.WaitGroup // the put, if there is one
	body    *bytes.Buffer  // what it puts
	err     error          // why it failed; there is no other one then
}

// put begins to put an object of text or parquet, under the time it begins at,
// once the one before is there. The body is then the uploads' own, and another
// takes its place. Files of a directory are there on return.
//
// Errors: those of an earlier object too.
func (u *uploads) put(ctx context.Context, sequence int, body *bytes.Buffer) (empty *bytes.Buffer, err error) {
	if err := u.wait(); err != nil {
		return body, err
	}
	e := u.export
	uri := e.locations[0].object(objectName(e.prefix, sequence, e.cloud.nextStamp(), e.format))
	empty, u.body = u.body, body
	if empty == nil {
		empty = new(bytes.Buffer)
	}
	empty.Reset()
	if isLocal(uri) { // the session's own, and only copied
		u.err = e.putURI(ctx, uri, body.Bytes())
		return empty, u.err
	}
	u.running.Go(func() { u.err = e.putURI(ctx, uri, body.Bytes()) })
	return empty, nil
}

// wait returns when nothing is being put. Error: why an object was not put.
func (u *uploads) wait() error {
	u.running.Wait()
	return u.err
}
