package sim

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/fault"
	"github.com/adbferry/adbferry/sim/internal/physics"
	"github.com/adbferry/adbferry/sim/internal/session"
	"github.com/adbferry/adbferry/sim/internal/ttc"
)

// A Trigger says which events a fault strikes at: the n-th whose text matches
// a regular expression, and whether it stays.
//
// The text of a call is its statement when it executes one, and otherwise its
// name: commit, rollback, fetch, ping, logoff, lob. That of a transfer or request
// is its method, its path without the PAR, and its query:
// "PUT /n/namespace/b/bucket/o/prefix/name.csv".
type Trigger = fault.Trigger

// A Drop says when a connection is lost.
type Drop string

// The moments at which a connection is lost.
const (
	// DropBefore loses it before the call has any effect.
	DropBefore Drop = "before"
	// DropAfterCommit loses it when the call has succeeded, nothing is left
	// uncommitted, and the answer is about to be sent: the client cannot know
	// that all it did is durable. Calls that fail, or leave something
	// uncommitted, are not counted.
	DropAfterCommit Drop = "after-commit"
)

// A CallFault is what goes wrong with a call over the wire. Hang may come
// before one of the others.
type CallFault struct {
	Code int    `json:"code,omitempty"` // the call does nothing but answer this ORA- number
	Text string `json:"text,omitempty"` // of the answer; "" for the documented one, or a plain one
	Drop Drop   `json:"drop,omitempty"` // the connection is lost
	// Orphan loses the connection before the call, which runs on to its end
	// nevertheless, as when a client dies and its server process does not
	// notice. What the call leaves uncommitted is rolled back then.
	Orphan bool          `json:"orphan,omitempty"`
	Hang   time.Duration `json:"hang,omitempty"` // the call waits first; a cancelled one ends with ORA-01013
	// Transfers strikes at the objects that DBMS_CLOUD writes and reads in
	// place of calls: with Code, an export dies half-way and leaves the objects
	// it has written.
	Transfers bool `json:"transfers,omitempty"`
}

// A PendingCallFault is a CallFault that has been set: ask it whether it has
// struck, or heal it.
type PendingCallFault = fault.Pending[CallFault]

// Fail makes calls of this region's clients go wrong. It composes with
// Intercept, whose hooks are asked first.
//
// Error: the pattern is not a regular expression, or the fault does nothing or
// several things that exclude one another.
func (r *Region) Fail(when Trigger, what CallFault) (*PendingCallFault, error) {
	if err := what.check(); err != nil {
		return nil, fmt.Errorf("fault in %s: %w", r.place.name, err)
	}
	if what.Transfers {
		return r.transferFaults.Add(when, what)
	}
	return r.callFaults.Add(when, what)
}

func (f CallFault) check() error {
	actions := 0
	for _, is := range []bool{f.Code != 0, f.Drop != "", f.Orphan} {
		if is {
			actions++
		}
	}
	switch {
	case actions == 0 && f.Hang == 0:
		return errors.New("the fault does nothing: want an ORA- number, drop, hang or orphan")
	case actions > 1:
		return errors.New("an ORA- number, drop and orphan exclude one another")
	case f.Code < 0 || f.Code > 65535 || f.Hang < 0:
		return errors.New("ORA- numbers must be 0 to 65535, and times must not be negative")
	case f.Drop != "" && f.Drop != DropBefore && f.Drop != DropAfterCommit:
		return fmt.Errorf("drop %q is neither %s nor %s", f.Drop, DropBefore, DropAfterCommit)
	case f.Drop == DropAfterCommit && f.Hang > 0:
		return errors.New("drop after-commit and hang exclude one another")
	case f.Transfers && (f.Drop != "" || f.Orphan):
		return errors.New("transfers can only hang or fail with an ORA- number")
	case f.Text != "" && f.Code == 0:
		return errors.New("a text is given only with an ORA- number")
	}
	return nil
}

// String says what happens.
func (f CallFault) String() string {
	text := ""
	if f.Hang > 0 {
		text = fmt.Sprintf("hangs for %v", f.Hang)
	}
	add := func(s string) {
		if text != "" {
			text += ", "
		}
		text += s
	}
	switch {
	case f.Code != 0:
		add(fmt.Sprintf("fails with ORA-%05d", f.Code))
	case f.Drop == DropBefore:
		add("is lost with its connection before it begins")
	case f.Drop == DropAfterCommit:
		add("is committed, and its answer lost with the connection")
	case f.Orphan:
		add("loses its connection and runs on")
	}
	return text
}

// error is the answer of a fault with a number.
func (f CallFault) error() *datum.Error {
	if f.Text == "" {
		return datum.Errorf(f.Code, "%s", usualText(f.Code))
	}
	return datum.Errorf(f.Code, "%s", f.Text)
}

// usualText is what a database says with the numbers that tests often inject.
func usualText(code int) string {
	switch code {
	case 28:
		return "your session has been killed"
	case 54:
		return "resource busy and acquire with NOWAIT specified or timeout expired"
	case 60:
		return "deadlock detected while waiting for resource"
	case 1013:
		return "user requested cancel of current operation"
	case 1031:
		return "insufficient privileges"
	case 1555:
		return `snapshot too old: rollback segment number  with name "" too small`
	case 1653:
		return "unable to extend table by 8192 in tablespace DATA"
	case 3113:
		return "end-of-file on communication channel"
	case 3114:
		return "not connected to ORACLE"
	case 12805:
		return "parallel query server died unexpectedly"
	default:
		return "injected by the simulator"
	}
}

// eventOf is the text of a call that triggers match.
func eventOf(c session.Call) string {
	if executes(c) {
		return c.SQL
	}
	return c.Function.String()
}

// executes reports whether a call runs a statement.
func executes(c session.Call) bool {
	switch c.Function {
	case ttc.FuncExecute, ttc.FuncReExecute, ttc.FuncReExecuteFetch:
		return true
	default:
		return false
	}
}

// fail finds the fault that strikes at a call.
func (r *Region) fail(ctx context.Context, c session.Call) session.Decision {
	var late []*PendingCallFault
	for _, p := range r.callFaults.Matching(eventOf(c)) {
		if p.Do.Drop == DropAfterCommit {
			late = append(late, p)
			continue
		}
		if !p.Hit() {
			continue
		}
		if physics.Wait(ctx, p.Do.Hang) != nil {
			break // the session answers a call that was cancelled
		}
		switch {
		case p.Do.Code != 0:
			return session.Decision{Err: p.Do.error()}
		case p.Do.Drop == DropBefore:
			return session.Decision{Cut: true}
		case p.Do.Orphan:
			return session.Decision{Orphan: true}
		}
	}
	if late == nil {
		return session.Decision{}
	}
	return session.Decision{Ended: func(e session.Ended) bool { return lost(late, e) }}
}

// lost reports whether the answer of a call that ended is lost.
func lost(late []*PendingCallFault, e session.Ended) bool {
	if e.Code != 0 || e.Gone || e.InTransaction {
		return false
	}
	for _, p := range late {
		if p.Hit() {
			return true
		}
	}
	return false
}
