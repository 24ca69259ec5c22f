package catalog

import (
	"context"
	"database/sql"
	"strings"

	"github.com/adbferry/adbferry/agent/internal/oracle"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// addPartitioning reads how tables are partitioned, if one is.
func addPartitioning(ctx context.Context, s *oracle.Session, b batch) error {
	if !b.any(func(l *listed) bool { return l.partitioned }) {
		return nil
	}
	for _, read := range []func(context.Context, *oracle.Session, batch) error{addMethods, addPartitionKeys, addPartitions} {
		if err := read(ctx, s, b); err != nil {
			return err
		}
	}
	return nil
}

var partitionMethods = map[string]pb.PartitionMethod{
	"RANGE": pb.PartitionMethod_PARTITION_METHOD_RANGE, "LIST": pb.PartitionMethod_PARTITION_METHOD_LIST,
	"HASH": pb.PartitionMethod_PARTITION_METHOD_HASH,
}

func addMethods(ctx context.Context, s *oracle.Session, b batch) error {
	const query = `SELECT TABLE_NAME, PARTITIONING_TYPE, SUBPARTITIONING_TYPE, INTERVAL, AUTOLIST FROM ALL_PART_TABLES
		WHERE OWNER = :owner AND TABLE_NAME BETWEEN :low AND :high`
	return s.Query(ctx, partTablesKind, query, func(scan func(...any) error) error {
		var table, method string
		var sub, interval, auto sql.NullString
		if err := scan(&table, &method, &sub, &interval, &auto); err != nil {
			return err
		}
		l := b.byName[table]
		if l == nil {
			return nil
		}
		if partitionMethods[method] == 0 {
			l.note("partitions by %s", method)
			return nil
		}
		if sub.Valid && sub.String != "NONE" {
			l.note("subpartitions by %s", sub.String)
		}
		if auto.String == "YES" {
			l.note("partitions that come by themselves for new values of a list")
		}
		l.table.Definition.Partitioning = &pb.Partitioning{Method: partitionMethods[method], Interval: strings.TrimSpace(interval.String)}
		return nil
	}, b.args()...)
}

func addPartitionKeys(ctx context.Context, s *oracle.Session, b batch) error {
	const query = `SELECT NAME, COLUMN_NAME FROM ALL_PART_KEY_COLUMNS
		WHERE OWNER = :owner AND NAME BETWEEN :low AND :high AND OBJECT_TYPE = 'TABLE' ORDER BY NAME, COLUMN_POSITION`
	return s.Query(ctx, partKeysKind, query, func(scan func(...any) error) error {
		var table, column string
		if err := scan(&table, &column); err != nil {
			return err
		}
		if p := b.definition(table).GetPartitioning(); p != nil {
			p.Columns = append(p.Columns, column)
		}
		return nil
	}, b.args()...)
}

// addPartitions reads the partitions in order. HIGH_VALUE is a LONG: it is
// fetched from its view and nothing else.
func addPartitions(ctx context.Context, s *oracle.Session, b batch) error {
	const query = `SELECT TABLE_NAME, PARTITION_NAME, NUM_ROWS, INTERVAL, HIGH_VALUE FROM ALL_TAB_PARTITIONS
		WHERE TABLE_OWNER = :owner AND TABLE_NAME BETWEEN :low AND :high ORDER BY TABLE_NAME, PARTITION_POSITION`
	return s.Query(ctx, partitionsKind, query, func(scan func(...any) error) error {
		var table, name string
		var rows sql.NullInt64
		var byInterval, high sql.NullString
		if err := scan(&table, &name, &rows, &byInterval, &high); err != nil {
			return err
		}
		p := b.definition(table).GetPartitioning()
		if p == nil {
			return nil
		}
		part := &pb.Partition{Name: name, HighValue: strings.TrimSpace(high.String), Generated: generatedPartition(name), ByInterval: byInterval.String == "YES"}
		if rows.Valid {
			part.EstimatedRows = &rows.Int64
		}
		if p.GetMethod() == pb.PartitionMethod_PARTITION_METHOD_HASH {
			part.HighValue = ""
		}
		p.Partitions = append(p.Partitions, part)
		return nil
	}, b.args()...)
}

// generatedPartition reports SYS_P and digits, which is how the database calls
// partitions that nobody named; no view tells.
func generatedPartition(name string) bool {
	digits, ok := strings.CutPrefix(name, "SYS_P")
	return ok && digits != "" && strings.Trim(digits, "0123456789") == ""
}
