package dbmscloud

// BULK_UPLOAD(credential_name, location_uri, directory_name, regex_filter, format [, operation_id OUT])
//
// Simulated, by reference, section 3: the files of a directory on which the caller
// has READ and whose names match the filter become objects of those names below a
// location, in place of objects that are there. A credential is required. Logged
// as an operation of type UPLOAD. See bulk.go for what all bulk operations share.

import (
	"context"

	"github.com/adbferry/adbferry/sim/internal/engine"
)

func (c *cloud) bulkUpload(ctx context.Context, s *engine.Session, args *engine.Args) error {
	to, err := c.bulkSide(s, args, "LOCATION_URI", "CREDENTIAL_NAME")
	if err != nil {
		return raised(ctx, err)
	}
	directory, err := directoryOf(s, args.Value("DIRECTORY_NAME").Text(), "READ")
	if err != nil {
		return raised(ctx, err)
	}
	filter, err := bulkFilter(args)
	if err != nil {
		return raised(ctx, err)
	}
	return raised(ctx, c.runBulk(s, args, "UPLOAD", to.raw, func() error {
		for _, n := range c.files.in(directory) {
			if !filter.MatchString(n.name) {
				continue
			}
			f, err := c.files.get(n)
			if err != nil {
				return err
			}
			if err := to.put(ctx, to.object(to.name+n.name), f.data); err != nil {
				return err
			}
		}
		return nil
	}))
}
