// Package chunk cuts a table into chunks as of an SCN, the rows that are
// exported, imported and verified together, and renders the FROM clause that
// selects one.
package chunk

import (
	"fmt"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Cut returns the chunks of a table at an SCN. The same table at the same SCN
// gives the same chunks with the same IDs.
func Cut(tableID string, scn int64) []*pb.Chunk {
	return []*pb.Chunk{{
		ChunkId: ID(tableID, 1),
		Scn:     scn,
		Rows:    &pb.Chunk_WholeTable{WholeTable: &pb.WholeTable{}},
	}}
}

// ID names the nth chunk of a table, from 1: SCHEMA.TABLE/000001.
func ID(tableID string, n int) string { return fmt.Sprintf("%s/%06d", tableID, n) }

// From renders what stands after FROM to select a chunk of a table on the source.
//
// Error: REASON_REQUEST_INVALID for a chunk that says not which rows, or no SCN.
func From(t oracle.Table, c *pb.Chunk) (string, error) {
	if c.GetScn() <= 0 {
		return "", invalid("chunk %s has no SCN", c.GetChunkId())
	}
	switch c.GetRows().(type) {
	case *pb.Chunk_WholeTable:
		return Table(t, c.GetScn()), nil
	default:
		return "", invalid("chunk %s says not which rows it has", c.GetChunkId())
	}
}

// Table renders what stands after FROM to select a whole table, as of an SCN
// or, when that is 0, now.
func Table(t oracle.Table, scn int64) string {
	if scn == 0 {
		return t.String()
	}
	return fmt.Sprintf("%s AS OF SCN %d", t, scn)
}

func invalid(format string, args ...any) error {
	return apierr.New(codes.InvalidArgument, pb.Reason_REASON_REQUEST_INVALID, format, args...).WithFact("field", "chunk")
}
