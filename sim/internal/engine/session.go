package engine

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine/heap"
	"github.com/adbferry/adbferry/sim/internal/nls"
)

// A Session is one database session: the Go API beside the wire. Like a
// connection it serves one caller at a time.
type Session struct {
	instance *Instance
	user     *user
	sid      int
	serial   int
	login    database.Login
	logon    time.Time

	nls        nls.Settings
	nlsVersion int       // counts the changes of nls
	txn        *heap.Txn // nil between transactions
	savepoints []savepoint
	fenced     []*heap.Table        // by the DDL that runs
	ddlWait    time.Duration        // DDL_LOCK_TIMEOUT
	flashback  uint64               // the SCN that queries see, 0 for the present
	longops    []*Longop            // of SET_SESSION_LONGOPS, by RINDEX
	metadata   transform            // of DBMS_METADATA
	scans      map[*externalOp]bool // of external tables, that are open
	lastLOB    *ucs2Index           // of the LOB that was read last
	growing    []byte               // the LOB that was appended to last

	mu       sync.Mutex // guards what V$SESSION of other sessions reads
	schema   string
	trace    Attributes
	activity activity
}

// Attributes are the end-to-end attributes of a session (V$SESSION, and the
// prefix of DBMS_CLOUD exports: reference, section 1.4).
type Attributes struct {
	ClientID, Module, Action, ClientInfo, Operation string
}

// newSession starts with the settings of a new connection: AMERICAN, UTC, the
// user's own schema.
func newSession(i *Instance, u *user, sid int, login database.Login) *Session {
	return &Session{
		instance: i, user: u, sid: sid, serial: 1000 + sid, login: login,
		logon: i.config.Now(), nls: nls.Defaults(i.config.Now), metadata: defaultTransform(), schema: u.name,
		activity: activity{since: i.config.Now()},
		trace:    Attributes{Module: login.Program}, scans: map[*externalOp]bool{},
	}
}

// Instance returns the database the session belongs to.
func (s *Session) Instance() *Instance { return s.instance }

// ID returns SID and SERIAL#.
func (s *Session) ID() (sid, serial int) { return s.sid, s.serial }

// User returns the name of the session's user.
func (s *Session) User() string { return s.user.name }

// Schema returns the current schema, where unqualified names are looked up.
func (s *Session) Schema() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.schema
}

// NLS returns the session's settings as they are now.
func (s *Session) NLS() nls.Settings { return s.nls }

// setNLS changes the settings and makes compiled expressions notice.
func (s *Session) setNLS(settings nls.Settings) {
	s.nls = settings
	s.nlsVersion++
}

// Attributes returns the session's end-to-end attributes.
func (s *Session) Attributes() Attributes {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.trace
}

// Trace changes the attributes whose Set flag is true.
func (s *Session) Trace(t database.Trace) {
	s.mu.Lock()
	defer s.mu.Unlock()
	set := func(to *string, a database.Attribute) {
		if a.Set {
			*to = a.Value
		}
	}
	set(&s.trace.ClientID, t.ClientID)
	set(&s.trace.Module, t.Module)
	set(&s.trace.Action, t.Action)
	set(&s.trace.ClientInfo, t.ClientInfo)
	set(&s.trace.Operation, t.Operation)
}

// SetSchema changes the current schema, as ALTER SESSION SET CURRENT_SCHEMA.
//
// Error: ORA-01435 when there is no such user.
func (s *Session) SetSchema(_ context.Context, name string) error {
	s.instance.mu.RLock()
	_, ok := s.instance.users[name]
	s.instance.mu.RUnlock()
	if !ok {
		return datum.Errorf(1435, "user does not exist")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.schema = name
	return nil
}

// connection is a Session as the wire sees it.
type connection struct{ *Session }

// NLS returns the session's parameters by name.
func (c connection) NLS() map[string]string { return maps.Collect(c.nls.Parameters()) }
