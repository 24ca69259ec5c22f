package session

import (
	"context"
	"fmt"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/ttc"
)

// piggyback serves a message that stands in front of a call and has no reply
// of its own.
func (c *connection) piggyback(ctx context.Context, f ttc.Function) error {
	switch f {
	case ttc.FuncCloseCursors, ttc.FuncCancelCursors:
		return c.closeCursors(f)
	case ttc.FuncLob:
		return c.freeLobs()
	case ttc.FuncEndToEnd:
		return c.trace()
	case ttc.FuncSetSchema:
		return c.setSchema(ctx)
	case ttc.FuncAppContext:
		var m ttc.AppContext
		return m.Decode(c.r)
	case ttc.FuncSessionState:
		var m ttc.SessionState
		return m.Decode(c.r)
	default:
		return fmt.Errorf("%w: not supported", ttc.ErrProtocol)
	}
}

// closeCursors closes cursors, or ends their result sets and keeps them.
// Unknown ids are skipped: the cursor may be gone already.
func (c *connection) closeCursors(f ttc.Function) error {
	var m ttc.CloseCursors
	if err := m.Decode(c.r); err != nil {
		return err
	}
	for _, id := range m.Cursors {
		cur, ok := c.cursors.open[id]
		if !ok {
			continue
		}
		c.lobs.retire(cur)
		if f == ttc.FuncCancelCursors {
			cur.end()
			continue
		}
		c.cursors.close(id)
	}
	return nil
}

// freeLobs frees temporary LOBs, whose locators come in one string.
func (c *connection) freeLobs() error {
	var m ttc.LobRequest
	if err := m.DecodePiggyback(c.r); err != nil {
		return err
	}
	if m.Operation != ttc.LobFreeArray {
		return fmt.Errorf("%w: LOB operation %#x as a piggyback", ttc.ErrProtocol, uint32(m.Operation))
	}
	for s := m.Source; len(s) >= locatorSize; s = s[locatorSize:] {
		c.lobs.free(s[:locatorSize])
	}
	return nil
}

// trace passes end-to-end attributes on; those that were not sent stay.
func (c *connection) trace() error {
	var m ttc.EndToEnd
	if err := m.Decode(c.r); err != nil {
		return err
	}
	attribute := func(i ttc.EndToEndItem) database.Attribute {
		return database.Attribute{Set: i.Sent, Value: i.Value}
	}
	c.session.Trace(database.Trace{
		ClientID:   attribute(m.ClientID),
		Module:     attribute(m.Module),
		Action:     attribute(m.Action),
		ClientInfo: attribute(m.ClientInfo),
		Operation:  attribute(m.Operation),
	})
	return nil
}

// setSchema changes the current schema; an error is the next call's.
func (c *connection) setSchema(ctx context.Context) error {
	var m ttc.SetSchema
	if err := m.Decode(c.r); err != nil {
		return err
	}
	if err := c.session.SetSchema(ctx, m.Schema); err != nil {
		c.late = visible(err)
	}
	return nil
}
