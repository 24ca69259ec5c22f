package session

import (
	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/tns"
)

// exchange answers a break (wire notes, section 13): a marker each way, after
// which everything sent before is void, and then the error ORA-01013. It is
// the same whether a call was running or not.
func (c *connection) exchange() error {
	c.w.Reset()
	if err := c.out.Packet(tns.TypeMarker, tns.Break.Encode(nil)); err != nil {
		return err
	}
	if err := c.awaitReset(); err != nil {
		return err
	}
	c.in.settle()
	if err := c.out.Packet(tns.TypeMarker, tns.Reset.Encode(nil)); err != nil {
		return err
	}
	c.late = nil
	c.fault(database.Cancelled(), nil)
	return c.flush()
}

// awaitReset throws away packets up to the client's reset marker.
func (c *connection) awaitReset() error {
	for {
		p, err := c.in.packet()
		if err != nil {
			return err
		}
		if p.Type != tns.TypeMarker {
			continue
		}
		m, err := tns.DecodeMarker(p.Body)
		if err != nil {
			return err
		}
		if m == tns.Reset {
			return nil
		}
	}
}

// finish sends the reply, or, when the client broke in, drops what has not
// been sent of it and answers the break. A reply of which a part is sent has
// been completed by its writer.
func (c *connection) finish() error {
	if c.in.broken() {
		if c.flushed {
			if err := c.flush(); err != nil {
				return err
			}
		}
		return errBreak
	}
	return c.flush()
}
