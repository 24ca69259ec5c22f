package dbmscloud

// GET_OBJECT(credential_name, object_uri, startoffset, endoffset, compression) RETURN BLOB
// GET_OBJECT(credential_name, object_uri, directory_name, file_name, startoffset, endoffset, compression)
//
// Simulated, by reference, section 3: the bytes of an object through a PAR or
// with a credential, whole or from startoffset to endoffset, both counted from
// 0 and included (UNCONFIRMED), unpacked when compression is GZIP or AUTO. An
// expired or wrongly scoped PAR is ORA-20404 (reference, section 3, F). The procedure writes
// them to a file of a directory on which the caller has WRITE, in place of one of
// that name; without file_name it is called as the object is.

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine"
)

var (
	getObjectParams = []engine.Param{
		credentialParam, objectParam,
		{Name: "STARTOFFSET", Type: number, Optional: true, Default: datum.FromInt(0)},
		{Name: "ENDOFFSET", Type: number, Optional: true, Default: datum.FromInt(0)},
		{Name: "COMPRESSION", Type: varchar2, Optional: true},
	}
	getObjectFileParams = []engine.Param{
		credentialParam, objectParam,
		{Name: "DIRECTORY_NAME", Type: varchar2},
		{Name: "FILE_NAME", Type: varchar2, Optional: true},
		{Name: "STARTOFFSET", Type: number, Optional: true},
		{Name: "ENDOFFSET", Type: number, Optional: true},
		{Name: "COMPRESSION", Type: varchar2, Optional: true},
	}
)

func (c *cloud) getObject(ctx context.Context, s *engine.Session, args *engine.Args) error {
	data, err := c.objectBytes(ctx, s, args)
	if err != nil {
		return raised(ctx, err)
	}
	args.Return(datum.FromBlob(data))
	return nil
}

// objectBytes reads the object, or the part of it, that a call asks for.
func (c *cloud) objectBytes(ctx context.Context, s *engine.Session, args *engine.Args) ([]byte, error) {
	r, loc, err := c.objectAt(s, args)
	if err != nil {
		return nil, err
	}
	packed, err := compressionOf(args, "none", "auto", "gzip")
	if err != nil {
		return nil, err
	}
	uri := loc.object(loc.name)
	req, err := r.request(ctx, http.MethodGet, uri, loc.raw, nil)
	if err != nil {
		return nil, err
	}
	from, _ := args.Value("STARTOFFSET").Int()
	to, _ := args.Value("ENDOFFSET").Int()
	switch {
	case from < 0 || to < 0 || to > 0 && to < from:
		return nil, datum.Errorf(20000, "Invalid offset")
	case to > 0:
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", from, to))
	case from > 0:
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", from))
	}
	resp, err := r.send(req, loc.raw)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	return readObject(resp.Body, packed, loc.raw)
}

// readObject reads and unpacks a body.
func readObject(body io.Reader, packed, uri string) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(body, maxObject+1))
	if err != nil {
		return nil, transportError(err)
	}
	if in, err := decompress(packed, bytes.NewReader(data)); err != nil {
		return nil, datum.Errorf(20000, "Object cannot be decompressed - %s", uri)
	} else if data, err = io.ReadAll(io.LimitReader(in, maxObject+1)); err != nil {
		return nil, datum.Errorf(20000, "Object cannot be decompressed - %s", uri)
	}
	if len(data) > maxObject {
		return nil, notSimulated("objects of more than 1 GiB in a BLOB")
	}
	return data, nil
}

// compressionOf reads the compression argument; the first word is the default.
func compressionOf(args *engine.Args, words ...string) (string, error) {
	given := strings.ToLower(args.Value("COMPRESSION").Text())
	if given == "" {
		return words[0], nil
	}
	for _, word := range words[1:] {
		if given == word {
			return word, nil
		}
	}
	return "", notSimulated("compression " + given)
}

// objectToFile is the procedure.
func (c *cloud) objectToFile(ctx context.Context, s *engine.Session, args *engine.Args) error {
	_, loc, err := c.objectAt(s, args)
	if err != nil {
		return raised(ctx, err)
	}
	n, err := namedFile(s, args, "WRITE", path.Base(loc.name))
	if err != nil {
		return raised(ctx, err)
	}
	data, err := c.objectBytes(ctx, s, args)
	if err == nil {
		err = c.files.put(n, data)
	}
	return raised(ctx, err)
}
