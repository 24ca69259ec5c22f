package session

import (
	"context"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/ttc"
)

// maxGap bounds how far behind its end a LOB may be written, in characters or
// bytes, because the gap is filled.
const maxGap = 64 << 20

// lobCall serves an operation on one LOB.
func (c *connection) lobCall(ctx context.Context) error {
	var m ttc.LobRequest
	if err := m.Decode(c.r); err != nil {
		return err
	}
	if err := c.admit(ctx, ttc.FuncLob, ""); err != nil {
		return err
	}
	reply, err := c.lobReply(ctx, &m)
	if err != nil {
		return err
	}
	m.Encode(&c.w, reply)
	ttc.EndOfCall{InTransaction: c.session.InTransaction()}.Encode(&c.w)
	return nil
}

// lobReply carries out one operation.
func (c *connection) lobReply(ctx context.Context, m *ttc.LobRequest) (ttc.LobReply, error) {
	reply := ttc.LobReply{Locator: m.Source, Amount: int64(m.Amount)}
	if m.Operation == ttc.LobCreateTemp {
		reply.National = m.SourceOffset == ttc.FormNational
		_, reply.Locator = c.lobs.add(&lob{blob: m.DestinationOffset == ttc.TypeBlob, national: reply.National, temp: true})
		return reply, nil
	}
	l, err := c.lobs.find(m.Source)
	if err != nil {
		return reply, err
	}
	reply.National = l.national
	switch m.Operation {
	case ttc.LobLength:
		reply.Amount = int64(l.length())
	case ttc.LobRead:
		var n uint64
		reply.Data, n = l.read(m.SourceOffset, m.Amount)
		reply.Amount = int64(n)
	case ttc.LobWrite, ttc.LobTrim:
		return reply, c.changeLOB(ctx, l, m)
	case ttc.LobFreeTemp:
		c.lobs.free(m.Source)
	case ttc.LobChunkSize:
		reply.Amount = ttc.LobChunk
	case ttc.LobOpen, ttc.LobClose:
		return reply, openOrClose(l, m.Operation == ttc.LobOpen)
	case ttc.LobIsOpen:
		reply.Flag = l.open
	default:
		return reply, datum.Errorf(3115, "unsupported network datatype or representation: LOB operation %#x", uint32(m.Operation))
	}
	return reply, nil
}

// changeLOB writes to or trims a LOB: a temporary one, or one whose row the
// transaction has locked. The row is written when the client turns to something
// else than this LOB, so that a LOB that is written in pieces is stored once.
func (c *connection) changeLOB(ctx context.Context, l *lob, m *ttc.LobRequest) error {
	if l.temp {
		return change(l, m)
	}
	if l.place == nil {
		return datum.Errorf(22920, "row containing the LOB value is not locked")
	}
	if !l.unstored {
		if err := c.storeLOB(ctx); err != nil {
			return err
		}
		v, err := c.session.LockedLOB(ctx, *l.place)
		if err != nil {
			return visible(err)
		}
		l.renew(v)
	}
	if err := change(l, m); err != nil {
		return err
	}
	l.unstored, c.unstored = true, l
	return nil
}

// storeLOB writes the LOB that was written to last to its row.
func (c *connection) storeLOB(ctx context.Context) error {
	l := c.unstored
	if l == nil {
		return nil
	}
	c.unstored, l.unstored = nil, false
	if err := c.session.StoreLOB(ctx, *l.place, l.value()); err != nil {
		return visible(err)
	}
	return nil
}

// change writes to or trims the content of a LOB.
func change(l *lob, m *ttc.LobRequest) error {
	switch {
	case m.Operation == ttc.LobTrim:
		l.trim(m.Amount)
	case m.SourceOffset > l.length()+maxGap:
		return datum.Errorf(1691, "unable to extend lob segment")
	case l.national:
		l.write(m.SourceOffset, m.NationalData())
	default:
		l.write(m.SourceOffset, m.Data)
	}
	return nil
}

// openOrClose keeps the state that clients ask for; nothing here depends on it.
func openOrClose(l *lob, open bool) error {
	switch {
	case open && l.open:
		return datum.Errorf(22293, "LOB already opened in the same transaction")
	case !open && !l.open:
		return datum.Errorf(22289, "cannot perform FILECLOSE operation on an unopened file or LOB")
	}
	l.open = open
	return nil
}
