package dbmscloud

// BULK_DOWNLOAD(credential_name, location_uri, directory_name, regex_filter, format [, operation_id OUT])
//
// Simulated, by reference, section 3: the objects below a location whose names,
// relative to it, match the filter become files of those names in a directory on
// which the caller has WRITE. A credential is required. Logged as an operation of
// type DOWNLOAD. See bulk.go for what all bulk operations share.
//
// Not simulated, and refused: relative names with a slash.

import (
	"context"

	"github.com/adbferry/adbferry/sim/internal/engine"
)

var bulkDirectoryParams = append([]engine.Param{credentialParam, {Name: "LOCATION_URI", Type: varchar2}, directoryParam}, bulkTail...)

func (c *cloud) bulkDownload(ctx context.Context, s *engine.Session, args *engine.Args) error {
	from, err := c.bulkSide(s, args, "LOCATION_URI", "CREDENTIAL_NAME")
	if err != nil {
		return raised(ctx, err)
	}
	directory, err := directoryOf(s, args.Value("DIRECTORY_NAME").Text(), "WRITE")
	if err != nil {
		return raised(ctx, err)
	}
	filter, err := bulkFilter(args)
	if err != nil {
		return raised(ctx, err)
	}
	return raised(ctx, c.runBulk(s, args, "DOWNLOAD", from.raw, func() error {
		return from.each(ctx, filter, func(object, relative string) error {
			if err := checkFileName(relative); err != nil {
				return err
			}
			data, err := from.read(ctx, object)
			if err != nil {
				return err
			}
			return c.files.put(fileName{directory, relative}, data)
		})
	}))
}
