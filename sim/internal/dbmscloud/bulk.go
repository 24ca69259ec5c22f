package dbmscloud

import (
	"cmp"
	"context"
	"io"
	"regexp"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine"
)

// What the BULK_ procedures share (reference, section 3): a credential for each
// location, a filter over the names below it, and an operation in the log, whose
// TYPE is UNCONFIRMED. Objects are moved one after another; the first that fails
// ends the call, and what was done before it stays.
//
// Not simulated, and refused: every key of format.

// bulkKeys exist for all of them.
var bulkKeys = []string{"logretention", "logprefix", "logdir", "priority"}

// bulkTail ends the parameters of all of them.
var bulkTail = []engine.Param{
	{Name: "REGEX_FILTER", Type: varchar2, Optional: true},
	{Name: "FORMAT", Type: clob, Optional: true},
}

// bulkFilter reads the arguments that say which names are meant.
//
// Errors: ORA-20009 and ORA-20000 of format, ORA-12725 and the like of the filter.
func bulkFilter(args *engine.Args) (*regexp.Regexp, error) {
	f, err := parseFormat(args.Value("FORMAT").Text())
	if err != nil {
		return nil, err
	}
	if err := f.check(nil, bulkKeys); err != nil {
		return nil, err
	}
	return engine.CompilePattern(args.Value("REGEX_FILTER").Text())
}

// A bulkSide is a location and the rights to reach it.
type bulkSide struct {
	remote
	location
}

// bulkSide takes a location and its credential from arguments; credentials are
// the names of those that may hold it, in order.
//
// Error: ORA-20010 without any.
func (c *cloud) bulkSide(s *engine.Session, args *engine.Args, param string, credentials ...string) (bulkSide, error) {
	var given string
	for _, name := range credentials {
		given = cmp.Or(given, args.Value(name).Text())
	}
	loc, err := c.parseLocation(args.Value(param).Text())
	switch {
	case err != nil:
		return bulkSide{}, err
	case loc.directory != "" || loc.pattern != nil:
		return bulkSide{}, invalidURI(loc.raw)
	case given == "":
		return bulkSide{}, datum.Errorf(20010, "Missing credential for bulk operations")
	}
	name, err := credentialNamed(given)
	if err != nil {
		return bulkSide{}, err
	}
	r, err := c.remoteWith(s, s.User(), name)
	return bulkSide{r, loc}, err
}

// each calls do with the names below the location that pass the filter: that of
// the object, and what follows the location in it.
func (b bulkSide) each(ctx context.Context, filter *regexp.Regexp, do func(object, relative string) error) error {
	listed, err := b.list(ctx, b.location)
	if err != nil {
		return err
	}
	for _, o := range listed {
		relative := strings.TrimPrefix(o.Name, b.name)
		if !filter.MatchString(relative) {
			continue
		}
		if err := do(o.Name, relative); err != nil {
			return err
		}
	}
	return nil
}

// read returns an object.
func (b bulkSide) read(ctx context.Context, object string) ([]byte, error) {
	body, err := b.open(ctx, b.object(object))
	if err != nil {
		return nil, err
	}
	defer func() { _ = body.Close() }()
	data, err := io.ReadAll(io.LimitReader(body, maxObject+1))
	switch {
	case err != nil:
		return nil, transportError(err)
	case len(data) > maxObject:
		return nil, notSimulated("objects of more than 1 GiB in bulk operations")
	}
	return data, nil
}

// copyTo copies the objects to another location under their relative names;
// then is told of each when it is there.
func (b bulkSide) copyTo(ctx context.Context, target bulkSide, filter *regexp.Regexp, then func(object string) error) error {
	return b.each(ctx, filter, func(object, relative string) error {
		data, err := b.read(ctx, object)
		if err != nil {
			return err
		}
		if err := target.put(ctx, target.object(target.name+relative), data); err != nil {
			return err
		}
		return then(object)
	})
}

// runBulk carries out a bulk operation and logs it.
func (c *cloud) runBulk(s *engine.Session, args *engine.Args, kind, uris string, work func() error) error {
	op := c.operations.start(s, operation{kind: kind, uris: uris})
	err := work()
	c.finish(op, datum.NULL, err)
	if err == nil {
		args.Set("OPERATION_ID", datum.FromInt(op.id))
	}
	return err
}
