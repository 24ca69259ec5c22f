package sim_test

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/sim"
)

// up starts a simulation in a folder that saves only when it is told to.
func up(t testing.TB, dir string) *sim.Simulation {
	t.Helper()
	s, err := sim.Start(context.Background(), sim.Config{Dir: dir, SaveAfter: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// copyState copies what a folder holds of a simulation that runs, as it would
// be found after a crash at this moment.
func copyState(t testing.TB, from string) (to string) {
	t.Helper()
	to = t.TempDir()
	data, err := os.ReadFile(filepath.Join(from, "state"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(to, "state"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	return to
}

func closeIt(t testing.TB, s *sim.Simulation) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func get(t testing.TB, s *sim.Simulation, url string) string {
	t.Helper()
	client := s.Storage().Client()
	defer client.CloseIdleConnections()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.Status[:3] + " " + string(body)
}

// typed is a table of all types, with its rows.
var typed = []string{
	`CREATE TABLE typed (id NUMBER PRIMARY KEY, n NUMBER, d DATE, ts TIMESTAMP(9), tz TIMESTAMP(6) WITH TIME ZONE, f BINARY_DOUBLE,
		c CHAR(10), v VARCHAR2(4000), nv NVARCHAR2(100), r RAW(2000), cl CLOB, bl BLOB)`,
	`INSERT INTO typed VALUES (1, 12345678901234567890123456789012345678, DATE '-4712-01-01', TIMESTAMP '2026-11-22 01:02:03.123456789',
		TIMESTAMP '2026-11-22 01:02:03.5 Europe/Berlin', BINARY_DOUBLE_NAN, 'pad', RPAD('v', 4000, 'v'), N'ÄÖ€', HEXTORAW('00FF'),
		RPAD(TO_CLOB('c'), 100000, 'lob '), TO_BLOB(HEXTORAW('0001')))`,
	"INSERT INTO typed (id) VALUES (2)",
	"INSERT INTO typed (id, n, cl) VALUES (3, -1E-130, EMPTY_CLOB())",
}

// fetchTyped reads all rows of typed as a client does.
func fetchTyped(t testing.TB, db *sql.DB) (all [][]any) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SELECT id, TO_CHAR(n), d, ts, tz, TO_CHAR(f), c, v, nv, r, cl, bl, ROWIDTOCHAR(ROWID) FROM typed ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		row, at := make([]any, 13), make([]any, 13)
		for i := range row {
			at[i] = &row[i]
		}
		if err := rows.Scan(at...); err != nil {
			t.Fatal(err)
		}
		all = append(all, row)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestClientsFindEverythingAgainAfterARestart(t *testing.T) {
	dir := t.TempDir()
	s := up(t, dir)
	r := s.Region(sim.Phoenix)
	db := dial(t, r) // its wallet stays what it is
	for _, statement := range typed {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	before := fetchTyped(t, db)
	par, err := s.Storage().NewPAR(sim.PAR{Access: sim.AnyObjectRead, List: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Storage().Write("a/b", []byte("content")); err != nil {
		t.Fatal(err)
	}
	objects := s.Storage().Objects("")
	if _, err := s.Region(sim.SanJose).Count(t.Context(), "typed"); err == nil {
		t.Error("San Jose has the table of Phoenix")
	}
	closeIt(t, s)

	s = up(t, dir)
	if got := s.Region(sim.Phoenix).Password(); got != r.Password() {
		t.Error("the password is another one")
	}
	if d := cmp.Diff(before, fetchTyped(t, db)); d != "" {
		t.Errorf("rows: %s", d)
	}
	if _, err := db.ExecContext(t.Context(), "INSERT INTO typed (id) VALUES (2)"); oraCode(err) != 1 {
		t.Errorf("the primary key: %v", err)
	}
	if got := get(t, s, par+"a/b"); got != "200 content" {
		t.Errorf("GET %s", got)
	}
	after := s.Storage().Objects("")
	if len(after) != 1 || after[0].ETag != objects[0].ETag || after[0].MD5 != objects[0].MD5 || !after[0].Modified.Equal(objects[0].Modified) {
		t.Errorf("objects %+v, were %+v", after, objects)
	}
}

func TestUndoOfBeforeARestartIsGone(t *testing.T) {
	dir := t.TempDir()
	s := up(t, dir)
	r := s.Region(sim.SanJose)
	for _, statement := range []string{"CREATE TABLE t (n NUMBER)", "INSERT INTO t VALUES (1)"} {
		if err := r.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	db := dial(t, r)
	var scn string
	if err := db.QueryRowContext(t.Context(), "SELECT TO_CHAR(current_scn) FROM v$database").Scan(&scn); err != nil {
		t.Fatal(err)
	}
	if err := r.Exec(t.Context(), "DELETE FROM t"); err != nil {
		t.Fatal(err)
	}
	closeIt(t, s)
	up(t, dir)
	var n int
	if err := db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM t AS OF SCN "+scn).Scan(&n); oraCode(err) != 1555 {
		t.Errorf("as of the old SCN: %d, %v", n, err)
	}
}

func TestACrashLosesWhatCameAfterTheLastSnapshot(t *testing.T) {
	dir := t.TempDir()
	s := up(t, dir)
	r := s.Region(sim.SanJose)
	for _, statement := range []string{"CREATE TABLE t (n NUMBER)", "INSERT INTO t VALUES (1)"} {
		if err := r.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	db := dial(t, r)
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.ExecContext(t.Context(), "INSERT INTO t VALUES (2)"); err != nil {
		t.Fatal(err)
	}
	if err := s.Snapshot(); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := s.Storage().Write("late", nil); err != nil {
		t.Fatal(err)
	}
	crashed := copyState(t, dir)
	closeIt(t, s)
	s = up(t, crashed)
	rows, err := s.Region(sim.SanJose).Rows(t.Context(), "SELECT n FROM t")
	if d := cmp.Diff([][]string{{"1"}}, rows); d != "" || err != nil {
		t.Errorf("rows: %s, %v", d, err)
	}
	if got := s.Storage().Objects(""); len(got) != 0 {
		t.Errorf("objects: %v", got)
	}
}

func TestChangesAreSavedWhenTheyHaveEnded(t *testing.T) {
	dir := t.TempDir()
	s, err := sim.Start(t.Context(), sim.Config{Dir: dir, SaveAfter: 10 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for _, change := range []func() error{
		func() error { return s.Region(sim.SanJose).Exec(t.Context(), "CREATE TABLE t (n NUMBER)") },
		func() error { return s.Storage().Write("o", nil) },
	} {
		before, err := os.ReadFile(filepath.Join(dir, "state"))
		if err != nil {
			t.Fatal(err)
		}
		if err := change(); err != nil {
			t.Fatal(err)
		}
		for changed := false; !changed; <-tick.C {
			now, err := os.ReadFile(filepath.Join(dir, "state"))
			if err != nil {
				t.Fatal(err)
			}
			changed = string(now) != string(before)
		}
	}
}

func TestTwoSimulationsDoNotShareAFolder(t *testing.T) {
	dir := t.TempDir()
	up(t, dir)
	if _, err := sim.Start(t.Context(), sim.Config{Dir: dir}); !errors.Is(err, sim.ErrInUse) || !strings.Contains(err.Error(), dir) {
		t.Errorf("error: %v", err)
	}
	s := sim.StartT(t, sim.Config{})
	if err := s.Snapshot(); !errors.Is(err, sim.ErrNoDir) {
		t.Errorf("without a folder: %v", err)
	}
}

func TestADamagedStateIsRefusedAndLeftAlone(t *testing.T) {
	dir := t.TempDir()
	closeIt(t, up(t, dir))
	path := filepath.Join(dir, "state")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"cut in the middle": whole[:len(whole)/2], "cut at the end": whole[:len(whole)-1], "empty": nil,
		"altered": append(append([]byte{}, whole[:len(whole)-100]...), make([]byte, 100)...),
	} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := sim.Start(t.Context(), sim.Config{Dir: dir})
		if err == nil {
			closeIt(t, s)
		}
		if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("%s: %v", name, err)
		}
		if left, err := os.ReadFile(path); err != nil || string(left) != string(data) {
			t.Errorf("%s: the file has changed, %v", name, err)
		}
	}
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	closeIt(t, up(t, dir))
}

func TestFilesStayAsTheyAreAndMissingOnesComeBack(t *testing.T) {
	dir := t.TempDir()
	s := up(t, dir)
	if err := s.WriteFiles(dir); err != nil {
		t.Fatal(err)
	}
	read := func() map[string]string {
		files := map[string]string{}
		err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.Contains(path, "wallet/") || strings.HasPrefix(d.Name(), "state") {
				return err
			}
			data, err := os.ReadFile(path)
			files[path] = string(data)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return files
	}
	before := read()
	par := strings.TrimSpace(before[filepath.Join(dir, "par.url")])
	again := copyState(t, dir) // before Close: what a crash right after "ready" leaves
	closeIt(t, s)
	if err := os.Remove(filepath.Join(dir, "pars", "expired.url")); err != nil {
		t.Fatal(err)
	}
	s = up(t, dir)
	if err := s.WriteFiles(dir); err != nil {
		t.Fatal(err)
	}
	after := read()
	expired := filepath.Join(dir, "pars", "expired.url")
	if after[expired] == before[expired] || after[expired] == "" {
		t.Errorf("the missing PAR is %q", after[expired])
	}
	delete(before, expired)
	delete(after, expired)
	if d := cmp.Diff(before, after); d != "" {
		t.Error(d)
	}
	closeIt(t, s)
	if got := get(t, up(t, again), par); !strings.HasPrefix(got, "200") {
		t.Errorf("the PAR of par.url after a crash: %s", got)
	}
}

func TestTheDemoTableIsLoadedOnce(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		s, err := sim.Start(t.Context(), sim.Config{Dir: dir, DemoRows: 10})
		if err != nil {
			t.Fatal(err)
		}
		if n, err := s.Region(sim.SanJose).Count(t.Context(), "ADMIN.CUSTOMER_ORDERS_DEMO"); err != nil || n != 10 {
			t.Errorf("rows: %d, %v", n, err)
		}
		closeIt(t, s)
		closeIt(t, s)
		if err := s.Snapshot(); err == nil {
			t.Error("a closed simulation was saved")
		}
	}
}
