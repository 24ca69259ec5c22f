package dbmscloud

// COPY_DATA(table_name, credential_name, file_uri_list, schema_name, field_list, format [, operation_id OUT])
//
// Simulated, by reference, section 2: delimited text and csv with and without
// embedded newlines, json, parquet and datapump (each has a file here that says
// what it follows), through a PAR, with a credential, from a public bucket or
// from files of a database directory (DATA_PUMP_DIR:name),
// the options of 2.3, field lists in the forms of 2.3 and the limits of 2.4,
// wildcards and, with regexuri, regular expressions by listing (a list of URIs
// is cut at each comma, also in an expression), append in one INSERT, the commits
// of 2.2, the operation log with its log and bad tables of 2.7, and the error
// stacks of 4.2 and 4.3. Objects are read one after another over HTTPS.
//
// Knobs: KeepCallerTransaction, LeaveUncommitted, PartialOnReject,
// RejectRaises20003, UnclosedQuoteIs04036, SkipHeadersOnce, DefaultFieldBytes,
// TrimCSV, ReadSize, WildcardStaysInFolder, RegexURIMatchesWhole,
// JSONValueLimit, DumpThroughPAR.
//
// Not simulated, and refused: avro, orc and ejson, options
// given with a type that they are not for, BLOB columns of text, the clauses of
// the loader beyond 2.3.
// The temporary external table does not exist; log and bad tables are heap
// tables. A value that does not fit its column rejects its record; one that
// breaks a constraint fails the INSERT.

import (
	"context"
	"errors"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine"
)

var copyParams = []engine.Param{
	{Name: "TABLE_NAME", Type: varchar2},
	{Name: "CREDENTIAL_NAME", Type: varchar2, Optional: true},
	{Name: "FILE_URI_LIST", Type: clob},
	{Name: "SCHEMA_NAME", Type: varchar2, Optional: true},
	{Name: "FIELD_LIST", Type: clob, Optional: true},
	{Name: "FORMAT", Type: clob, Optional: true},
}

func (c *cloud) copyData(ctx context.Context, s *engine.Session, args *engine.Args) error {
	return raised(ctx, c.startCopy(ctx, s, args))
}

// startCopy checks the arguments, then logs and runs the load.
func (c *cloud) startCopy(ctx context.Context, s *engine.Session, args *engine.Args) error {
	l, err := c.newLoad(ctx, s, args)
	if err != nil {
		return err
	}
	if !c.knobs.KeepCallerTransaction {
		if err := s.Commit(ctx); err != nil {
			return err
		}
	}
	op := operation{
		kind: "COPY", schema: l.table.Schema, table: l.table.Name,
		uris: args.Value("FILE_URI_LIST").Text(), loaded: datum.NULL,
	}
	if l.format.logs {
		op.logPrefix = l.format.logPrefix
		op.noBad = l.format.kind == "datapump"
	}
	op = c.operations.start(s, op)
	n, err := c.runLoad(ctx, s, l, op)
	loaded := datum.NULL
	if err == nil {
		loaded = datum.FromInt(n)
		args.Set("OPERATION_ID", datum.FromInt(op.id))
	}
	c.finish(op, loaded, err)
	return err
}

// runLoad loads, ends the transaction as the knobs say, and keeps the log.
func (c *cloud) runLoad(ctx context.Context, s *engine.Session, l *load, op operation) (int64, error) {
	logs, err := c.openLogs(ctx, s, op)
	if err != nil {
		return 0, err
	}
	defer logs.close()
	n, err := l.run(ctx, s)
	// A load that was cancelled still leaves its log.
	if lerr := logs.write(context.WithoutCancel(ctx), l); lerr != nil && err == nil {
		err = lerr
	}
	switch {
	case err != nil && l.failure == nil: // the INSERT left nothing to commit
		return 0, err
	case c.knobs.LeaveUncommitted:
		return n, err
	}
	if cerr := s.Commit(ctx); cerr != nil && err == nil {
		err = cerr
	}
	return n, err
}

