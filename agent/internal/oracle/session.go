package oracle

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	go_ora "github.com/sijms/go-ora/v2"
	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

const (
	// commitLimit bounds a commit, which no cancellation interrupts.
	commitLimit = 2 * time.Minute
	maxModule   = 48 // bytes of V$SESSION.MODULE in old releases
	maxAction   = 32 // bytes of V$SESSION.ACTION in old releases
)

// A Session is one dedicated connection. It is used by one goroutine at a time.
type Session struct {
	conn   *sql.Conn
	action string
	grace  time.Duration // between cancelling a call and closing its socket
	link   *link
	broken atomic.Bool
	ended  atomic.Bool
	leave  func() // gives the session's place to another; may be called twice
}

// start proves that the connection is alive and names its work.
func (s *Session) start(ctx context.Context, c *connector) error {
	err := s.conn.Raw(func(dc any) error {
		conn, ok := dc.(driver.Conn)
		if !ok {
			return driver.ErrBadConn
		}
		if s.link = c.link(conn); s.link == nil {
			return driver.ErrBadConn
		}
		return nil
	})
	if err != nil {
		return classify(ctx, sessionModule, err)
	}
	s.link.net.idle.Store(false)
	if err := s.ping(ctx, c.silence/2); err != nil {
		return err
	}
	return s.Call(ctx, sessionModule, "BEGIN DBMS_APPLICATION_INFO.SET_MODULE(module_name => :module, action_name => :action); END;",
		sql.Named("module", cut("adbferry", maxModule)), sql.Named("action", cut(s.action, maxAction)))
}

// ping proves that the connection is alive. One that does not answer in time is
// closed at once: asking it to stop the ping would be one more question.
func (s *Session) ping(ctx context.Context, limit time.Duration) error {
	limited, cancel := context.WithTimeoutCause(ctx, limit, lost(errSilent))
	defer cancel()
	stop := context.AfterFunc(limited, func() { _ = s.link.net.Close() }) // only its effect on the ping counts
	defer stop()
	return classify(limited, sessionModule, s.conn.PingContext(context.WithoutCancel(ctx)))
}

// cut shortens a text to limit bytes; the end of a chunk's name says more than its start.
func cut(text string, limit int) string {
	return strings.ToValidUTF8(text[max(0, len(text)-limit):], "")
}

// ID returns the session's SID and SERIAL#, which name it in the database
// after it is gone.
func (s *Session) ID() (sid, serial int64) { return s.link.sid, s.link.serial }

// Broken reports whether the session is of no more use.
func (s *Session) Broken() bool { return s.broken.Load() }

// Close gives the connection back, or ends it when it may be broken. It may be
// called twice.
func (s *Session) Close() { s.end(s.broken.Load()) }

// Discard ends the connection. After Close it does nothing.
func (s *Session) Discard() { s.end(true) }

func (s *Session) end(drop bool) {
	if s.ended.Swap(true) {
		return
	}
	defer s.leave()
	if s.link != nil {
		s.link.net.idle.Store(true)
	}
	if drop {
		_ = s.conn.Raw(func(any) error { return driver.ErrBadConn }) // ErrBadConn is how database/sql is told to drop it
	}
	_ = s.conn.Close() // giving back an open connection does no I/O
}

// Exec runs DML or DDL and returns the number of rows it touched. Outside
// Transact it is committed.
func (s *Session) Exec(ctx context.Context, k Kind, statement string, args ...any) (int64, error) {
	return s.exec(ctx, s.conn, k, statement, args)
}

// Call runs a PL/SQL block.
func (s *Session) Call(ctx context.Context, k Kind, block string, args ...any) error {
	_, err := s.exec(ctx, s.conn, k, block, args)
	return err
}

// runner is what *sql.Conn and *sql.Tx have in common.
type runner interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func (s *Session) exec(ctx context.Context, r runner, k Kind, statement string, args []any) (int64, error) {
	var n int64
	err := s.guarded(ctx, func(ctx context.Context) error {
		res, err := r.ExecContext(ctx, k.text(statement), args...)
		if err != nil {
			return err
		}
		n, err = res.RowsAffected()
		return err
	})
	return n, s.failed(ctx, k, err)
}

// Query runs a SELECT and hands each row to scan, which must not use the session.
func (s *Session) Query(ctx context.Context, k Kind, query string, scan func(scan func(dest ...any) error) error, args ...any) error {
	return s.query(ctx, s.conn, k, query, scan, args)
}

