// Package chunk cuts a table into chunks as of an SCN, the rows that are
// exported, imported and verified together, and renders the FROM clause that
// selects one. Whatever the cut, every row at the SCN is in exactly one chunk:
// the chunks of a table select disjoint rows, and what they have together is
// counted and compared with what the table has.
//
// Facts: reference, sections 7.1 and 7.2.
package chunk

import (
	"fmt"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// The statements of this package.
var (
	partitionsKind = oracle.Kind{Name: "chunk.partitions", Purpose: "lists the partitions of a table that is worth cutting"}
	taskKind       = oracle.Kind{
		Name: "chunk.task", Purpose: "cuts a table into ranges of ROWIDs", Privileges: []string{"EXECUTE ON DBMS_PARALLEL_EXECUTE"}, Optional: true,
	}
	rangesKind = oracle.Kind{Name: "chunk.ranges", Purpose: "reads the ranges"}
	dropKind   = oracle.Kind{
		Name: "chunk.drop", Purpose: "drops the task that the ranges came from", Privileges: []string{"EXECUTE ON DBMS_PARALLEL_EXECUTE"}, Optional: true,
	}
	countKind = oracle.Kind{
		Name: "chunk.count", Purpose: "counts the rows of every chunk in one pass, as of an SCN", Privileges: []string{"SELECT ON table", "FLASHBACK ON table"},
	}
)

// Statements returns the kinds of statements that this package sends.
func Statements() []oracle.Kind {
	return []oracle.Kind{partitionsKind, taskKind, rangesKind, dropKind, countKind}
}

// ID names the nth chunk of a table, from 1: SCHEMA.TABLE/000001.
func ID(tableID string, n int) string { return fmt.Sprintf("%s/%06d", tableID, n) }

// From renders what stands after FROM to select a chunk of a table on the
// source: its rows as of its SCN, and of them those that its condition selects.
//
// Error: REASON_REQUEST_INVALID for a chunk that says not which rows, or no SCN,
// and for a condition that cannot be one.
func From(t oracle.Table, c *pb.Chunk) (string, error) {
	if c.GetScn() <= 0 {
		return "", invalid("chunk %s has no SCN", c.GetChunkId())
	}
	partition, condition := "", ""
	var err error
	switch rows := c.GetRows().(type) {
	case *pb.Chunk_WholeTable:
	case *pb.Chunk_Partition:
		partition, err = partitionClause(rows.Partition.GetName())
	case *pb.Chunk_RowidRange:
		condition, err = within(rows.RowidRange)
	case *pb.Chunk_RowidComplement:
		condition, err = outside(rows.RowidComplement.GetRanges())
	case *pb.Chunk_HashBucket:
		condition, err = inBucket(rows.HashBucket)
	default:
		err = invalid("chunk %s says not which rows it has", c.GetChunkId())
	}
	if err != nil {
		return "", err
	}
	return filtered(fmt.Sprintf("%s%s AS OF SCN %d", t, partition, c.GetScn()), condition, c.GetWhere())
}

// Table renders what stands after FROM to select a whole table, as of an SCN
// or, when that is 0, now.
func Table(t oracle.Table, scn int64) string {
	if scn == 0 {
		return t.String()
	}
	return fmt.Sprintf("%s AS OF SCN %d", t, scn)
}

// Filtered is Table for the rows that a condition selects; an empty condition
// selects all.
//
// Error: REASON_REQUEST_INVALID for a text that cannot be one condition.
func Filtered(t oracle.Table, scn int64, where string) (string, error) {
	return filtered(Table(t, scn), "", where)
}

// Rows returns how many rows a chunk of a plan has at its SCN.
func Rows(p *pb.TablePlan, c *pb.Chunk) int64 {
	if c.RowCount != nil {
		return c.GetRowCount()
	}
	return p.GetRows() // plans of old have one chunk, which was not counted for itself
}

// filtered adds conditions to a table: ours first, then the operator's in
// parentheses, so that no OR in it reaches beyond.
func filtered(from, condition, where string) (string, error) {
	if err := checkWhere(where); err != nil {
		return "", err
	}
	switch {
	case where == "" && condition == "":
		return from, nil
	case where == "":
		return from + " WHERE " + condition, nil
	case condition == "":
		return from + " WHERE (" + where + ")", nil
	default:
		return from + " WHERE " + condition + " AND (" + where + ")", nil
	}
}

func invalid(format string, args ...any) error {
	return apierr.New(codes.InvalidArgument, pb.Reason_REASON_REQUEST_INVALID, format, args...).WithFact("field", "chunk")
}
