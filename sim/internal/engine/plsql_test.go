package engine

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
)

func varchar(n int) datum.Type { return datum.Type{Kind: datum.Text, Size: n, Chars: n} }

// callWith executes a statement with text binds and returns its outcome.
func callWith(t testing.TB, s *Session, text string, binds ...string) *database.Outcome {
	t.Helper()
	st, err := s.Prepare(context.Background(), text)
	if err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	var e database.Execution
	var row []datum.Value
	for _, b := range binds {
		row = append(row, datum.FromText(b))
		e.Types = append(e.Types, varchar(200))
	}
	if row != nil {
		e.Values = [][]datum.Value{row}
	}
	out, err := st.Execute(context.Background(), e)
	if err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	return out
}

func TestBlocks(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE t (id NUMBER PRIMARY KEY, name VARCHAR2(10))")
	for _, c := range []struct{ block, want string }{
		{"BEGIN :x := 1 + 2; END;", "3"},
		{"DECLARE a NUMBER := 2; b CONSTANT NUMBER DEFAULT 5; BEGIN a := a * b; :x := a; END;", "10"},
		{"DECLARE v VARCHAR2(10); BEGIN IF v IS NULL THEN :x := 'null'; ELSIF v = 'a' THEN :x := 'a'; ELSE :x := 'other'; END IF; END;", "null"},
		{"DECLARE n NUMBER := 0; BEGIN FOR i IN 1..4 LOOP n := n + i; END LOOP; :x := n; END;", "10"},
		{"DECLARE v VARCHAR2(10); BEGIN FOR i IN REVERSE 1..3 LOOP v := v || i; END LOOP; :x := v; END;", "321"},
		{"DECLARE n NUMBER := 0; BEGIN WHILE n < 5 LOOP n := n + 2; END LOOP; :x := n; END;", "6"},
		{"DECLARE n NUMBER := 0; BEGIN LOOP n := n + 1; CONTINUE WHEN n = 2; EXIT WHEN n > 3; END LOOP; :x := n; END;", "4"},
		{"BEGIN INSERT INTO t VALUES (1, 'one'); INSERT INTO t VALUES (2, 'two'); UPDATE t SET name = UPPER(name); :x := SQL%ROWCOUNT; END;", "2"},
		{"DECLARE n t.name%TYPE; BEGIN SELECT name INTO n FROM t WHERE id = 2; :x := n; END;", "TWO"},
		{"DECLARE v VARCHAR2(50); BEGIN FOR r IN (SELECT id, name FROM t ORDER BY id) LOOP v := v || r.id || r.name; END LOOP; :x := v; END;", "1ONE2TWO"},
		{"DECLARE CURSOR c IS SELECT id FROM t; n NUMBER := 0; BEGIN FOR r IN c LOOP n := n + r.id; END LOOP; :x := n; END;", "3"},
		{"DECLARE n NUMBER; BEGIN SELECT id INTO n FROM t WHERE id = 99; EXCEPTION WHEN NO_DATA_FOUND THEN :x := SQLCODE || SQLERRM; END;", "100ORA-01403: no data found"},
		{"DECLARE n NUMBER; BEGIN SELECT id INTO n FROM t; EXCEPTION WHEN TOO_MANY_ROWS THEN :x := 'many'; END;", "many"},
		{"BEGIN INSERT INTO t VALUES (1, 'dup'); EXCEPTION WHEN DUP_VAL_ON_INDEX THEN :x := 'dup'; END;", "dup"},
		{"DECLARE e EXCEPTION; BEGIN RAISE e; EXCEPTION WHEN e THEN :x := 'mine'; END;", "mine"},
		{"DECLARE e EXCEPTION; PRAGMA EXCEPTION_INIT(e, -942); BEGIN EXECUTE IMMEDIATE 'SELECT * FROM nowhere'; EXCEPTION WHEN e THEN :x := 'gone'; END;", "gone"},
		{"BEGIN RAISE_APPLICATION_ERROR(-20001, 'mine'); EXCEPTION WHEN OTHERS THEN :x := SQLCODE || SQLERRM; END;", "-20001ORA-20001: mine"},
		{"BEGIN BEGIN :x := 1 / 0; EXCEPTION WHEN NO_DATA_FOUND THEN :x := 'wrong'; END; EXCEPTION WHEN ZERO_DIVIDE THEN :x := 'outer'; END;", "outer"},
		{"DECLARE n NUMBER; BEGIN EXECUTE IMMEDIATE 'SELECT COUNT(*) FROM t WHERE id > :a' INTO n USING 1; :x := n; END;", "1"},
		{"DECLARE n NUMBER := 40; BEGIN EXECUTE IMMEDIATE 'BEGIN :a := :a + :b; END;' USING IN OUT n, 2; :x := n; END;", "42"},
		{"BEGIN EXECUTE IMMEDIATE 'CREATE TABLE made (x NUMBER)'; EXECUTE IMMEDIATE 'INSERT INTO made VALUES (:1)' USING 5; :x := SQL%ROWCOUNT; END;", "1"},
		{"DECLARE n NUMBER; BEGIN INSERT INTO t VALUES (3, 'x') RETURNING id * 10 INTO n; :x := n; END;", "30"},
		{"DECLARE b BOOLEAN := TRUE; BEGIN IF b AND NOT FALSE THEN :x := 'yes'; END IF; END;", "yes"},
		{"DECLARE d DATE := DATE '2024-01-31'; BEGIN :x := TO_CHAR(ADD_MONTHS(d, 1), 'YYYY-MM-DD'); END;", "2024-02-29"},
		{"DECLARE id NUMBER := 2; v VARCHAR2(10); BEGIN SELECT name INTO v FROM t WHERE t.id = id AND ROWNUM = 1; :x := v; END;", "ONE"},
		{"DECLARE n PLS_INTEGER := 7 MOD 4; BEGIN NULL; :x := n; RETURN; END;", "3"},
		{"BEGIN :x := LENGTH(json_object('type' VALUE 'csv')); END;", "14"},
		{"BEGIN SAVEPOINT a; DELETE FROM t; ROLLBACK TO a; SELECT COUNT(*) INTO :x FROM t; END;", "3"},
	} {
		out := callWith(t, s, c.block, "")
		if got := out.Out[0].Value.Text(); got != c.want {
			t.Errorf("%s\ngot  %q\nwant %q", c.block, got, c.want)
		}
	}
}

