package chunk

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/adbferry/adbferry/agent/internal/oracle"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// How far a partition may be from the wanted size of a chunk.
const (
	tooLarge = 2 // times larger
	tooSmall = 8 // times smaller, on average
)

func partitionClause(name string) (string, error) {
	n, err := oracle.NewName(name)
	return fmt.Sprintf(" PARTITION (%s)", n), err
}

// byPartition makes a chunk of every partition that has rows at the SCN; none
// when the table has no partitions or when they are too large or too small.
// The dictionary has the partitions of today. One that was made after the SCN
// has no rows then; rows of one that is gone show as a sum that is too small.
func byPartition(ctx context.Context, s *oracle.Session, r Request) ([]*pb.Chunk, error) {
	names, err := partitions(ctx, s, r.Table)
	size, count := r.chunkRows(maxChunks), int64(len(names))
	if err != nil || count < 2 || count > maxChunks || count*tooLarge*size < r.Rows {
		return nil, err
	}
	query, err := partitionCounts(r, names)
	if err != nil {
		return nil, err
	}
	counts, err := take(ctx, s, query)
	if err != nil || counts.sum() != r.Rows {
		return nil, err
	}
	var chunks []*pb.Chunk
	for n, name := range names {
		rows := counts[n]
		if rows > tooLarge*size {
			return nil, nil
		}
		if rows > 0 {
			chunks = append(chunks, &pb.Chunk{Rows: &pb.Chunk_Partition{Partition: &pb.PartitionRows{Name: name}}, RowCount: &rows})
		}
	}
	if int64(len(chunks))*size > tooSmall*r.Rows {
		return nil, nil
	}
	return chunks, nil
}

// partitions lists the names of a table's partitions in their order, and of
// very many only as many as show that there are too many.
func partitions(ctx context.Context, s *oracle.Session, t oracle.Table) (names []string, err error) {
	const query = `SELECT PARTITION_NAME FROM (SELECT PARTITION_NAME, PARTITION_POSITION FROM ALL_TAB_PARTITIONS
		WHERE TABLE_OWNER = :owner AND TABLE_NAME = :name ORDER BY PARTITION_POSITION) WHERE ROWNUM <= :lim`
	err = s.Query(ctx, partitionsKind, query, func(scan func(...any) error) error {
		var name string
		if err := scan(&name); err != nil {
			return err
		}
		names = append(names, name)
		return nil
	}, sql.Named("owner", t.Schema.Text()), sql.Named("name", t.Name.Text()), sql.Named("lim", maxChunks+1))
	return names, err
}

// partitionCounts renders one query that reads every partition once.
func partitionCounts(r Request, names []string) (string, error) {
	parts := make([]string, len(names))
	for n, name := range names {
		from, err := From(r.Table, &pb.Chunk{Scn: r.SCN, Where: r.Where, Rows: &pb.Chunk_Partition{Partition: &pb.PartitionRows{Name: name}}})
		if err != nil {
			return "", err
		}
		parts[n] = fmt.Sprintf("SELECT %d, COUNT(*) FROM %s", n, from)
	}
	return strings.Join(parts, " UNION ALL "), nil
}
