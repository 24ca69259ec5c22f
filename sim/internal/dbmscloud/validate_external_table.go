package dbmscloud

// VALIDATE_EXTERNAL_TABLE(table_name [, operation_id OUT], schema_name, rowcount, stop_on_error)
//
// Simulated, by reference, section 2.7 and the public page about validation: the
// objects of an external table are read as a query would, whole or until
// rowcount rows were good. With stop_on_error, the default, the first rejected
// record ends the call with the stack of a reached reject limit, whatever the
// table's own limit is; without it all rejected records are noted, except for
// parquet, which always stops. An operation of TYPE VALIDATE is logged (the word
// is UNCONFIRMED), with VALIDATE$n_LOG and VALIDATE$n_BAD; ROWS_LOADED is NULL.
//
// Knobs: RejectRaises20003, KeepCallerTransaction.
//
// Not simulated: partitions. An operation_id that is given by position is taken
// for the schema_name: write operation_id => n.

import (
	"context"
	"errors"
	"io"
	"math"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine"
)

var validateParams = []engine.Param{
	{Name: "TABLE_NAME", Type: varchar2},
	{Name: "SCHEMA_NAME", Type: varchar2, Optional: true},
	{Name: "ROWCOUNT", Type: number, Optional: true, Default: datum.FromInt(0)},
	{Name: "STOP_ON_ERROR", Type: datum.Type{Kind: datum.Boolean}, Optional: true, Default: datum.FromBool(true)},
}

func (c *cloud) validateExternalTable(ctx context.Context, s *engine.Session, args *engine.Args) error {
	return raised(ctx, c.startValidation(ctx, s, args))
}

// startValidation checks the arguments, then logs and runs the validation.
func (c *cloud) startValidation(ctx context.Context, s *engine.Session, args *engine.Args) error {
	scan, err := externalTarget(s, args)
	if err != nil {
		return err
	}
	rows, whole := args.Value("ROWCOUNT").Int()
	if !whole || rows < 0 {
		return datum.Errorf(20000, "Invalid value for rowcount")
	}
	if rows == 0 {
		rows = math.MaxInt64
	}
	l, err := c.scanLoad(s, scan)
	if err != nil {
		return err
	}
	l.format.rejectLimit = 0
	if !args.Value("STOP_ON_ERROR").Bool() && l.format.kind != "parquet" {
		l.format.rejectLimit = math.MaxInt64
	}
	if !c.knobs.KeepCallerTransaction {
		if err := s.Commit(ctx); err != nil {
			return err
		}
	}
	op := operation{
		kind: "VALIDATE", schema: scan.Table.Schema, table: scan.Table.Name,
		uris: strings.Join(scan.Locations, ","), loaded: datum.NULL, noBad: l.format.kind == "datapump",
	}
	if l.format.logs {
		op.logPrefix = "VALIDATE"
	}
	op = c.operations.start(s, op)
	if err = c.runValidation(ctx, s, l, scan, op, rows); err == nil {
		args.Set("OPERATION_ID", datum.FromInt(op.id))
	}
	c.finish(op, datum.NULL, err)
	return err
}

// externalTarget finds the table to validate.
//
// Errors: ORA-20005, ORA-20016, ORA-20017, ORA-01031; ORA-20000 for a table that
// is not external.
func externalTarget(s *engine.Session, args *engine.Args) (engine.ExternalScan, error) {
	schema, name, err := tableName(s, args)
	if err != nil {
		return engine.ExternalScan{}, err
	}
	scan, external, err := s.ExternalScan(schema, name)
	switch e, ok := errors.AsType[*datum.Error](err); {
	case ok && e.Code == 942:
		return scan, noTable(schema, name)
	case err == nil && !external:
		return scan, datum.Errorf(20000, "Table %q.%q is not an external table", schema, name)
	}
	return scan, err
}

// runValidation reads as many good rows as are wanted and keeps the log.
func (c *cloud) runValidation(ctx context.Context, s *engine.Session, l *load, scan engine.ExternalScan, op operation, rows int64) error {
	logs, err := c.openLogs(ctx, s, op)
	if err != nil {
		return err
	}
	defer logs.close()
	err = l.validate(ctx, scan, rows)
	// A validation that was cancelled still leaves its log.
	if lerr := logs.write(context.WithoutCancel(ctx), l); lerr != nil && err == nil {
		err = lerr
	}
	return err
}

func (l *load) validate(ctx context.Context, scan engine.ExternalScan, rows int64) error {
	in, err := l.scan(ctx, scan)
	if err != nil {
		return err
	}
	defer in.Close()
	for ; rows > 0; rows-- {
		if _, err := in.Next(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
	return nil
}