func (c *cloud) newLoad(ctx context.Context, s *engine.Session, args *engine.Args) (*load, error) {
	l, err := c.newReading(s, args)
	if err != nil {
		return nil, err
	}
	if l.table, err = c.target(ctx, s, args); err != nil {
		return nil, err
	}
	return l, l.setFields(args.Value("FIELD_LIST").Text(), s)
}

// newReading takes the arguments that say what is read and how.
func (c *cloud) newReading(s *engine.Session, args *engine.Args) (*load, error) {
	remote, err := c.remoteFor(s, args)
	if err != nil {
		return nil, err
	}
	f, err := parseCopyFormat(args.Value("FORMAT").Text(), c.knobs)
	if err != nil {
		return nil, err
	}
	l := &load{cloud: c, remote: remote, format: f}
	if l.locations, err = c.parseLocations(splitURIs(args.Value("FILE_URI_LIST").Text()), f.regexURI); err != nil {
		return nil, err
	}
	if f.kind == "datapump" {
		if err := c.checkDumpCredential(args, l.locations); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// target finds the table to load.
//
// Errors: ORA-20016 and ORA-20017 for malformed names, ORA-20005 when there is
// no such table, ORA-30657 when it is external.
func (c *cloud) target(ctx context.Context, s *engine.Session, args *engine.Args) (engine.TableInfo, error) {
	schema, name, err := tableName(s, args)
	if err != nil {
		return engine.TableInfo{}, err
	}
	table, err := s.Table(ctx, schema, name)
	if e, ok := errors.AsType[*datum.Error](err); ok && e.Code == 942 {
		return table, noTable(schema, name)
	}
	if err == nil && table.External {
		err = inOpen(datum.Errorf(30657, "operation not supported on external organized table"))
	}
	return table, err
}

// tableName reads the arguments that name a table.
//
// Errors: ORA-20016, ORA-20017.
func tableName(s *engine.Session, args *engine.Args) (schema, name string, err error) {
	name, ok := foldName(args.Value("TABLE_NAME").Text())
	if !ok {
		return "", "", datum.Errorf(20016, "Invalid table name")
	}
	schema = s.Schema()
	if given := args.Value("SCHEMA_NAME"); !given.IsNull() {
		if schema, ok = foldName(given.Text()); !ok {
			return "", "", datum.Errorf(20017, "Invalid schema name")
		}
	}
	return schema, name, nil
}

func noTable(schema, name string) *datum.Error {
	return datum.Errorf(20005, "Table %q.%q does not exist", schema, name)
}

// foldName is upper case unless the name is in double quotes.
func foldName(given string) (string, bool) {
	name := strings.TrimSpace(given)
	if inner, ok := strings.CutPrefix(name, `"`); ok {
		inner, ok = strings.CutSuffix(inner, `"`)
		return inner, ok && inner != "" && !strings.Contains(inner, `"`)
	}
	return strings.ToUpper(name), name != "" && !strings.ContainsAny(name, "\".; ")
}

// setFields derives the fields and how each is converted.
func (l *load) setFields(list string, s *engine.Session) (err error) {
	size := l.cloud.knobs.DefaultFieldBytes
	empty := strings.TrimSpace(list) == ""
	switch {
	case l.format.kind != "text" && !empty:
		return notSimulated("a field_list with type " + l.format.kind)
	case l.format.kind == "json" && len(l.format.paths) != len(loadable(l.table)):
		return datum.Errorf(20000, "Invalid format parameter: Bad value for columnpath")
	case empty:
		l.fields = defaultFields(loadable(l.table), size)
	default:
		if l.fields, err = parseFieldList(list, size); err != nil {
			return err
		}
	}
	l.converters, err = newConverters(l.fields, l.table, l.format, s.NLS())
	return err
}
