package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// compiledInsert is an INSERT that a session has compiled and not begun.
func compiledInsert(t *testing.T, s *Session, text string) modification {
	t.Helper()
	parsed, err := sql.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	m, err := (&compiler{s: s}).modification(parsed.Statement, false)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestDMLCompiledBeforeDDLIsNotRun(t *testing.T) {
	for _, ddl := range []string{
		"TRUNCATE TABLE t", "DROP TABLE t", "ALTER TABLE t ADD CHECK (a > 5)", "ALTER TABLE t ADD b NUMBER", "RENAME t TO u", "CREATE UNIQUE INDEX i ON t (a)",
	} {
		s := testSession(t)
		exec(t, s, "CREATE TABLE t (a NUMBER)")
		other := s.instance.Internal("ADMIN")
		m := compiledInsert(t, s, "INSERT INTO t VALUES (1)")
		exec(t, other, ddl)
		if s.enlist(s.begin(), m.targets()) {
			t.Errorf("%s: what was compiled before may write", ddl)
		}
		other.Close()
	}
}

func TestDDLWaitsForNobodyWhoWrites(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE t (a NUMBER)")
	other := s.instance.Internal("ADMIN")
	defer other.Close()
	m := compiledInsert(t, s, "INSERT INTO t VALUES (1)")
	if !s.enlist(s.begin(), m.targets()) {
		t.Fatal("the INSERT may not write")
	}
	for _, ddl := range []string{"TRUNCATE TABLE t", "DROP TABLE t", "ALTER TABLE t ADD b NUMBER", "COMMENT ON TABLE t IS 'x'"} {
		failsWith(t, other, ddl, "ORA-00054")
	}
	exec(t, s, "ROLLBACK")
	exec(t, other, "TRUNCATE TABLE t")
}

// TestNoRowIsLostToATruncate lets a session insert while another truncates: of
// what was committed after the last TRUNCATE, nothing may be missing.
func TestNoRowIsLostToATruncate(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE t (a NUMBER)")
	var both sync.WaitGroup
	both.Go(func() {
		for i := range 600 {
			if err := s.Exec(t.Context(), fmt.Sprintf("INSERT INTO t VALUES (%d)", i)); err != nil {
				t.Error(err)
			}
			if err := s.Commit(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
	both.Go(func() {
		other := s.instance.Internal("ADMIN")
		defer other.Close()
		for range 100 {
			if err := other.Exec(t.Context(), "TRUNCATE TABLE t"); err != nil && !strings.Contains(err.Error(), "ORA-00054") {
				t.Error(err)
			}
		}
	})
	both.Wait()
	if got := query(t, s, "SELECT MAX(a) - MIN(a) + 1 - COUNT(*) FROM t"); got != "0" && got != "~" {
		t.Errorf("%s rows are missing", got)
	}
}

// TestNoRowEscapesANewCheck lets a session insert while another adds and drops
// a check that the rows break.
func TestNoRowEscapesANewCheck(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE t (a NUMBER)")
	var both sync.WaitGroup
	both.Go(func() {
		for range 300 {
			st, err := s.prepare("INSERT INTO t VALUES (1)")
			if err == nil {
				_, err = st.Execute(t.Context(), database.Execution{})
			}
			if err != nil && !strings.Contains(err.Error(), "ORA-02290") {
				t.Error(err)
			}
			_ = s.Commit(t.Context())
			if err == nil {
				_ = s.Exec(t.Context(), "DELETE FROM t")
				_ = s.Commit(t.Context())
			}
		}
	})
	both.Go(func() {
		other := s.instance.Internal("ADMIN")
		defer other.Close()
		for range 100 {
			if other.Exec(t.Context(), "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 1)") != nil {
				continue
			}
			if rows, err := rowsOf(other, "SELECT COUNT(*) FROM t"); err != nil || rows[0] != "0" {
				t.Errorf("%v rows break the check, %v", rows, err)
			}
			for other.Exec(t.Context(), "ALTER TABLE t DROP CONSTRAINT c") != nil {
			}
		}
	})
	both.Wait()
}

// DDL_LOCK_TIMEOUT is how long DDL waits for those who write, in seconds.
func TestDDLWaitsAsLongAsItIsTold(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE t (a NUMBER)")
	other := s.instance.Internal("ADMIN")
	defer other.Close()
	exec(t, other, "ALTER SESSION SET DDL_LOCK_TIMEOUT = 1")
	failsWith(t, other, "ALTER SESSION SET DDL_LOCK_TIMEOUT = 1000001", "ORA-00068")
	exec(t, s, "INSERT INTO t VALUES (1)")
	began := time.Now()
	failsWith(t, other, "TRUNCATE TABLE t", "ORA-00054")
	if waited := time.Since(began); waited < time.Second {
		t.Errorf("waited for %v", waited)
	}
	exec(t, other, "ALTER SESSION SET DDL_LOCK_TIMEOUT = 60")
	done := make(chan error)
	go func() { done <- other.Exec(context.Background(), "TRUNCATE TABLE t") }()
	exec(t, s, "COMMIT")
	if err := <-done; err != nil {
		t.Error(err)
	}
	exec(t, s, "INSERT INTO t VALUES (1)")
	ctx, cancel := context.WithTimeoutCause(t.Context(), 20*time.Millisecond, errors.New("enough"))
	defer cancel()
	if err := other.Exec(ctx, "TRUNCATE TABLE t"); datum.AsError(err).Code != 1013 {
		t.Errorf("cancelled: %v", err)
	}
}