func TestBlockErrors(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE t (id NUMBER)")
	for _, c := range []struct{ block, want string }{
		{"BEGIN\n  RAISE NO_DATA_FOUND;\nEND;", "ORA-01403: no data found\nORA-06512: at line 2"},
		{"DECLARE\n n NUMBER;\nBEGIN\n n := 'x';\nEND;", "ORA-06502: PL/SQL: numeric or value error: character to number conversion error\nORA-06512: at line 4"},
		{"DECLARE v VARCHAR2(2); BEGIN v := 'abc'; END;", "ORA-06502: PL/SQL: numeric or value error: character string buffer too small\nORA-06512: at line 1"},
		{"DECLARE n NUMBER(2); BEGIN n := 100; END;", "ORA-06502: PL/SQL: numeric or value error: number precision too large"},
		{"BEGIN nosuch.proc(1); END;", "ORA-06550: line 1, column 7:\nPLS-00201: identifier 'NOSUCH.PROC' must be declared"},
		{"BEGIN x := 1; END;", "PLS-00201: identifier 'X' must be declared"},
		{"DECLARE n NUMBER; BEGIN n := missing; END;", "PLS-00201: identifier 'MISSING' must be declared"},
		{"BEGIN\n INSERT INTO nowhere VALUES (1);\nEND;", "ORA-06550: line 2, column 14:\nPL/SQL: ORA-00942: table or view does not exist\nORA-06550: line 2, column 14:\nPL/SQL: SQL Statement ignored"},
		{"BEGIN IF 1 = 1 THEN NULL; END;", "PLS-00103: Encountered the symbol \";\""},
		{"BEGIN NULL END;", "PLS-00103: Encountered the symbol \"END\""},
		{"BEGIN SELECT 1 FROM DUAL; END;", "PLS-00428"},
		{"DECLARE c CONSTANT NUMBER := 1; BEGIN c := 2; END;", "PLS-00363"},
		{"DECLARE TYPE x IS TABLE OF NUMBER; BEGIN NULL; END;", "ORA-03001: unimplemented feature: \"TYPE in a block\""},
		{"BEGIN FORALL i IN 1..2 INSERT INTO t VALUES (1); END;", "ORA-03001: unimplemented feature: \"FORALL\""},
		{"BEGIN EXECUTE IMMEDIATE 'BEGIN RAISE_APPLICATION_ERROR(-20005, ''deep''); END;'; END;", "ORA-20005: deep\nORA-06512: at line 1\nORA-06512: at line 1"},
		{"BEGIN INSERT INTO t VALUES (1); RAISE_APPLICATION_ERROR(-20001, 'undo'); END;", "ORA-20001: undo\nORA-06512: at line 1"},
		{"BEGIN RAISE_APPLICATION_ERROR(-1, 'x'); END;", "ORA-21000"},
		{"DECLARE e EXCEPTION; BEGIN RAISE e; END;", "ORA-06510: PL/SQL: unhandled user-defined exception"},
	} {
		failsWith(t, s, c.block, c.want)
	}
	if got := query(t, s, "SELECT COUNT(*) FROM t"); got != "0" || s.InTransaction() {
		t.Errorf("failed blocks left %s rows, open transaction: %t", got, s.InTransaction())
	}
}

