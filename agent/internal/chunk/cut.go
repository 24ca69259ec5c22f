package chunk

import (
	"cmp"
	"context"
	"errors"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

const (
	// DefaultBytes is how many bytes of export a chunk has when nobody says:
	// some 25 objects of the default size (reference, section 7.2).
	DefaultBytes = 256 << 20
	// maxChunks bounds how many chunks a table is cut into. They stand in the
	// plan, which travels with every request. Larger tables get larger chunks.
	maxChunks = 256
	// maxBuckets bounds chunks by hash: each of them reads the whole table.
	maxBuckets = 32
)

// A Request is a table to be cut.
type Request struct {
	Table      oracle.Table
	SCN        int64
	Where      string       // the operator's condition; empty for all rows
	Rows       int64        // of the table at the SCN under Where, exact
	RowBytes   int64        // of a row's export, estimated
	ChunkBytes int64        // of a chunk's export; 0 for DefaultBytes
	First      int32        // number of the first chunk; 0 for 1
	Key        []string     // columns that tell rows apart; empty for none
	Columns    []*pb.Column // of the table, in order
}

// Cut cuts a table: by partitions where their size is right, else by ranges of
// ROWIDs, else by a hash of the key or of all columns. A table that is not larger
// than a chunk stays in one piece, and nothing is asked for it. Every chunk's
// rows are counted; together they are the table's. While nothing is written to
// the table, the same request gives the same chunks.
//
// Errors: REASON_TABLE_UNSUPPORTED when the chunks do not have the table's rows,
// and what the database reports.
func Cut(ctx context.Context, s *oracle.Session, r Request) ([]*pb.Chunk, error) {
	whole := []*pb.Chunk{{Rows: &pb.Chunk_WholeTable{WholeTable: &pb.WholeTable{}}, RowCount: &r.Rows}}
	if r.pieces(maxChunks) < 2 {
		return r.number(whole)
	}
	for _, way := range []func(context.Context, *oracle.Session, Request) ([]*pb.Chunk, error){byPartition, byRowid, byHash} {
		chunks, err := way(ctx, s, r)
		if err == nil && len(chunks) > 0 {
			return r.number(chunks)
		}
		if err != nil && !passable(err) {
			return nil, err
		}
	}
	return r.number(whole)
}

// pieces is how many chunks of the wanted size the table has, at most limit.
func (r Request) pieces(limit int64) int64 {
	size := cmp.Or(r.ChunkBytes, DefaultBytes)
	total := r.Rows * max(r.RowBytes, 1)
	return min((total+size-1)/max(size, 1), limit, r.Rows)
}

// chunkRows is how many rows a chunk of the wanted size has.
func (r Request) chunkRows(limit int64) int64 {
	pieces := max(r.pieces(limit), 1)
	return max((r.Rows+pieces-1)/pieces, 1)
}

// number completes chunks, after a last proof that they have the table's rows.
func (r Request) number(chunks []*pb.Chunk) ([]*pb.Chunk, error) {
	var sum int64
	first := int(max(r.First, 1))
	for n, c := range chunks {
		c.ChunkId, c.Scn, c.Where = ID(r.Table.Text(), first+n), r.SCN, r.Where
		c.EstimatedBytes = c.GetRowCount() * r.RowBytes
		sum += c.GetRowCount()
	}
	if sum != r.Rows {
		return nil, apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TABLE_UNSUPPORTED,
			"table %s cannot be cut: it has %d rows at SCN %d, and its chunks have %d", r.Table.Text(), r.Rows, r.SCN, sum).
			WithFact("table", r.Table.Text()).
			WithHint("a condition has to select the same rows whenever it is asked: no ROWNUM, no other tables, no functions of the time")
	}
	return chunks, nil
}

// passable reports whether a way to cut a table failed for a reason that
// another way may not have: a missing privilege, a table of another kind, a
// partition that is younger than the SCN.
func passable(err error) bool {
	if _, answered := errors.AsType[*oracle.ServerError](err); !answered {
		return false
	}
	switch apierr.ReasonOf(err) {
	case pb.Reason_REASON_PRIVILEGE_MISSING, pb.Reason_REASON_TABLE_NOT_FOUND, pb.Reason_REASON_TABLE_ALTERED, pb.Reason_REASON_DATABASE_ERROR:
		return true
	default:
		return false
	}
}

// A tally is the answer of a grouped count: rows by the number of a piece.
type tally map[int]int64

// take runs a grouped count whose rows are a number and a count.
func take(ctx context.Context, s *oracle.Session, query string) (tally, error) {
	counts := tally{}
	err := s.Query(ctx, countKind, query, func(scan func(...any) error) error {
		var n int
		var rows int64
		if err := scan(&n, &rows); err != nil {
			return err
		}
		counts[n] += rows
		return nil
	})
	return counts, err
}

func (t tally) sum() (sum int64) {
	for _, n := range t {
		sum += n
	}
	return sum
}
