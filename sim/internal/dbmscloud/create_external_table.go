package dbmscloud

// CREATE_EXTERNAL_TABLE(table_name, credential_name, file_uri_list, column_list, field_list, format)
//
// Simulated, by reference, sections 1.6, 2.1 to 2.6 and 4: an external table in
// the current schema, whose rows each query reads from the objects, with the
// readers and the options of COPY_DATA; the types of format that COPY_DATA has;
// no credential with a PAR; wildcards, resolved by each query; a column_list of
// names and types, without which type parquet takes the columns of the first
// object; ORA-30657 for changing rows (4.3), ORA-20021 for a name that is taken
// (4.1). What the objects hold is a matter of the query: it fails with the stacks
// of 4.2 and 4.3, and rejects up to rejectlimit records without a trace. A value
// that does not fit its column rejects its record. A credential is looked for
// with the table's owner. Like any DDL the call commits.
//
// Knobs: those of COPY_DATA that concern reading.
//
// Not simulated, and refused: what COPY_DATA refuses; in column_list constraints,
// defaults, virtual and invisible columns; ALTER TABLE, statistics and
// DBMS_METADATA of an external table; partitioned and hybrid tables. A query
// leaves no log file in DATA_PUMP_DIR.

import (
	"context"
	"errors"
	"math"
	"strconv"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine"
)

var createExternalParams = []engine.Param{
	{Name: "TABLE_NAME", Type: varchar2},
	{Name: "CREDENTIAL_NAME", Type: varchar2, Optional: true},
	{Name: "FILE_URI_LIST", Type: clob},
	{Name: "COLUMN_LIST", Type: clob, Optional: true},
	{Name: "FIELD_LIST", Type: clob, Optional: true},
	{Name: "FORMAT", Type: clob, Optional: true},
}

// accessDrivers are the drivers by kind of format (reference, section 1.6 for
// datapump; the others as public descriptions of the dictionary show them).
var accessDrivers = map[string]string{
	"text": "ORACLE_LOADER", "json": "ORACLE_BIGDATA", "parquet": "ORACLE_BIGDATA", "datapump": "ORACLE_DATAPUMP",
}

// registerAccessDrivers makes the database read such tables.
func (c *cloud) registerAccessDrivers(inst *engine.Instance) {
	for _, driver := range accessDrivers {
		inst.RegisterAccessDriver(driver, func(ctx context.Context, s *engine.Session, scan engine.ExternalScan) (engine.ExternalRows, error) {
			l, err := c.scanLoad(s, scan)
			if err != nil {
				return nil, err
			}
			l.silent = true
			return l.scan(ctx, scan)
		})
	}
}

func (c *cloud) createExternalTable(ctx context.Context, s *engine.Session, args *engine.Args) error {
	return raised(ctx, c.defineExternal(ctx, s, args))
}

func (c *cloud) defineExternal(ctx context.Context, s *engine.Session, args *engine.Args) error {
	_, name, err := tableName(s, args)
	if err != nil {
		return err
	}
	l, err := c.newReading(s, args)
	if err != nil {
		return err
	}
	columns := args.Value("COLUMN_LIST").Text()
	if strings.TrimSpace(columns) == "" {
		if columns, err = l.ownColumns(ctx); err != nil {
			return err
		}
	}
	if l.table, err = s.DescribeExternal(name, columns); err != nil {
		return err
	}
	// What the access driver says about its parameters, it says when it is used.
	err = l.setFields(args.Value("FIELD_LIST").Text(), s)
	if e, ok := errors.AsType[*datum.Error](err); err != nil && (!ok || e.Code != 29913) {
		return err
	}
	err = s.CreateExternal(ctx, name, columns, l.external(args))
	if e, ok := errors.AsType[*datum.Error](err); ok && e.Code == 955 {
		return datum.Errorf(20021, "Table %q.%q already exists", s.Schema(), name)
	}
	return err
}

// external describes the reading to the database.
func (l *load) external(args *engine.Args) engine.External {
	x := engine.External{Driver: accessDrivers[l.format.kind], RejectLimit: "UNLIMITED", Parameters: map[string]string{}}
	if l.format.rejectLimit < math.MaxInt64 {
		x.RejectLimit = strconv.FormatInt(l.format.rejectLimit, 10)
	}
	for _, loc := range l.locations {
		x.Locations = append(x.Locations, loc.raw)
	}
	for _, name := range []string{"FIELD_LIST", "FORMAT"} {
		x.Parameters[name] = args.Value(name).Text()
	}
	if name := args.Value("CREDENTIAL_NAME"); !name.IsNull() {
		x.Parameters["CREDENTIAL_NAME"], _ = foldName(name.Text())
	}
	return x
}

// ownColumns makes the column list of objects that describe themselves.
//
// Error: ORA-20000 for a type whose objects do not.
func (l *load) ownColumns(ctx context.Context) (string, error) {
	if l.format.kind != "parquet" {
		return "", datum.Errorf(20000, "Missing column_list for the external table")
	}
	objects, err := l.objects(ctx)
	if err != nil {
		return "", err
	}
	body, err := l.remote.open(ctx, objects[0])
	if err != nil {
		return "", err
	}
	defer func() { _ = body.Close() }()
	return parquetColumnList(body, objects[0])
}
