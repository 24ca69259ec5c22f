package engine

import (
	"context"
	"crypto/pbkdf2"
	"crypto/sha512"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/logon"
)

func TestServices(t *testing.T) {
	i := New(Config{Name: "adbsj"})
	for name, want := range map[string]bool{"ADBSJ_HIGH": true, "adbsj_tpurgent": true, "adbsj": false, "other_high": false} {
		if i.Serves(name) != want {
			t.Errorf("Serves(%s) = %t", name, !want)
		}
	}
	if c := i.Config(); c.MaxStringSize != Extended || c.UndoRetention.Seconds() != 900 || len(c.ServiceNames) != 5 {
		t.Errorf("defaults: %+v", c)
	}
}

// The verifier follows wire notes, section 5: SHA512 over the derived key and
// the salt.
func TestVerifier(t *testing.T) {
	i := New(Config{})
	i.CreateUser("ADMIN", "pässword")
	v, ok := i.Verifier("ADMIN")
	if !ok {
		t.Fatal("no verifier")
	}
	key, err := pbkdf2.Key(sha512.New, "pässword", append(v.Salt[:], "AUTH_PBKDF2_SPEEDY_KEY"...), 4096, 64)
	if err != nil || sha512.Sum512(append(key, v.Salt[:]...)) != v.T {
		t.Errorf("verifier does not verify: %v", err)
	}
	before := v
	i.CreateUser("ADMIN", "other")
	if after, _ := i.Verifier("ADMIN"); after == before {
		t.Error("a new password left the verifier as it was")
	}
	if _, ok := i.Verifier("NOBODY"); ok {
		t.Error("a user that does not exist has a verifier")
	}
}

