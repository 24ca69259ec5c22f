package session

import (
	"context"
	"errors"
	"fmt"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/ttc"
)

// handlers serve the calls. Each decodes its request to the end, acts, and
// leaves the reply in the writer. What it returns ends the connection, but
// for an Oracle error, which becomes the reply.
var handlers = map[ttc.Function]func(*connection, context.Context) error{
	ttc.FuncExecute:        (*connection).execute,
	ttc.FuncReExecute:      (*connection).reExecute,
	ttc.FuncReExecuteFetch: (*connection).reExecute,
	ttc.FuncFetch:          (*connection).fetch,
	ttc.FuncLob:            (*connection).lobCall,
	ttc.FuncCommit:         (*connection).commit,
	ttc.FuncRollback:       (*connection).rollback,
	ttc.FuncPing:           (*connection).ping,
	ttc.FuncVersion:        (*connection).version,
	ttc.FuncLogoff:         (*connection).logoff,
	ttc.FuncAuthOne:        (*connection).anotherLogon,
	ttc.FuncAuthTwo:        (*connection).changePassword,
}

// request serves one request: the piggybacks in front, then the call.
func (c *connection) request(ctx context.Context, payload string) error {
	c.r.Begin(payload)
	c.w.Reset()
	c.flushed = false
	c.code, c.ended = 0, nil
	var call ttc.Call
	for {
		if err := call.Decode(c.r); err != nil {
			return err
		}
		if !call.Piggyback {
			break
		}
		if err := c.piggyback(ctx, call.Function); err != nil {
			return fmt.Errorf("piggyback %s: %w", call.Function, err)
		}
	}
	handle, ok := handlers[call.Function]
	if !ok {
		return fmt.Errorf("%w: %s is not supported", ttc.ErrProtocol, call.Function)
	}
	if call.Function != ttc.FuncLob {
		if err := c.storeLOB(ctx); err != nil {
			c.late = err
		}
	}
	ctx, done := c.in.begin(ctx)
	err := handle(c, ctx)
	done()
	if e, ok := errors.AsType[*datum.Error](err); ok {
		c.fault(e, nil)
		err = nil
	}
	if c.over(err) {
		err = ErrCut
	}
	if err != nil {
		return fmt.Errorf("%s: %w", call.Function, err)
	}
	return c.finish()
}

// over tells the interceptor how the current call ended and reports whether
// its answer shall be lost.
func (c *connection) over(err error) (lose bool) {
	if c.ended == nil {
		return false
	}
	return c.ended(Ended{Code: c.code, Gone: err != nil, InTransaction: c.session.InTransaction()})
}

// admit asks the interceptor about a call, once its request has been read, and
// brings up what a piggyback in front of it failed with.
func (c *connection) admit(ctx context.Context, f ttc.Function, sql string) error {
	late := c.late
	c.late = nil
	if c.log.IsTrace() {
		c.log.Trace("call", "function", f.String(), "sql", sql)
	}
	if c.intercept != nil {
		sid, serial := c.session.ID()
		d := c.intercept(ctx, Call{Function: f, SQL: sql, User: c.user, Service: c.service, SID: sid, Serial: serial})
		c.ended = d.Ended
		switch {
		case d.Cut:
			return ErrCut
		case d.Err != nil:
			return d.Err
		case d.Orphan:
			c.orphan()
		case ctx.Err() != nil: // the client broke in while the interceptor waited
			return visible(context.Canceled)
		}
	}
	return late
}

// orphan closes the connection and keeps the running call from noticing.
func (c *connection) orphan() {
	c.in.detach()
	_ = c.net.Close()
}

// fault writes the end of a call that failed. A cursor that is named will be
// closed by the client.
func (c *connection) fault(e *datum.Error, cur *cursor) {
	c.code = e.Code
	end := ttc.EndOfCall{
		InTransaction: c.session != nil && c.session.InTransaction(),
		Code:          e.Code, Pos: e.Pos, Text: e.Text,
	}
	if cur != nil {
		end.Cursor, end.Rows, end.SQLType = cur.id, cur.fetched, cur.sqlType()
	}
	end.Encode(&c.w)
}
