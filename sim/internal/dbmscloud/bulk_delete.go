package dbmscloud

// BULK_DELETE(credential_name, location_uri, regex_filter, format [, operation_id OUT])
//
// Simulated, by reference section 3: the objects below a location go whose names,
// relative to it, match the filter; a credential is required. The call is logged
// as an operation of type DELETE (UNCONFIRMED).
//
// Not simulated, and refused: every key of format; regular expressions that Go
// and Oracle read differently are read as Go reads them.

import (
	"context"
	"regexp"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine"
)

var bulkDeleteParams = []engine.Param{
	credentialParam,
	{Name: "LOCATION_URI", Type: varchar2},
	{Name: "REGEX_FILTER", Type: varchar2, Optional: true},
	{Name: "FORMAT", Type: clob, Optional: true},
}

func (c *cloud) bulkDelete(ctx context.Context, s *engine.Session, args *engine.Args) error {
	return raised(ctx, c.startBulkDelete(ctx, s, args))
}

func (c *cloud) startBulkDelete(ctx context.Context, s *engine.Session, args *engine.Args) error {
	r, loc, err := c.place(s, args, "LOCATION_URI", false)
	if err != nil {
		return err
	}
	if args.Value("CREDENTIAL_NAME").IsNull() {
		return datum.Errorf(20010, "Missing credential for BULK_DELETE")
	}
	f, err := parseFormat(args.Value("FORMAT").Text())
	if err != nil {
		return err
	}
	if err := f.check(nil, []string{"logretention", "logprefix", "logdir", "priority"}); err != nil {
		return err
	}
	filter, err := engine.CompilePattern(args.Value("REGEX_FILTER").Text())
	if err != nil {
		return err
	}
	op := c.operations.start(s, operation{kind: "DELETE", uris: loc.raw})
	err = removeMatching(ctx, r, loc, filter)
	c.finish(op, datum.NULL, err)
	if err == nil {
		args.Set("OPERATION_ID", datum.FromInt(op.id))
	}
	return err
}

func removeMatching(ctx context.Context, r remote, loc location, filter *regexp.Regexp) error {
	listed, err := r.list(ctx, loc)
	if err != nil {
		return err
	}
	for _, o := range listed {
		if !filter.MatchString(strings.TrimPrefix(o.Name, loc.name)) {
			continue
		}
		if err := r.remove(ctx, loc.object(o.Name), loc.raw); err != nil {
			return err
		}
	}
	return nil
}
