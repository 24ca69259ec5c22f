package dbmscloud

// BULK_DELETE(credential_name, location_uri, regex_filter, format [, operation_id OUT])
//
// Simulated, by reference, section 3: the objects below a location go whose names,
// relative to it, match the filter; a credential is required. The call is logged
// as an operation of type DELETE (UNCONFIRMED). See bulk.go for what all bulk
// operations share.

import (
	"context"

	"github.com/adbferry/adbferry/sim/internal/engine"
)

var bulkDeleteParams = append([]engine.Param{credentialParam, {Name: "LOCATION_URI", Type: varchar2}}, bulkTail...)

func (c *cloud) bulkDelete(ctx context.Context, s *engine.Session, args *engine.Args) error {
	from, err := c.bulkSide(s, args, "LOCATION_URI", "CREDENTIAL_NAME")
	if err != nil {
		return raised(ctx, err)
	}
	filter, err := bulkFilter(args)
	if err != nil {
		return raised(ctx, err)
	}
	return raised(ctx, c.runBulk(s, args, "DELETE", from.raw, func() error {
		return from.each(ctx, filter, func(object, _ string) error {
			return from.remove(ctx, from.object(object), from.raw)
		})
	}))
}