// What the client has to be told about its binds (wire notes, section 11).
func TestBindModes(t *testing.T) {
	s := testSession(t)
	s.Instance().Register(Package{Owner: "C##CLOUD$SERVICE", Name: "P", Procedures: []Procedure{{
		Name: "GO",
		Params: []Param{
			{Name: "a", Type: varchar(10)},
			{Name: "b", Type: numberType(), Mode: database.Out},
			{Name: "c", Type: varchar(100), Mode: database.InOut, Optional: true},
			{Name: "d", Type: datum.Type{Kind: datum.Clob}, Optional: true, Default: datum.FromClob("dflt")},
		},
		Call: func(_ context.Context, _ *Session, args *Args) error {
			args.Set("b", datum.FromInt(int64(len(args.Value("a").Text()))))
			args.Set("C", datum.FromText(args.Value("c").Text()+"+"+args.Value("d").Text()))
			return nil
		},
	}}})
	exec(t, s, "CREATE TABLE t (id NUMBER, v VARCHAR2(10))")
	for _, c := range []struct {
		text string
		want []database.Bind
	}{
		{"BEGIN p.go(:a, :b); END;", []database.Bind{{Name: "A", Mode: database.In}, {Name: "B", Mode: database.Out}}},
		{"BEGIN p.go(a => :x, b => :y, c => :x); END;", []database.Bind{{Name: "X", Mode: database.InOut}, {Name: "Y", Mode: database.Out}}},
		{"BEGIN :1 := :2 + :1; END;", []database.Bind{{Name: "1", Mode: database.InOut}, {Name: "2", Mode: database.In}}},
		{"BEGIN SELECT COUNT(*) INTO :n FROM t WHERE v = :v; END;", []database.Bind{{Name: "N", Mode: database.Out}, {Name: "V", Mode: database.In}}},
		{"INSERT INTO t VALUES (:a, :a) RETURNING id INTO :r", []database.Bind{{Name: "A", Mode: database.In}, {Name: "A", Mode: database.In}, {Name: "R", Mode: database.Return}}},
		{"CALL p.go(:a, :b)", []database.Bind{{Name: "A", Mode: database.In}, {Name: "B", Mode: database.Out}}},
		{"SELECT ':x' FROM DUAL WHERE 1 = :y /* :z */ -- :w", []database.Bind{{Name: "Y", Mode: database.In}}},
	} {
		st, err := s.Prepare(t.Context(), c.text)
		if err != nil {
			t.Fatalf("%s\n%v", c.text, err)
		}
		if diff := cmp.Diff(c.want, st.Binds()); diff != "" {
			t.Errorf("%s\n%s", c.text, diff)
		}
	}
	out := callWith(t, s, "BEGIN p.go(c => :c, a => 'four', b => :b); END;", "C", "")
	if got := out.Out[0].Value.Text() + " " + out.Out[1].Value.Text(); got != "C+dflt 4" {
		t.Errorf("outputs: %q", got)
	}
	failsWith(t, s, "BEGIN p.go('a'); END;", "PLS-00306: wrong number or types of arguments in call to 'GO'")
	failsWith(t, s, "BEGIN p.go('a', 1); END;", "PLS-00363")
}

func TestRefCursor(t *testing.T) {
	s := testSession(t)
	out := callWith(t, s, "BEGIN OPEN :c FOR SELECT 1 a, 'x' b FROM DUAL; END;", "")
	if out.Out[0].Cursor == nil || len(out.Out[0].Cursor.Columns) != 2 {
		t.Fatalf("cursor: %+v", out.Out[0])
	}
	row, err := out.Out[0].Cursor.Rows.Next(t.Context())
	if err != nil || row[1].Text() != "x" {
		t.Errorf("row %v, %v", row, err)
	}
}

func TestArrayDML(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE t (id NUMBER PRIMARY KEY, v VARCHAR2(3))")
	st, err := s.Prepare(t.Context(), "INSERT INTO t VALUES (:1, :2)")
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]datum.Value
	for _, r := range []string{"1 a", "2 toolong", "1 dup", "4 d"} {
		id, v, _ := strings.Cut(r, " ")
		rows = append(rows, []datum.Value{datum.FromText(id), datum.FromText(v)})
	}
	out, err := st.Execute(t.Context(), database.Execution{Values: rows, BatchErrors: true})
	if err != nil {
		t.Fatal(err)
	}
	if out.Affected != 2 || len(out.Failed) != 2 || out.Failed[0].Row != 1 || out.Failed[0].Err.Code != 12899 || out.Failed[1].Err.Code != 1 {
		t.Errorf("outcome: %+v", out)
	}
	exec(t, s, "DELETE FROM t")
	if _, err := st.Execute(t.Context(), database.Execution{Values: rows}); datum.AsError(err).Code != 12899 {
		t.Errorf("without batch errors: %v", err)
	}
	if got := query(t, s, "SELECT id FROM t"); got != "1" {
		t.Errorf("rows before the failing one: %s", got)
	}
	up, err := s.Prepare(t.Context(), "UPDATE t SET v = :1 WHERE id = :2 RETURNING v, id INTO :3, :4")
	if err != nil {
		t.Fatal(err)
	}
	out, err = up.Execute(t.Context(), database.Execution{Values: [][]datum.Value{
		{datum.FromText("x"), datum.FromInt(1), datum.NULL, datum.NULL}, {datum.FromText("y"), datum.FromInt(9), datum.NULL, datum.NULL},
	}})
	if err != nil || out.Affected != 1 || len(out.Returned) != 2 || len(out.Returned[0][0]) != 1 || len(out.Returned[1][0]) != 0 {
		t.Errorf("returned: %+v %v", out, err)
	}
}
