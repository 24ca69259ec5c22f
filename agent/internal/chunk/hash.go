package chunk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/adbferry/adbferry/agent/internal/oracle"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// maxHashed bounds how many columns decide about a row's bucket.
const maxHashed = 32

// hashed are the types that ORA_HASH takes (reference, section 6.1), by the beginning of
// their names.
var hashed = []string{
	"NUMBER", "FLOAT", "BINARY_FLOAT", "BINARY_DOUBLE", "VARCHAR2", "NVARCHAR2", "CHAR", "NCHAR", "DATE", "TIMESTAMP", "INTERVAL", "RAW", "ROWID",
}

// byHash makes chunks by a hash of the key, or of all columns that have one;
// none for a table without such columns. Rows that are equal share a chunk.
func byHash(ctx context.Context, s *oracle.Session, r Request) ([]*pb.Chunk, error) {
	columns, buckets := hashColumns(r), int32(r.pieces(maxBuckets))
	if len(columns) == 0 || buckets < 2 {
		return nil, nil
	}
	name, err := bucketOf(columns, buckets)
	if err != nil {
		return nil, err
	}
	from, err := Filtered(r.Table, r.SCN, r.Where)
	if err != nil {
		return nil, err
	}
	counts, err := take(ctx, s, fmt.Sprintf("SELECT %s, COUNT(*) FROM %s GROUP BY %[1]s", name, from))
	if err != nil {
		return nil, err
	}
	var chunks []*pb.Chunk
	for n := range buckets {
		rows := counts[int(n)]
		delete(counts, int(n))
		if rows > 0 {
			chunks = append(chunks, &pb.Chunk{RowCount: &rows, Rows: &pb.Chunk_HashBucket{
				HashBucket: &pb.HashBucket{Columns: columns, Buckets: buckets, Bucket: n},
			}})
		}
	}
	if len(counts) > 0 {
		return nil, nil // the function does not do what it is known for: leave the table whole
	}
	return chunks, nil
}

// hashColumns are the key's columns, or the first of the others that can be hashed.
func hashColumns(r Request) []string {
	var all []string
	for _, c := range r.Columns {
		if !c.GetVirtual() && slices.ContainsFunc(hashed, func(t string) bool { return strings.HasPrefix(c.GetDataType(), t) }) {
			all = append(all, c.GetName())
		}
	}
	keyed := len(r.Key) > 0 && !slices.ContainsFunc(r.Key, func(k string) bool { return !slices.Contains(all, k) })
	if keyed {
		return r.Key
	}
	return all[:min(len(all), maxHashed)]
}

// bucketOf renders a row's bucket. Each column is hashed by itself, whatever
// its type, and NULL has a text of its own: what the function makes of NULL is
// not confirmed, and a row whose bucket is NULL would be in no chunk.
func bucketOf(columns []string, buckets int32) (string, error) {
	if len(columns) == 0 || len(columns) > maxHashed || buckets < 1 || buckets > maxBuckets {
		return "", invalid("a table cannot be cut into %d buckets by %d columns", buckets, len(columns))
	}
	parts := make([]string, len(columns))
	for i, c := range columns {
		name, err := oracle.NewName(c)
		if err != nil {
			return "", err
		}
		parts[i] = fmt.Sprintf("CASE WHEN %s IS NULL THEN '~' ELSE TO_CHAR(ORA_HASH(%[1]s), 'TM9') END", name)
	}
	return fmt.Sprintf("ORA_HASH(%s, %d)", strings.Join(parts, " || '|' || "), buckets-1), nil
}

func inBucket(b *pb.HashBucket) (string, error) {
	name, err := bucketOf(b.GetColumns(), b.GetBuckets())
	if err != nil {
		return "", err
	}
	if b.GetBucket() < 0 || b.GetBucket() >= b.GetBuckets() {
		return "", invalid("bucket %d is none of %d", b.GetBucket(), b.GetBuckets())
	}
	return fmt.Sprintf("%s = %d", name, b.GetBucket()), nil
}
