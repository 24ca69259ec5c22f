package dbmscloud

// PUT_OBJECT(credential_name, object_uri, contents, compression)
// PUT_OBJECT(credential_name, object_uri, directory_name, file_name, compression)
//
// Simulated, by reference, section 3: the bytes of a BLOB, or of a file of a
// directory on which the caller has READ, become an object, packed when
// compression is GZIP, with a credential or through a PAR that writes.
//
// Knobs: ObjectsNeedCredential.

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"

	"github.com/adbferry/adbferry/sim/internal/engine"
)

var (
	putObjectParams = []engine.Param{
		credentialParam, objectParam,
		{Name: "CONTENTS", Type: blob},
		{Name: "COMPRESSION", Type: varchar2, Optional: true},
	}
	putObjectFileParams = []engine.Param{
		credentialParam, objectParam,
		{Name: "DIRECTORY_NAME", Type: varchar2},
		{Name: "FILE_NAME", Type: varchar2, Optional: true},
		{Name: "COMPRESSION", Type: varchar2, Optional: true},
	}
)

func (c *cloud) putObject(ctx context.Context, s *engine.Session, args *engine.Args) error {
	return raised(ctx, c.storeObject(ctx, s, args, []byte(args.Value("CONTENTS").Bytes())))
}

// fileToObject is the overload that reads a file.
func (c *cloud) fileToObject(ctx context.Context, s *engine.Session, args *engine.Args) error {
	n, err := namedFile(s, args, "READ", "")
	if err != nil {
		return raised(ctx, err)
	}
	f, err := c.files.get(n)
	if err != nil {
		return raised(ctx, err)
	}
	return raised(ctx, c.storeObject(ctx, s, args, f.data))
}

// storeObject puts a body, compressed if the call says so, under the name in the
// call's URI.
func (c *cloud) storeObject(ctx context.Context, s *engine.Session, args *engine.Args, body []byte) error {
	r, loc, err := c.objectAt(s, args)
	if err != nil {
		return err
	}
	if err := c.unconfirmed("PUT_OBJECT", loc); err != nil {
		return err
	}
	packed, err := compressionOf(args, "none", "gzip")
	if err != nil {
		return err
	}
	if packed == "gzip" {
		var out bytes.Buffer
		zip := gzip.NewWriter(&out)
		if _, err := zip.Write(body); err != nil {
			return fmt.Errorf("compress an object: %w", err)
		}
		if err := zip.Close(); err != nil {
			return fmt.Errorf("compress an object: %w", err)
		}
		body = out.Bytes()
	}
	return r.put(ctx, loc.object(loc.name), body)
}