func TestOpen(t *testing.T) {
	i := New(Config{Name: "ADBSJ"})
	i.CreateUser("ADMIN", "x")
	s, err := i.Open(t.Context(), database.Login{
		User: "ADMIN", Service: "adbsj_high", Program: "prog", Machine: "host", AlterSession: "ALTER SESSION SET TIME_ZONE ='-00:0'",
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got := s.NLS()["NLS_DATE_FORMAT"]; got != "DD-MON-RR" {
		t.Errorf("NLS_DATE_FORMAT %q", got)
	}
	s.Trace(database.Trace{Module: database.Attribute{Set: true, Value: "mod"}, ClientInfo: database.Attribute{Set: true, Value: "info"}})
	other := i.Internal("ADMIN")
	defer other.Close()
	if got := query(t, other, "SELECT module, client_info, machine, program FROM v$session WHERE module = 'mod'"); got != "mod|info|host|prog" {
		t.Error(got)
	}
	if err := s.SetSchema(t.Context(), "NOBODY"); datum.AsError(err).Code != 1435 {
		t.Errorf("SetSchema: %v", err)
	}
	s.Close()
	if got := query(t, other, "SELECT COUNT(*) FROM v$session WHERE module = 'mod'"); got != "0" {
		t.Errorf("closed sessions listed: %s", got)
	}
	if _, err := i.Open(t.Context(), database.Login{User: "ADMIN", AlterSession: "ALTER SESSION SET nonsense = 1"}); datum.AsError(err).Code != 2248 {
		t.Errorf("bad ALTER SESSION at logon: %v", err)
	}
	if _, err := i.Open(t.Context(), database.Login{User: "NOBODY"}); datum.AsError(err).Code != 1017 {
		t.Errorf("unknown user: %v", err)
	}
}

func TestClosingASessionRollsBack(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE t (x NUMBER)")
	own := s.Instance().Internal("ADMIN")
	exec(t, own, "INSERT INTO t VALUES (1)")
	own.Close()
	own.Close()
	if got := query(t, s, "SELECT COUNT(*) FROM t"); got != "0" {
		t.Errorf("rows of a closed session: %s", got)
	}
}

func TestStatementsAreClassified(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE t (x NUMBER)")
	for _, c := range []struct {
		text, verb string
		kind       database.StatementKind
	}{
		{"SELECT 1 FROM DUAL", "SELECT", database.Query},
		{"with a as (select 1 x from dual) select * from a", "WITH", database.Query},
		{"INSERT INTO t VALUES (1)", "INSERT", database.DML},
		{"DELETE t", "DELETE", database.DML},
		{"BEGIN NULL; END;", "BEGIN", database.Block},
		{"DECLARE n NUMBER; BEGIN NULL; END;", "DECLARE", database.Block},
		{"COMMIT", "COMMIT", database.Other},
		{"CREATE TABLE u (x NUMBER)", "CREATE", database.Other},
		{"ALTER SESSION SET CURRENT_SCHEMA = ADMIN", "ALTER", database.Other},
	} {
		st, err := s.Prepare(t.Context(), c.text)
		if err != nil || st.Verb() != c.verb || st.Kind() != c.kind {
			t.Errorf("%s: %v %v", c.text, st, err)
		}
	}
}

// A prepared statement sees what changed since.
func TestPreparedStatementsFollowTheSchema(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE t (x NUMBER)", "INSERT INTO t VALUES (1)")
	st, err := s.Prepare(t.Context(), "SELECT * FROM t")
	if err != nil {
		t.Fatal(err)
	}
	exec(t, s, "ALTER TABLE t ADD y NUMBER DEFAULT 7")
	out, err := st.Execute(t.Context(), database.Execution{})
	if err != nil || len(st.Columns()) != 2 {
		t.Fatalf("%v %v", st.Columns(), err)
	}
	if row, err := out.Rows.Next(t.Context()); err != nil || len(row) != 2 {
		t.Errorf("%v %v", row, err)
	}
	exec(t, s, "DROP TABLE t")
	if _, err := st.Execute(t.Context(), database.Execution{}); datum.AsError(err).Code != 942 {
		t.Errorf("after DROP: %v", err)
	}
}

func TestAutoCommit(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE t (x NUMBER)")
	st, err := s.Prepare(t.Context(), "INSERT INTO t VALUES (1)")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := st.Execute(t.Context(), database.Execution{}); err != nil || !s.InTransaction() {
		t.Errorf("without: in transaction %t, %v", s.InTransaction(), err)
	}
	if _, err := st.Execute(t.Context(), database.Execution{AutoCommit: true}); err != nil || s.InTransaction() {
		t.Errorf("with: in transaction %t, %v", s.InTransaction(), err)
	}
	exec(t, s, "UPDATE t SET x = 2 WHERE x = 99")
	if s.InTransaction() {
		t.Error("an UPDATE of no rows opened a transaction")
	}
}

// Queries of any length, and loops without end, stop when the caller does.
func TestCallsEndWithTheirContext(t *testing.T) {
	s := testSession(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	cursor, err := s.Query(ctx, "SELECT a.l FROM (SELECT LEVEL l FROM DUAL CONNECT BY LEVEL <= 2000) a CROSS JOIN (SELECT LEVEL l FROM DUAL CONNECT BY LEVEL <= 100000) b WHERE a.l < 0")
	if err != nil {
		t.Fatal(err)
	}
	cancel(errors.New("enough"))
	if _, err := cursor.Rows.Next(ctx); datum.AsError(err).Code != 1013 {
		t.Errorf("fetch: %v", err)
	}
	if _, err := cursor.Rows.Next(t.Context()); !errors.Is(err, io.EOF) {
		t.Errorf("fetch after the error: %v", err)
	}
	for _, text := range []string{
		"SELECT COUNT(*) FROM DUAL CONNECT BY LEVEL <= 1000000000", "BEGIN LOOP NULL; END LOOP; END;",
		"BEGIN WHILE 1 = 1 LOOP NULL; END LOOP; EXCEPTION WHEN OTHERS THEN NULL; END;",
	} {
		if err := s.Exec(ctx, text); err != nil {
			if datum.AsError(err).Code != 1013 {
				t.Errorf("%s: %v", text, err)
			}
			continue
		}
		if _, err := rowsWith(ctx, s, text); datum.AsError(err).Code != 1013 {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func rowsWith(ctx context.Context, s *Session, text string) (datum.Row, error) {
	cursor, err := s.Query(ctx, text)
	if err != nil {
		return nil, err
	}
	defer cursor.Rows.Close()
	return cursor.Rows.Next(ctx)
}

// A function of a package can be used in SQL, and its errors pass through.
func TestPackageFunctions(t *testing.T) {
	s := testSession(t)
	number := numberType()
	s.Instance().Register(Package{Owner: "ADMIN", Name: "PKG", Restricted: true, Procedures: []Procedure{
		{
			Name: "TWICE", Params: []Param{{Name: "n", Type: number}}, Returns: &number,
			Call: func(_ context.Context, _ *Session, a *Args) error {
				v, err := datum.Add(a.Value("n"), a.Value("n"))
				a.Return(v)
				return err
			},
		},
		{
			Name: "TWICE", Params: []Param{{Name: "a", Type: number}, {Name: "b", Type: number}}, Returns: &number,
			Call: func(ctx context.Context, s *Session, a *Args) error {
				if !a.Given("b") {
					return datum.Errorf(20001, "not given")
				}
				v, err := rowsWith(ctx, s, "SELECT 99 FROM DUAL")
				if err == nil {
					a.Return(v[0])
				}
				return err
			},
		},
		{Name: "FAIL", Call: func(context.Context, *Session, *Args) error { return datum.Errorf(20404, "Object not found") }},
	}})
	if got := query(t, s, "SELECT pkg.twice(LEVEL), admin.pkg.twice(a => 1, b => 2) FROM DUAL CONNECT BY LEVEL <= 2"); got != "2|99; 4|99" {
		t.Error(got)
	}
	if got := callWith(t, s, "BEGIN :x := pkg.twice('21'); END;", "").Out[0].Value.Text(); got != "42" {
		t.Errorf("in PL/SQL: %s", got)
	}
	failsWith(t, s, "BEGIN\n pkg.fail;\nEND;", "ORA-20404: Object not found\nORA-06512: at line 2")
	failsWith(t, s, "BEGIN pkg.twice(1); END;", "PLS-00221")
	failsWith(t, s, "DECLARE n NUMBER; BEGIN n := pkg.fail; END;", "PLS-00222")
	exec(t, s, "CREATE USER bob IDENTIFIED BY x")
	bob := s.Instance().Internal("BOB")
	defer bob.Close()
	failsWith(t, bob, "BEGIN pkg.fail; END;", "PLS-00201: identifier 'PKG.FAIL' must be declared")
	exec(t, s, "GRANT EXECUTE ON pkg TO bob")
	failsWith(t, bob, "BEGIN pkg.fail; END;", "ORA-20404")
}

// A mistake of the engine ends a call, not the process.
func TestPanicsAreContained(t *testing.T) {
	s := testSession(t)
	s.Instance().Register(Package{Name: "P", Procedures: []Procedure{{
		Name: "BOOM", Call: func(context.Context, *Session, *Args) error { panic("boom") },
	}}})
	err := s.Exec(t.Context(), "BEGIN p.boom; END;")
	if datum.AsError(err).Code != 600 || !strings.Contains(err.Error(), "boom") {
		t.Errorf("%v", err)
	}
	if got := query(t, s, "SELECT 1 FROM DUAL"); got != "1" {
		t.Error("the session did not survive")
	}
}

// A user that was created by a statement may log on once CREATE SESSION or a
// role with it is granted.
func TestCreateSessionIsNeeded(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE USER app IDENTIFIED BY secret QUOTA UNLIMITED ON data")
	logOn := func() error {
		c, err := s.instance.Open(t.Context(), database.Login{User: "APP"})
		if err == nil {
			c.Close()
		}
		return err
	}
	if err := logOn(); datum.AsError(err).Code != 1045 {
		t.Errorf("without a privilege: %v", err)
	}
	for _, p := range []string{"CREATE SESSION", "DWROLE"} {
		exec(t, s, "GRANT "+p+" TO app")
		if err := logOn(); err != nil {
			t.Errorf("with %s: %v", p, err)
		}
		exec(t, s, "REVOKE "+p+" FROM app")
	}
	s.instance.CreateUser("MADE", "secret")
	if c, err := s.instance.Open(t.Context(), database.Login{User: "MADE"}); err != nil {
		t.Errorf("made in Go: %v", err)
	} else {
		c.Close()
	}
}

func TestUsersAreAlteredAndDropped(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE USER app IDENTIFIED BY first", "CREATE TABLE app.t (n NUMBER PRIMARY KEY)", "GRANT SELECT ON app.t TO PUBLIC")
	before, _ := s.instance.Verifier("APP")
	exec(t, s, `ALTER USER app IDENTIFIED BY "Second 2" REPLACE first`, "ALTER USER app QUOTA UNLIMITED ON data")
	if after, _ := s.instance.Verifier("APP"); after == before || !logon.Matches(after, "Second 2") {
		t.Error("the password is the old one")
	}
	for statement, want := range map[string]string{
		"ALTER USER nobody IDENTIFIED BY x": "ORA-01918",
		"ALTER USER app ACCOUNT LOCK":       "ORA-03001: unimplemented feature: \"ALTER USER … ACCOUNT\"",
		"DROP USER nobody":                  "ORA-01918",
		"DROP USER app":                     "ORA-01922",
		"DROP USER admin":                   "ORA-01031",
	} {
		failsWith(t, s, statement, want)
	}
	app := s.instance.Internal("APP")
	failsWith(t, s, "DROP USER app CASCADE", "ORA-01940")
	failsWith(t, app, "DROP USER app CASCADE", "ORA-01031")
	exec(t, app, "ALTER USER app IDENTIFIED BY own")
	app.Close()
	exec(t, s, "DROP USER app CASCADE")
	failsWith(t, s, "SELECT * FROM app.t", "ORA-00942")
	exec(t, s, "CREATE USER app IDENTIFIED BY again")
	if got := query(t, s, "SELECT COUNT(*) FROM all_tables WHERE owner = 'APP'"); got != "0" {
		t.Errorf("%s tables", got)
	}
}
