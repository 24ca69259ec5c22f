package chunk

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/adbferry/adbferry/agent/internal/oracle"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

const (
	// finer is how many ranges are asked for in place of a chunk, so that chunks
	// of even size can be put together from them.
	finer = 4
	// maxRanges bounds the ranges that are kept and counted.
	maxRanges = 4 * maxChunks
	// dropLimit bounds dropping a task after its session's context has ended.
	dropLimit = 30 * time.Second
)

// rowidText is an extended ROWID: object, file, block and row in base 64.
var rowidText = regexp.MustCompile(`^[A-Za-z0-9+/]{18}$`)

// byRowid makes chunks of ranges of ROWIDs, and one more of what lies outside
// of them: the ranges are where the table's rows lie today, and rows of the
// SCN may have lain elsewhere.
func byRowid(ctx context.Context, s *oracle.Session, r Request) ([]*pb.Chunk, error) {
	ranges, err := ranges(ctx, s, r)
	if err != nil || len(ranges) == 0 {
		return nil, err
	}
	from, err := Filtered(r.Table, r.SCN, r.Where)
	if err != nil {
		return nil, err
	}
	number, err := rangeOf(ranges, 0)
	if err != nil {
		return nil, err
	}
	counts, err := take(ctx, s, fmt.Sprintf("SELECT N, COUNT(*) FROM (SELECT /*+ NO_MERGE */ %s N FROM %s) GROUP BY N", number, from))
	if err != nil {
		return nil, err
	}
	if counts.sum() != r.Rows {
		return nil, nil
	}
	chunks := join(ranges, counts, r.chunkRows(maxChunks))
	rest, kept := counts[outsideAll], make([]*pb.RowidRange, len(chunks))
	for i, c := range chunks {
		kept[i] = c.GetRowidRange()
	}
	return append(chunks, &pb.Chunk{
		Rows: &pb.Chunk_RowidComplement{RowidComplement: &pb.RowidComplement{Ranges: kept}}, RowCount: &rest,
	}), nil
}

// join puts neighbouring ranges together to chunks of about size rows and
// leaves out ranges without rows. What lies between two ranges is joined too;
// that is why nothing is joined when rows lie there.
func join(ranges []*pb.RowidRange, counts tally, size int64) []*pb.Chunk {
	var chunks []*pb.Chunk
	var last int64
	for n, r := range ranges {
		rows := counts[n+1]
		if rows == 0 {
			continue
		}
		if len(chunks) > 0 && counts[outsideAll] == 0 && last+rows <= size {
			c := chunks[len(chunks)-1]
			last += rows
			c.RowCount, c.GetRowidRange().Last = new(last), r.GetLast()
			continue
		}
		last = rows
		chunks = append(chunks, &pb.Chunk{Rows: &pb.Chunk_RowidRange{RowidRange: r}, RowCount: new(rows)})
	}
	return chunks
}

// ranges asks the database for ranges of ROWIDs in its own order. They are few,
// however many extents the table has. The task is dropped whatever happens.
func ranges(ctx context.Context, s *oracle.Session, r Request) (all []*pb.RowidRange, err error) {
	sid, serial := s.ID()
	task := fmt.Sprintf("ADBFERRY$%d_%d", sid, serial)
	drop := func() error { return dropTask(ctx, s, task) }
	if err := drop(); err != nil { // of a session that died, and had the same name
		return nil, err
	}
	const create = `BEGIN DBMS_PARALLEL_EXECUTE.CREATE_TASK(task_name => :task);
		DBMS_PARALLEL_EXECUTE.CREATE_CHUNKS_BY_ROWID(task_name => :same, table_owner => :owner, table_name => :name, by_row => TRUE, chunk_size => :step); END;`
	defer func() {
		if dropped := drop(); dropped != nil {
			err = errors.Join(err, dropped)
		}
	}()
	err = s.Call(ctx, taskKind, create, sql.Named("task", task), sql.Named("same", task),
		sql.Named("owner", argument(r.Table.Schema)), sql.Named("name", argument(r.Table.Name)), sql.Named("step", max(r.chunkRows(maxChunks)/finer, 1)))
	if err != nil {
		return nil, err
	}
	return readRanges(ctx, s, task)
}

// ordinary is a name that means the same with and without quotes.
var ordinary = regexp.MustCompile(`^[A-Z][A-Z0-9_$#]*$`)

// argument is a name as the package takes it: whether it takes quotes is not
// documented, so they are only there where there is no other way.
func argument(n oracle.Name) string {
	if ordinary.MatchString(n.Text()) {
		return n.Text()
	}
	return n.String()
}

