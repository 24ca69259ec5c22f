// Package database is the contract between the wire and the engine of the
// simulator: what a listener can ask of a database, in Oracle's own notions
// (sessions, statements, binds, cursors) and without a byte of protocol.
//
// Package session is its caller, package engine implements it, and the tests of
// each use the other side's small fakes of it.
//
// Every error that a method returns and that the client shall see is a
// *datum.Error; anything else is reported to the client as ORA-00600.
package database

import (
	"context"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// A Database is what stands behind one listener.
type Database interface {
	// Serves reports whether name is the name of one of its services,
	// compared without regard to letter case.
	Serves(name string) bool

	// Verifier returns what the database keeps of a user's password. The name
	// is as stored: upper case unless it was quoted.
	Verifier(user string) (v Verifier, ok bool)

	// ChangePassword gives a user that exists another password.
	ChangePassword(user, password string) error

	// Open starts a session for a user whose password has been checked.
	Open(ctx context.Context, login Login) (Session, error)
}

// A Verifier is a 12c password verifier (wire notes, section 5): enough to
// check a password and not enough to know it.
type Verifier struct {
	Salt [16]byte
	T    [64]byte
}

// A Login says who logs on, from where and to which service.
type Login struct {
	User         string // as stored: upper case unless it was quoted
	Service      string
	Program      string
	Machine      string
	OSUser       string
	Terminal     string
	Process      string
	Driver       string
	AlterSession string // statement the client wants run first, "" for none
}

// Cancelled is the error of a call that its client broke off.
func Cancelled() *datum.Error {
	return datum.Errorf(1013, "user requested cancel of current operation")
}

// A Session is one database session. Its methods are called by one goroutine
// at a time; a call in progress ends early, with ORA-01013, when its context
// is cancelled.
type Session interface {
	// ID returns the session's SID and SERIAL#.
	ID() (sid, serial int)

	// Prepare parses a statement. Placeholders are found but not yet bound.
	Prepare(ctx context.Context, text string) (Statement, error)

	// Commit makes the open transaction durable and visible.
	Commit(ctx context.Context) error

	// Rollback undoes the open transaction.
	Rollback(ctx context.Context) error

	// InTransaction reports whether a transaction is open.
	InTransaction() bool

	// Trace sets the end-to-end attributes that V$SESSION shows. Only the
	// fields whose Set flag is true change.
	Trace(t Trace)

	// SetSchema changes the current schema.
	SetSchema(ctx context.Context, name string) error

	// NLS returns the session's NLS parameters by name (NLS_DATE_FORMAT …).
	NLS() map[string]string

	LOBStore

	// Close rolls back and ends the session. It may be called twice.
	Close()
}

// An Attribute is a string that may be set or left alone.
type Attribute struct {
	Set   bool
	Value string
}

// A Trace is the end-to-end attributes a client sends ahead of a call.
type Trace struct {
	ClientID, Module, Action, ClientInfo, Operation Attribute
}

// A StatementKind says which shape of call and reply a statement has.
type StatementKind int

// The kinds of statement.
const (
	Query StatementKind = iota + 1 // SELECT
	DML                            // INSERT, UPDATE, DELETE, MERGE
	Block                          // PL/SQL, CALL
	Other                          // DDL, ALTER SESSION, COMMIT, …
)

// A Statement is a parsed statement, bound to its session. It may be executed
// any number of times; executions see schema changes made in between.
type Statement interface {
	Kind() StatementKind

	// Verb is the first word in upper case: SELECT, INSERT, BEGIN, …
	Verb() string

	// Columns describes the result of a Query and is nil for other kinds.
	Columns() []datum.Column

	// Binds lists the values a client has to send, in the order it sends them:
	// one per placeholder occurrence in SQL, one per distinct name in PL/SQL,
	// in order of appearance (wire notes, section 10.3).
	Binds() []Bind

	// Execute runs the statement.
	Execute(ctx context.Context, e Execution) (*Outcome, error)
}

// A Mode says which way a bind value travels.
type Mode int

// The modes of a bind.
const (
	In     Mode = iota + 1
	Out         // PL/SQL OUT
	InOut       // PL/SQL IN OUT
	Return      // DML RETURNING … INTO
)

// A Bind is one placeholder.
type Bind struct {
	Name string // upper case, without the colon
	Mode Mode
}

// An Execution is one execute call. Values has one row per execution (array
// DML has many), each with a value per bind; for Out and Return binds it is
// NULL. Types holds what the client declared for each bind, so that NULLs and
// OUT values have a type.
type Execution struct {
	Values      [][]datum.Value
	Types       []datum.Type
	Places      []*LOBPlace // per bind of a single row: where a LOB is stored that its locator leads to; may be short
	AutoCommit  bool        // commit when the call succeeds
	BatchErrors bool        // go on after a failing row, report it in Outcome.Failed
}

// An Outcome is what a successful execution gives back.
type Outcome struct {
	Rows      Rows              // Query only; the caller closes it
	Affected  int64             // rows inserted, updated or deleted, in all
	LastRowid datum.Value       // of the last row inserted, updated or deleted, NULL for none
	PerRow    []int64           // the same per execution of array DML
	Failed    []BatchError      // with BatchErrors: the rows that failed
	Out       []OutValue        // per bind, meaningful for Out and InOut
	Returned  [][][]datum.Value // Return binds: [execution][bind][row]
	// Place tells where a LOB of Returned is stored, nil for none; it is nil when there is no LOB.
	Place func(execution, bind, row int) *LOBPlace
}

// An OutValue is the value of an OUT bind: a scalar, or a cursor.
type OutValue struct {
	Value  datum.Value
	Cursor *Cursor   // REF CURSOR
	Place  *LOBPlace // where a LOB is stored, nil for one of its own
}

// A Cursor is an open result set together with its description.
type Cursor struct {
	Columns []datum.Column
	Rows    Rows
}

// A BatchError is one failed row of array DML.
type BatchError struct {
	Row int // from 0
	Err *datum.Error
}

// Rows is an open result set. Its snapshot is fixed when the statement is
// executed.
type Rows interface {
	// Next returns the next row, or io.EOF after the last. The row may be
	// reused by the following call.
	Next(ctx context.Context) (datum.Row, error)

	// Close frees what the result set holds. It may be called twice.
	Close()
}
