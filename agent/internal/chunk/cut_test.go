package chunk_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/adbferry/adbferry/agent/internal/catalog"
	"github.com/adbferry/adbferry/agent/internal/chunk"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/agent/internal/wallet"
	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/config"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A bench is a simulated database with a session to it.
type bench struct {
	t       *testing.T
	region  *sim.Region
	session *oracle.Session
}

func newBench(t *testing.T) *bench {
	t.Helper()
	r := sim.StartT(t, sim.Config{}).Region(sim.SanJose)
	dir := t.TempDir()
	check(t, r.WriteWallet(dir))
	w, err := wallet.Open(dir, config.NewSecret(r.WalletPassword()))
	check(t, err)
	db, err := oracle.Open(oracle.Config{
		Wallet: w, Service: r.Alias("high"), User: "ADMIN", Password: config.NewSecret(r.Password()), ConnectTimeout: 2 * time.Second,
	})
	check(t, err)
	t.Cleanup(db.Close)
	s, err := db.Session(t.Context(), "test")
	check(t, err)
	t.Cleanup(s.Close)
	return &bench{t, r, s}
}

// on is the bench for a part of a test, with the table that came before gone.
func (b *bench) on(t *testing.T) *bench {
	t.Helper()
	part := &bench{t, b.region, b.session}
	n, err := b.region.Count(t.Context(), "USER_TABLES WHERE TABLE_NAME = 'T'")
	check(t, err)
	if n != 0 {
		part.exec("DROP TABLE T PURGE")
	}
	return part
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (b *bench) exec(statements ...string) {
	b.t.Helper()
	for _, s := range statements {
		check(b.t, b.region.Exec(b.t.Context(), s))
	}
}

// request asks for chunks of about rows rows of T, as of now.
func (b *bench) request(rows int64, where string) chunk.Request {
	b.t.Helper()
	scn, err := catalog.CurrentSCN(b.t.Context(), b.session)
	check(b.t, err)
	table := tableOf(b.t, "ADMIN", "T")
	described, err := catalog.Table(b.t.Context(), b.session, table)
	check(b.t, err)
	from, err := chunk.Filtered(table, scn, where)
	check(b.t, err)
	total, err := catalog.Count(b.t.Context(), b.session, from)
	check(b.t, err)
	return chunk.Request{
		Table: table, SCN: scn, Where: where, Rows: total, RowBytes: 100, ChunkBytes: 100 * rows,
		Key: described.GetPrimaryKey(), Columns: described.GetColumns(),
	}
}

func (b *bench) cut(r chunk.Request) []*pb.Chunk {
	b.t.Helper()
	chunks, err := chunk.Cut(b.t.Context(), b.session, r)
	check(b.t, err)
	return chunks
}

// rows reads what a FROM clause selects, in order.
func (b *bench) rows(from string) []string {
	b.t.Helper()
	found, err := b.region.Rows(b.t.Context(), "SELECT ID, V FROM "+from)
	check(b.t, err)
	all := make([]string, len(found))
	for i, r := range found {
		all[i] = strings.Join(r, " ")
	}
	slices.Sort(all)
	return all
}

// expectPartition checks that every row at the SCN is in exactly one chunk, and
// that each chunk has as many rows as it says.
func (b *bench) expectPartition(r chunk.Request, chunks []*pb.Chunk) {
	b.t.Helper()
	want, err := chunk.Filtered(r.Table, r.SCN, r.Where)
	check(b.t, err)
	all := []string{}
	for n, c := range chunks {
		from, err := chunk.From(r.Table, c)
		check(b.t, err)
		rows := b.rows(from)
		all = append(all, rows...)
		if int64(len(rows)) != c.GetRowCount() || c.GetEstimatedBytes() != 100*int64(len(rows)) || c.GetScn() != r.SCN {
			b.t.Errorf("chunk %v has %d rows", c, len(rows))
		}
		if c.GetChunkId() != fmt.Sprintf("ADMIN.T/%06d", max(int(r.First), 1)+n) {
			b.t.Errorf("chunk %d is called %s", n, c.GetChunkId())
		}
	}
	slices.Sort(all)
	if diff := cmp.Diff(b.rows(want), all); diff != "" {
		b.t.Errorf("%d rows in the chunks (-table +chunks):\n%.500s", len(all), diff)
	}
	if n, err := b.region.Count(b.t.Context(), "USER_PARALLEL_EXECUTE_TASKS"); err != nil || n != 0 {
		b.t.Errorf("%d tasks are left, %v", n, err)
	}
}

// kinds counts chunks by how they select.
func kinds(chunks []*pb.Chunk) map[string]int {
	counts := map[string]int{}
	for _, c := range chunks {
		counts[strings.TrimPrefix(fmt.Sprintf("%T", c.GetRows()), "*pb.Chunk_")]++
	}
	return counts
}

const (
	plainTable = "CREATE TABLE T (ID NUMBER, V VARCHAR2(20))"
	fill       = "INSERT INTO T SELECT LEVEL, CASE MOD(LEVEL, 3) WHEN 0 THEN NULL ELSE 'v' || MOD(LEVEL, 7) END FROM DUAL CONNECT BY LEVEL <= "
	ranged     = plainTable + ` PARTITION BY RANGE (ID) (PARTITION A VALUES LESS THAN (1001), PARTITION "b c" VALUES LESS THAN (2001),
		PARTITION C VALUES LESS THAN (2002), PARTITION D VALUES LESS THAN (9001))`
)

func TestEveryRowIsInExactlyOneChunk(t *testing.T) {
	all := newBench(t)
	for name, tt := range map[string]struct {
		setup []string
		rows  int64 // of a chunk
		where string
		first int32
		want  map[string]int
	}{
		"empty":                 {setup: []string{plainTable}, rows: 10, want: map[string]int{"WholeTable": 1}},
		"one row":               {setup: []string{plainTable, fill + "1"}, rows: 10, want: map[string]int{"WholeTable": 1}},
		"small":                 {setup: []string{plainTable, fill + "10"}, rows: 10, want: map[string]int{"WholeTable": 1}},
		"one block":             {setup: []string{plainTable, fill + "40"}, rows: 10, want: map[string]int{"RowidRange": 4, "RowidComplement": 1}},
		"many rows":             {setup: []string{plainTable, fill + "5000"}, rows: 1000, first: 7, want: map[string]int{"RowidRange": 5, "RowidComplement": 1}},
		"deleted rows":          {setup: []string{plainTable, fill + "3000", "DELETE FROM T WHERE ID BETWEEN 500 AND 2400"}, rows: 250, want: nil},
		"a condition":           {setup: []string{plainTable, fill + "3000"}, rows: 100, where: "MOD(ID, 2) = 0 OR V IS NULL", want: nil},
		"more than are allowed": {setup: []string{plainTable, fill + "600"}, rows: 1, want: map[string]int{"RowidRange": 200, "RowidComplement": 1}},
		"partitions": {
			setup: []string{ranged, fill + "2500", "ALTER TABLE T ADD PARTITION E VALUES LESS THAN (99999)"},
			rows:  700, want: map[string]int{"Partition": 4},
		},
		"partitions that are too large": {setup: []string{ranged, fill + "2500"}, rows: 300, want: map[string]int{"RowidRange": 10, "RowidComplement": 1}},
	} {
		t.Run(name, func(t *testing.T) {
			b := all.on(t)
			b.exec(tt.setup...)
			r := b.request(tt.rows, tt.where)
			r.First = tt.first
			chunks := b.cut(r)
			b.expectPartition(r, chunks)
			if diff := cmp.Diff(tt.want, kinds(chunks)); tt.want != nil && diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(chunks, b.cut(r), protocmp.Transform()); diff != "" {
				t.Errorf("cut again (-first +again):\n%s", diff)
			}
		})
	}
}

// What is written after the SCN changes where rows lie today, and nothing else.
func TestWhatComesAfterTheSCNIsInNoChunk(t *testing.T) {
	all := newBench(t)
	for name, later := range map[string][]string{
		"inserted": {fill + "3000"},
		"updated":  {"UPDATE T SET V = 'a much longer text', ID = ID + 0.5 WHERE MOD(ID, 2) = 0"},
		"deleted":  {"DELETE FROM T WHERE ID > 100"},
		"moved":    {"DELETE FROM T WHERE MOD(ID, 3) = 0", "INSERT INTO T SELECT ID, V FROM T", "DELETE FROM T WHERE MOD(ID, 3) = 1"},
		"all gone": {"DELETE FROM T"},
	} {
		for shape, create := range map[string]string{"heap": plainTable, "partitions": ranged} {
			t.Run(name+" in "+shape, func(t *testing.T) {
				b := all.on(t)
				b.exec(create, fill+"2000")
				r := b.request(300, "")
				b.exec(later...)
				b.expectPartition(r, b.cut(r))
			})
		}
	}
}

func TestPartitionsThatAreYoungerThanTheSCNHaveNoChunk(t *testing.T) {
	b := newBench(t)
	b.exec(plainTable+" PARTITION BY RANGE (ID) INTERVAL (500) (PARTITION A VALUES LESS THAN (501))", fill+"2000")
	r := b.request(500, "")
	before := b.cut(r)
	b.exec("INSERT INTO T SELECT LEVEL + 5000, 'late' FROM DUAL CONNECT BY LEVEL <= 1000")
	after := b.cut(r)
	b.expectPartition(r, after)
	if diff := cmp.Diff(before, after, protocmp.Transform()); diff != "" || kinds(after)["Partition"] != 4 {
		t.Errorf("new partitions changed the chunks (-before +after):\n%s", diff)
	}
}

// A table that cannot be cut by ROWID is cut by a hash, with and without a key.
func TestTablesWithoutROWIDsAreCutByHash(t *testing.T) {
	all := newBench(t)
	for name, tt := range map[string]struct {
		code   int
		create string
		want   []string
	}{
		"index-organized":       {29491, "CREATE TABLE T (ID NUMBER PRIMARY KEY, V VARCHAR2(20))", []string{"ID"}},
		"without the privilege": {6550, plainTable, []string{"ID", "V"}},
		"without most columns":  {1031, "CREATE TABLE T (C CLOB, ID NUMBER, V VARCHAR2(20), W NUMBER GENERATED ALWAYS AS (ID * 2))", []string{"ID", "V"}},
	} {
		t.Run(name, func(t *testing.T) {
			b := all.on(t)
			b.exec(tt.create, strings.Replace(fill, "T SELECT", "T (ID, V) SELECT", 1)+"2000")
			_, err := b.region.Fail(sim.Trigger{Match: "adbferry chunk.task"}, sim.CallFault{Code: tt.code})
			check(t, err)
			r := b.request(100, "")
			chunks := b.cut(r)
			b.expectPartition(r, chunks)
			if diff := cmp.Diff(map[string]int{"HashBucket": 20}, kinds(chunks)); diff != "" {
				t.Fatal(diff)
			}
			if diff := cmp.Diff(tt.want, chunks[0].GetHashBucket().GetColumns()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestATableThatNothingCutsStaysWhole(t *testing.T) {
	b := newBench(t)
	b.exec("CREATE TABLE T (V CLOB, ID INTERVAL DAY TO SECOND GENERATED ALWAYS AS (INTERVAL '1' DAY))", "INSERT INTO T (V) SELECT TO_CLOB('x') FROM DUAL CONNECT BY LEVEL <= 50")
	_, err := b.region.Fail(sim.Trigger{Match: "adbferry chunk.task"}, sim.CallFault{Code: 29491})
	check(t, err)
	r := b.request(10, "")
	if got := kinds(b.cut(r)); got["WholeTable"] != 1 || len(got) != 1 {
		t.Errorf("got %v", got)
	}
}

func TestAConditionThatChangesItsMindIsFound(t *testing.T) {
	b := newBench(t)
	b.exec(plainTable, fill+"1000")
	r := b.request(100, "V IS NOT NULL")
	r.Rows++
	if _, err := chunk.Cut(t.Context(), b.session, r); apierr.ReasonOf(err) != pb.Reason_REASON_TABLE_UNSUPPORTED {
		t.Errorf("got %v", err)
	}
}

func TestTroubleOfTheDatabaseIsNotTakenForAReasonToCutOtherwise(t *testing.T) {
	for code, want := range map[int]pb.Reason{1555: pb.Reason_REASON_SNAPSHOT_GONE, 1013: pb.Reason_REASON_CANCELLED} {
		b := newBench(t)
		b.exec(plainTable, fill+"1000")
		_, err := b.region.Fail(sim.Trigger{Match: "adbferry chunk.count"}, sim.CallFault{Code: code})
		check(t, err)
		if _, err := chunk.Cut(t.Context(), b.session, b.request(100, "")); apierr.ReasonOf(err) != want {
			t.Errorf("ORA-%05d gave %v", code, err)
		}
	}
}

// Small tables are most tables: planning a thousand of them must not ask more
// than it has to.
func TestASmallTableCostsNoStatement(t *testing.T) {
	b := newBench(t)
	b.exec(plainTable, fill+"10")
	r := b.request(10, "")
	before := len(b.region.Statements())
	b.cut(r)
	if asked := len(b.region.Statements()) - before; asked != 0 {
		t.Errorf("%d statements", asked)
	}
}

// Property: whatever is written before and after the SCN, and however large the
// chunks are, they are a partition of the rows.
func TestChunksAreAPartitionWhateverIsWritten(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	b := newBench(t)
	write := func() {
		at := random.IntN(4000)
		switch random.IntN(3) {
		case 0:
			b.exec(fmt.Sprintf("%s%d", fill, 1+random.IntN(800)))
		case 1:
			b.exec(fmt.Sprintf("DELETE FROM T WHERE ID BETWEEN %d AND %d", at, at+random.IntN(500)))
		default:
			b.exec(fmt.Sprintf("UPDATE T SET V = 'u%d' WHERE MOD(ID, %d) = 0", random.IntN(9), 1+random.IntN(5)))
		}
	}
	b.exec(ranged, fill+"1000")
	for range 8 {
		write()
		r := b.request(1+random.Int64N(400), []string{"", "V IS NULL OR ID < 700"}[random.IntN(2)])
		for range random.IntN(3) {
			write()
		}
		b.expectPartition(r, b.cut(r))
	}
}
