package agent_test

import (
	"crypto/md5"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

// repeated is an expression of a CLOB of n times a text.
func repeated(text string, n int) string {
	const most = 500
	var parts []string
	for ; n > 0; n -= most {
		parts = append(parts, fmt.Sprintf("TO_CLOB(RPAD('%[1]s', LENGTH('%[1]s') * %[2]d, '%[1]s'))", text, min(n, most)))
	}
	return strings.Join(parts, " || ")
}

// checkEqual compares the digests of a table on both sides, over all of its columns.
func (p *pair) checkEqual(table string) {
	p.t.Helper()
	source, target := p.digest(p.source, table), p.digest(p.target, table)
	if source.GetSum() != target.GetSum() || source.GetRows() != target.GetRows() {
		p.t.Errorf("%s: source %v, target %v", table, source, target)
	}
}

// planOf returns the plan of one column.
func planOf(plan *pb.TablePlan, name string) *pb.ColumnPlan {
	for _, c := range plan.GetColumns() {
		if c.GetColumn().GetName() == name {
			return c
		}
	}
	return nil
}

func TestLargeObjectsArriveWhateverTheirLength(t *testing.T) {
	for name, tt := range map[string]struct {
		size  sim.MaxStringSize
		units int // in a piece of text
	}{"extended strings": {sim.Extended, 4095}, "standard strings": {sim.Standard, 500}} {
		for _, longest := range []int{1, 2*tt.units + 3, 12 * tt.units, 30 * tt.units} {
			t.Run(fmt.Sprintf("%s up to %d", name, longest), func(t *testing.T) {
				p := newPair(t, sim.Config{Knobs: sim.Knobs{MaxStringSize: tt.size}})
				p.exec(sim.SanJose, "CREATE TABLE L (id NUMBER PRIMARY KEY, c CLOB, n NCLOB, note VARCHAR2(20), c2 CLOB)",
					"INSERT INTO L VALUES (1, NULL, NULL, NULL, NULL)", "INSERT INTO L VALUES (2, EMPTY_CLOB(), EMPTY_CLOB(), 'empty', 'x')")
				id := 2
				for _, n := range []int{1, tt.units - 1, tt.units, tt.units + 1, 2*tt.units - 1, 2 * tt.units, 2*tt.units + 1, 4 * tt.units, 4*tt.units + 1, 12 * tt.units, 12*tt.units + 1, 30 * tt.units} {
					if n > longest {
						continue
					}
					for _, text := range []string{"a", "€", "😀", "a😀"} {
						id++
						p.exec(sim.SanJose, fmt.Sprintf("DECLARE c CLOB; BEGIN c := SUBSTR(%s, 1, %d); INSERT INTO L VALUES (%d, c, c, 'n%d', NULL); END;",
							repeated(text, n), n, id, n))
					}
				}
				plan, m := p.move("m1", "L")
				if got, want := planOf(plan, "C").GetOverflows(), longest > 12*tt.units; got != want {
					t.Errorf("overflows: %t, want %t", got, want)
				}
				long := 0
				for _, o := range m.GetObjects() {
					if o.GetOverflow() {
						long++
					}
				}
				if (long > 0) != (longest > 12*tt.units) {
					t.Errorf("%d of %d objects have pieces of long values", long, len(m.GetObjects()))
				}
				query := "SELECT id, DBMS_LOB.GETLENGTH(c), DBMS_LOB.GETLENGTH(n), note, c2 FROM L ORDER BY id"
				if diff := cmp.Diff(p.rows(sim.SanJose, query), p.rows(sim.Phoenix, query)); diff != "" {
					t.Errorf("lengths differ (-source +target):\n%s", diff)
				}
				p.checkEqual("L")
			})
		}
	}
}

func TestValuesOfManyMegabytesNeverPassThroughTheAgent(t *testing.T) {
	p := newPair(t, sim.Config{})
	p.exec(sim.SanJose, "CREATE TABLE BIG (id NUMBER, c CLOB, b BLOB)", `DECLARE c CLOB := TO_CLOB(RPAD('0123456789ä€😀', 4000, 'abcdefg 😀')); b BLOB; BEGIN
		b := TO_BLOB(HEXTORAW(RPAD('00FF0A2C22', 8000, '5C0D')));
		FOR i IN 1 .. 13 LOOP
			c := c || c;
			DBMS_LOB.APPEND(b, b);
			IF i = 9 THEN INSERT INTO BIG VALUES (2, c, b); END IF;
		END LOOP;
		INSERT INTO BIG VALUES (32, c, b);
		INSERT INTO BIG VALUES (0, 'short', NULL);
	END;`)
	plan, m := p.move("m1", "BIG")
	if n := planOf(plan, "C").GetLongest(); n < 20<<20 || len(m.GetObjects()) < 2 {
		t.Errorf("longest %d, manifest %v", n, m)
	}
	query := "SELECT id, DBMS_LOB.GETLENGTH(c), DBMS_LOB.GETLENGTH(b) FROM BIG ORDER BY id"
	if diff := cmp.Diff(p.rows(sim.SanJose, query), p.rows(sim.Phoenix, query)); diff != "" {
		t.Errorf("lengths differ (-source +target):\n%s", diff)
	}
	p.checkEqual("BIG")
}

func TestLongValuesOfOneChunkOnly(t *testing.T) {
	p := newPair(t, sim.Config{Knobs: sim.Knobs{MaxStringSize: sim.Standard}})
	p.exec(sim.SanJose, "CREATE TABLE T (id NUMBER, b BLOB)", "INSERT INTO T VALUES (1, HEXTORAW('00'))",
		"DECLARE b BLOB := TO_BLOB(HEXTORAW('0011')); BEGIN FOR i IN 1 .. 12 LOOP DBMS_LOB.APPEND(b, b); END LOOP; INSERT INTO T VALUES (2, b); END;")
	plan := p.plan("T")
	if !planOf(plan, "B").GetOverflows() {
		t.Fatalf("plan %v", plan)
	}
	// A chunk of the same plan that has no long value writes no second export.
	short := proto.CloneOf(plan)
	short.Chunks[0].Where, short.Chunks[0].RowCount = "id = 1", new(int64(1))
	if _, err := p.target.PrepareTable(t.Context(), &pb.PrepareTableRequest{MigrationId: "m1", Plan: short}); err != nil {
		t.Fatal(err)
	}
	events, err := p.export("m1", short, 1)
	if err != nil {
		t.Fatal(err)
	}
	m := outcome(events).GetManifest()
	if len(m.GetObjects()) != 1 || m.GetObjects()[0].GetOverflow() {
		t.Errorf("manifest %v", m)
	}
	if events, err = p.load("m1", short, m, 1); err != nil || outcome(events).GetRowsImported() != 1 {
		t.Errorf("%v, %v", outcome(events), err)
	}
}

func TestPiecesThatAreMissingAreFound(t *testing.T) {
	p := newPair(t, sim.Config{Knobs: sim.Knobs{MaxStringSize: sim.Standard}})
	p.exec(sim.SanJose, "CREATE TABLE T (id NUMBER, c CLOB)", fmt.Sprintf("DECLARE c CLOB; BEGIN c := %s; INSERT INTO T VALUES (1, c); INSERT INTO T VALUES (2, c); END;", repeated("abc", 5000)))
	plan := p.plan("T")
	if _, err := p.target.PrepareTable(t.Context(), &pb.PrepareTableRequest{MigrationId: "m1", Plan: plan}); err != nil {
		t.Fatal(err)
	}
	events, err := p.export("m1", plan, 1)
	if err != nil {
		t.Fatal(err)
	}
	m := outcome(events).GetManifest()
	var pieces *pb.Object
	for _, o := range m.GetObjects() {
		if o.GetOverflow() {
			pieces = o
		}
	}
	text, ok := p.sim.Storage().Read(pieces.GetName())
	if !ok {
		t.Fatal("no object")
	}
	lines := strings.SplitAfter(strings.TrimSuffix(string(text), "\n"), "\n")
	lines[len(lines)-1] += "\n"
	for label, damaged := range map[string][]string{
		"one piece is missing":   lines[1:],
		"one piece twice":        append([]string{lines[0]}, lines...),
		"one instead of another": append([]string{lines[0]}, lines[:len(lines)-1]...),
		"another row's":          append([]string{strings.Replace(lines[0], strings.Split(lines[0], ",")[0], strings.Split(lines[len(lines)-1], ",")[0], 1)}, lines[1:]...),
	} {
		t.Run(label, func(t *testing.T) {
			body := []byte(strings.Join(damaged, ""))
			if err := p.sim.Storage().Write(pieces.GetName(), body); err != nil {
				t.Fatal(err)
			}
			sum := md5.Sum(body)
			forged := proto.CloneOf(m)
			for _, o := range forged.GetObjects() {
				if o.GetOverflow() {
					o.Bytes, o.Md5 = int64(len(body)), base64.StdEncoding.EncodeToString(sum[:])
				}
			}
			_, err := p.load("m1", plan, forged, 1)
			wantReason(t, err, pb.Reason_REASON_ROWS_REJECTED)
			if n := p.rows(sim.Phoenix, "SELECT COUNT(*) FROM T"); n[0][0] != "0" {
				t.Errorf("%s rows are on the target", n[0][0])
			}
		})
	}
}

// The dictionary says of a table that it is index-organized; the simulator has
// none, so that the caller says it here.
func TestAnIndexOrganizedTableWithLongValuesIsRefusedByItsPlan(t *testing.T) {
	p := newPair(t, sim.Config{})
	p.exec(sim.SanJose, "CREATE TABLE T (ID NUMBER PRIMARY KEY, C CLOB)", "INSERT INTO T VALUES (1, RPAD('x', 4000, 'y'))")
	for range 8 {
		p.exec(sim.SanJose, "UPDATE T SET C = C || C")
	}
	listed, err := p.source.ListTables(t.Context(), &pb.ListTablesRequest{Schema: "ADMIN", Pattern: "T", Definitions: true})
	if err != nil {
		t.Fatal(err)
	}
	request := p.request("T")
	request.Described = listed.GetTables()[0]
	if _, err := p.source.PlanTable(t.Context(), request); err != nil {
		t.Fatal(err)
	}
	request.Described.Definition.NotMade = append(request.Described.Definition.NotMade, "index organisation")
	_, err = p.source.PlanTable(t.Context(), request)
	wantReason(t, err, pb.Reason_REASON_TABLE_UNSUPPORTED)
	request.ExcludeColumns = []string{"C"}
	if _, err := p.source.PlanTable(t.Context(), request); err != nil {
		t.Error(err)
	}
}
