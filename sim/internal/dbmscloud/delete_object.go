package dbmscloud

// DELETE_OBJECT(credential_name, object_uri)
//
// Simulated, by reference, section 3: an object goes, with a credential; through
// a PAR the store refuses, because no PAR can delete (reference, section 5.3). The primary
// object of a dump file takes its chunks with it (reference, section 1.6, UNCONFIRMED).
//
// Knobs: KeepDumpChunks.
//
// Not simulated: the argument force of newer releases.

import (
	"context"
	"net/http"

	"github.com/adbferry/adbferry/sim/internal/engine"
)

var deleteObjectParams = []engine.Param{credentialParam, objectParam}

func (c *cloud) deleteObject(ctx context.Context, s *engine.Session, args *engine.Args) error {
	r, loc, err := c.objectAt(s, args)
	if err != nil {
		return raised(ctx, err)
	}
	return raised(ctx, c.removeObject(ctx, r, loc))
}

func (c *cloud) removeObject(ctx context.Context, r remote, loc location) error {
	size, err := r.size(ctx, loc)
	if err != nil {
		return err
	}
	if err := r.remove(ctx, loc.object(loc.name), loc.raw); err != nil {
		return err
	}
	if size > 0 || c.knobs.KeepDumpChunks {
		return nil
	}
	chunks := loc
	chunks.name += "_"
	listed, err := r.list(ctx, chunks)
	if err != nil {
		return err
	}
	for _, o := range listed {
		if !isChunk(o.Name, loc.name) {
			continue
		}
		if err := r.remove(ctx, loc.object(o.Name), loc.raw); err != nil {
			return err
		}
	}
	return nil
}

// remove deletes one object.
func (r remote) remove(ctx context.Context, uri, shown string) error {
	resp, err := r.do(ctx, http.MethodDelete, uri, shown, nil)
	if err != nil {
		return err
	}
	return drain(resp)
}
