package dbmscloud

// GET_METADATA(credential_name, object_uri) RETURN CLOB
//
// Simulated, by reference, section 3: {"Content-Length":n} of an object. What
// else the real function returns is UNCONFIRMED and left out.
//
// Knobs: ObjectsNeedCredential.

import (
	"context"
	"fmt"
	"net/http"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine"
)

var getMetadataParams = []engine.Param{credentialParam, objectParam}

func (c *cloud) getMetadata(ctx context.Context, s *engine.Session, args *engine.Args) error {
	r, loc, err := c.objectAt(s, args)
	if err == nil {
		err = c.unconfirmed("GET_METADATA", loc)
	}
	if err != nil {
		return raised(ctx, err)
	}
	size, err := r.size(ctx, loc)
	if err != nil {
		return raised(ctx, err)
	}
	args.Return(datum.FromClob(fmt.Sprintf(`{"Content-Length":%d}`, size)))
	return nil
}

// size asks for the length of an object in bytes.
func (r remote) size(ctx context.Context, loc location) (int64, error) {
	resp, err := r.do(ctx, http.MethodHead, loc.object(loc.name), loc.raw, nil)
	if err != nil {
		return 0, err
	}
	return resp.ContentLength, drain(resp)
}
