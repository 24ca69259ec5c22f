package dbmscloud

// BULK_COPY(source_credential_name, source_location_uri, target_location_uri, target_credential_name, regex_filter, format [, operation_id OUT])
//
// Simulated, by reference, section 3: the objects below a location whose names,
// relative to it, match the filter are copied under the same relative names to
// another one, in place of objects that are there. A credential is required; that
// of the source will do for both. Logged as an operation of type COPY. See bulk.go
// for what all bulk operations share.

import (
	"context"

	"github.com/adbferry/adbferry/sim/internal/engine"
)

var bulkCopyParams = append([]engine.Param{
	{Name: "SOURCE_CREDENTIAL_NAME", Type: varchar2, Optional: true},
	{Name: "SOURCE_LOCATION_URI", Type: varchar2},
	{Name: "TARGET_LOCATION_URI", Type: varchar2},
	{Name: "TARGET_CREDENTIAL_NAME", Type: varchar2, Optional: true},
}, bulkTail...)

func (c *cloud) bulkCopy(ctx context.Context, s *engine.Session, args *engine.Args) error {
	return raised(ctx, c.bulkTransfer(ctx, s, args, "COPY", func(bulkSide, string) error { return nil }))
}

// bulkTransfer is what BULK_COPY and BULK_MOVE share; then is told of each object
// of the source that was copied.
func (c *cloud) bulkTransfer(ctx context.Context, s *engine.Session, args *engine.Args, kind string, then func(from bulkSide, object string) error) error {
	from, err := c.bulkSide(s, args, "SOURCE_LOCATION_URI", "SOURCE_CREDENTIAL_NAME")
	if err != nil {
		return err
	}
	to, err := c.bulkSide(s, args, "TARGET_LOCATION_URI", "TARGET_CREDENTIAL_NAME", "SOURCE_CREDENTIAL_NAME")
	if err != nil {
		return err
	}
	filter, err := bulkFilter(args)
	if err != nil {
		return err
	}
	return c.runBulk(s, args, kind, from.raw+","+to.raw, func() error {
		return from.copyTo(ctx, to, filter, func(object string) error { return then(from, object) })
	})
}
