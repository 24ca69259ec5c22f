package dbmscloud

// LIST_OBJECTS(credential_name, location_uri), as SELECT … FROM DBMS_CLOUD.LIST_OBJECTS(…)
//
// Simulated, by reference, section 3: a row per object below the location, with
// OBJECT_NAME relative to it, BYTES, CHECKSUM as the MD5 in lower-case hex (NULL
// for a multipart object), CREATED, which is always NULL, and LAST_MODIFIED. A
// PAR needs the right to list.
//
// Knobs: ObjectsNeedCredential.

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine"
)

// listObjects describes the function to the engine.
func (c *cloud) listObjects() engine.TableFunction {
	return engine.TableFunction{
		Name:    "LIST_OBJECTS",
		Params:  []engine.Param{credentialParam, {Name: "LOCATION_URI", Type: varchar2}},
		Columns: listingColumns(),
		Rows: func(ctx context.Context, s *engine.Session, args *engine.Args) ([]datum.Row, error) {
			rows, err := c.objectRows(ctx, s, args)
			return rows, raised(ctx, err)
		},
	}
}

// listingColumns are those of a listing of objects or files.
func listingColumns() []datum.Column {
	stamp := datum.Type{Kind: datum.TimestampTZ, Scale: 6}
	return []datum.Column{
		{Name: "OBJECT_NAME", Type: datum.Type{Kind: datum.Text, Size: 4000, Chars: 4000}, Nullable: true},
		{Name: "BYTES", Type: number, Nullable: true},
		{Name: "CHECKSUM", Type: datum.Type{Kind: datum.Text, Size: 128, Chars: 128}, Nullable: true},
		{Name: "CREATED", Type: stamp, Nullable: true},
		{Name: "LAST_MODIFIED", Type: stamp, Nullable: true},
	}
}

func (c *cloud) objectRows(ctx context.Context, s *engine.Session, args *engine.Args) ([]datum.Row, error) {
	r, loc, err := c.place(s, args, "LOCATION_URI", false)
	if err != nil {
		return nil, err
	}
	if err := c.unconfirmed("LIST_OBJECTS", loc); err != nil {
		return nil, err
	}
	objects, err := r.list(ctx, loc)
	if err != nil {
		return nil, err
	}
	var rows []datum.Row
	for _, o := range objects {
		sum, err := base64.StdEncoding.DecodeString(o.MD5)
		if err != nil {
			return nil, transportError(err)
		}
		rows = append(rows, datum.Row{
			datum.FromText(strings.TrimPrefix(o.Name, loc.name)), datum.FromInt(o.Size),
			datum.FromText(hex.EncodeToString(sum)), datum.NULL, datum.FromTimestampTZ(o.TimeModified, "+00:00"),
		})
	}
	return rows, nil
}