var errDrop = fmt.Errorf("dropping the task took longer than %s: %w", dropLimit, context.DeadlineExceeded)

// noTask is ORA-29498: there is no such task.
const noTask = 29498

func dropTask(ctx context.Context, s *oracle.Session, task string) error {
	if s.Broken() {
		return nil // the session is gone; the next one of its name drops the task
	}
	ctx, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), dropLimit, errDrop)
	defer cancel()
	err := s.Call(ctx, dropKind, "BEGIN DBMS_PARALLEL_EXECUTE.DROP_TASK(task_name => :task); END;", sql.Named("task", task))
	if oracle.HasCode(err, noTask) {
		return nil
	}
	return err
}

// readRanges reads the ranges of a task in the order of their ROWIDs. The largest
// range that the database makes is an extent, so there may be more of them than
// are kept. Then neighbours are kept as one. If four were kept, nine would be read so:
//
//	1   2   3   4        a kept range is one range of the database
//	1-2 3-4 5   .        no place for 5: from now on it is two
//	1-2 3-4 5-6 7-8
//	1-4 5-8 9   .        no place for 9: from now on it is four
func readRanges(ctx context.Context, s *oracle.Session, task string) ([]*pb.RowidRange, error) {
	const query = "SELECT ROWIDTOCHAR(START_ROWID), ROWIDTOCHAR(END_ROWID) FROM USER_PARALLEL_EXECUTE_CHUNKS WHERE TASK_NAME = :task ORDER BY START_ROWID"
	var kept []*pb.RowidRange
	perKept, inLast := 1, 1 // how many of the database's ranges a kept one holds, and how many the last holds so far
	err := s.Query(ctx, rangesKind, query, func(scan func(...any) error) error {
		r := &pb.RowidRange{}
		if err := scan(&r.First, &r.Last); err != nil {
			return err
		}
		if inLast < perKept {
			kept[len(kept)-1].Last = r.GetLast()
			inLast++
			return nil
		}
		if len(kept) == maxRanges {
			kept, perKept = halve(kept), 2*perKept
		}
		kept, inLast = append(kept, r), 1
		return nil
	}, sql.Named("task", task))
	return kept, err
}

// halve joins each range with the next.
func halve(all []*pb.RowidRange) []*pb.RowidRange {
	half := all[:0]
	for i := 0; i < len(all); i += 2 {
		r := &pb.RowidRange{First: all[i].GetFirst(), Last: all[min(i+1, len(all)-1)].GetLast()}
		half = append(half, r)
	}
	return half
}

// outsideAll is the number of rows that lie in no range.
const outsideAll = 0

// rangeOf renders the number of the range that a row lies in, the first of them
// being base+1. The comparisons are a tree, so that a row meets few of them,
// and the last of them is the one that selects the chunk's rows.
func rangeOf(ranges []*pb.RowidRange, base int) (string, error) {
	if len(ranges) == 1 {
		condition, err := within(ranges[0])
		return fmt.Sprintf("CASE WHEN %s THEN %d ELSE %d END", condition, base+1, outsideAll), err
	}
	middle := len(ranges) / 2
	low, err := rangeOf(ranges[:middle], base)
	if err != nil {
		return "", err
	}
	high, err := rangeOf(ranges[middle:], base+middle)
	return fmt.Sprintf("CASE WHEN ROWID < CHARTOROWID('%s') THEN %s ELSE %s END", ranges[middle].GetFirst(), low, high), err
}

func within(r *pb.RowidRange) (string, error) {
	for _, end := range []string{r.GetFirst(), r.GetLast()} {
		if !rowidText.MatchString(end) {
			return "", invalid("%q is not a ROWID", end)
		}
	}
	return fmt.Sprintf("ROWID BETWEEN CHARTOROWID('%s') AND CHARTOROWID('%s')", r.GetFirst(), r.GetLast()), nil
}

// outside selects what lies in none of the ranges.
func outside(ranges []*pb.RowidRange) (string, error) {
	if len(ranges) == 0 || len(ranges) > maxRanges {
		return "", invalid("the rows outside of %d ranges cannot be selected", len(ranges))
	}
	parts := make([]string, len(ranges))
	for i, r := range ranges {
		condition, err := within(r)
		if err != nil {
			return "", err
		}
		parts[i] = condition
	}
	return "NOT (" + strings.Join(parts, " OR ") + ")", nil
}
