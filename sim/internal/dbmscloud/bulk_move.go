package dbmscloud

// BULK_MOVE(source_credential_name, source_location_uri, target_location_uri, target_credential_name, regex_filter, format [, operation_id OUT])
//
// Simulated, by reference, section 3: as BULK_COPY, and each object goes from the
// source when it is at the target. Logged as an operation of type MOVE. A move
// onto itself deletes the objects here, so it is refused.

import (
	"context"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine"
)

func (c *cloud) bulkMove(ctx context.Context, s *engine.Session, args *engine.Args) error {
	if args.Value("SOURCE_LOCATION_URI") == args.Value("TARGET_LOCATION_URI") {
		return raised(ctx, datum.Errorf(20000, "Source and target location are the same"))
	}
	return raised(ctx, c.bulkTransfer(ctx, s, args, "MOVE", func(from bulkSide, object string) error {
		return from.remove(ctx, from.object(object), from.raw)
	}))
}