func (s *Session) query(ctx context.Context, r runner, k Kind, query string, scan func(func(...any) error) error, args []any) error {
	err := s.guarded(ctx, func(ctx context.Context) (err error) {
		rows, err := r.QueryContext(ctx, k.text(query), args...)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, rows.Close()) }()
		for rows.Next() {
			if err := scan(rows.Scan); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	return s.failed(ctx, k, err)
}

// Row runs a SELECT for its first row and reports whether there is one.
func (s *Session) Row(ctx context.Context, k Kind, query string, args []any, dest ...any) (bool, error) {
	return s.row(ctx, s.conn, k, query, args, dest)
}

func (s *Session) row(ctx context.Context, r runner, k Kind, query string, args, dest []any) (bool, error) {
	found := false
	err := s.query(ctx, r, k, query, func(scan func(...any) error) error {
		if found {
			return nil
		}
		found = true
		return scan(dest...)
	}, args)
	return found, err
}

// guarded runs one call to the driver. When ctx ends, the driver asks the
// database to stop; if the answer does not come in time, the socket is closed.
func (s *Session) guarded(ctx context.Context, call func(context.Context) error) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	done := make(chan struct{})
	defer close(done)
	stop := context.AfterFunc(ctx, func() {
		timer := time.NewTimer(s.grace)
		defer timer.Stop()
		select {
		case <-done:
		case <-timer.C:
			_ = s.link.net.Close() // only its effect on the blocked call counts
		}
	})
	defer stop()
	return call(ctx)
}

// failed classifies an error and remembers when the connection is of no more use.
func (s *Session) failed(ctx context.Context, k Kind, err error) error {
	if err == nil {
		return nil
	}
	failure := classify(ctx, k, err)
	if broken(err) || Lost(failure) || context.Cause(ctx) != nil {
		s.broken.Store(true)
	}
	return failure
}

// A Tx is an open transaction of a session.
type Tx struct {
	session *Session
	tx      *sql.Tx
}

// Exec runs DML in the transaction.
func (t *Tx) Exec(ctx context.Context, k Kind, statement string, args ...any) (int64, error) {
	return t.session.exec(ctx, t.tx, k, statement, args)
}

// Row runs a SELECT in the transaction for its first row and reports whether there is one.
func (t *Tx) Row(ctx context.Context, k Kind, query string, args []any, dest ...any) (bool, error) {
	return t.session.row(ctx, t.tx, k, query, args, dest)
}

// A CommitError is a commit whose outcome is unknown: the connection broke
// while it ran.
type CommitError struct{ Err error }

func (e *CommitError) Error() string { return "commit: " + e.Err.Error() }
func (e *CommitError) Unwrap() error { return e.Err }

var (
	errCommit   = fmt.Errorf("the commit took longer than %s: %w", commitLimit, context.DeadlineExceeded)
	errRollback = fmt.Errorf("the rollback took too long: %w", context.DeadlineExceeded)
)

var commitKind = Kind{Name: "session.commit"}

// Transact runs work in one transaction and commits it when work succeeds,
// rolls it back otherwise. The end of ctx interrupts work but not the commit.
//
// Error: what work returns; *CommitError when nobody knows.
func (s *Session) Transact(ctx context.Context, work func(tx *Tx) error) error {
	if err := context.Cause(ctx); err != nil {
		return cancellation(ctx, err)
	}
	steady := context.WithoutCancel(ctx)
	tx, err := s.conn.BeginTx(steady, nil)
	if err != nil {
		return s.failed(ctx, commitKind, err)
	}
	if err := work(&Tx{s, tx}); err != nil {
		limited, cancel := context.WithTimeoutCause(steady, s.grace, errRollback)
		defer cancel()
		if rollback := s.guarded(limited, func(context.Context) error { return tx.Rollback() }); rollback != nil {
			s.broken.Store(true) // closing the connection rolls back as well
		}
		return err
	}
	limited, cancel := context.WithTimeoutCause(steady, commitLimit, errCommit)
	defer cancel()
	err = s.guarded(limited, func(context.Context) error { return tx.Commit() })
	if err == nil {
		return nil
	}
	failure := s.failed(steady, commitKind, err)
	if Lost(failure) {
		return &CommitError{failure}
	}
	return failure
}

// Out makes an OUT argument for a number.
func Out(dest *int64) any { return go_ora.Out{Dest: dest} }

// longText is the length in bytes above which a text bind must be a CLOB.
const longText = 32000

// Long makes an argument of a text of any length for a PL/SQL parameter.
func Long(text string) any {
	if len(text) > longText {
		return go_ora.Clob{String: text, Valid: true}
	}
	return text
}

// CLOB makes an argument that is always a CLOB; "" is a NULL.
func CLOB(text string) any { return go_ora.Clob{String: text, Valid: text != ""} }

// BLOB makes an argument that is always a BLOB.
func BLOB(data []byte) any { return go_ora.Blob{Data: data} }

// NotOne is the failure of a query that must have found a row.
func NotOne(k Kind) error {
	return apierr.New(codes.Internal, pb.Reason_REASON_DATABASE_ERROR, "%s: the database returned no row", k.Name)
}
