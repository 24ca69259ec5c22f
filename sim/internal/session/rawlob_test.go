package session_test

import (
	"context"
	"strings"
	"testing"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/ttc"
)

// lob sends a LOB call. With amounts the reply holds one.
func (c *raw) lob(op ttc.LobOperation, locator string, offset, destination, amount uint64, data string) *ttc.Reader {
	c.t.Helper()
	return c.call(func(w *ttc.Writer) {
		isOpen := op == ttc.LobIsOpen
		w.U8(3, byte(ttc.FuncLob), 0, 1)
		w.UB(uint64(len(locator)))
		w.U8(0, 0, 0, 0, 0, 0, flag(isOpen))
		w.UB(uint64(op))
		w.U8(0, 0)
		w.UB(offset)
		w.UB(destination)
		w.U8(flag(data == "" && !isOpen))
		w.Zeros(6)
		w.Raw(locator)
		switch {
		case data != "":
			w.U8(0x0E)
			w.CLR(data)
		case !isOpen:
			w.UB(amount)
		}
	})
}

func flag(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// answer reads the reply to a LOB call: data, locator and number.
func (c *raw) answer(r *ttc.Reader, number bool) (data, locator string, n uint64) {
	c.t.Helper()
	code := r.U8()
	if code == 0x0E {
		data = r.CLR()
		code = r.U8()
	}
	if code != 8 {
		c.t.Fatalf("message %#x in a LOB reply", code)
	}
	locator = r.Raw(40)
	if number {
		n = r.UB()
	}
	if e := c.end(r); e.code != 0 {
		c.t.Errorf("got %+v", e)
	}
	return data, locator, n
}

func TestTheLifeOfATemporaryLob(t *testing.T) {
	c := start(t).rawConnect(t)
	_, lob, _ := c.answer(c.lob(ttc.LobCreateTemp, strings.Repeat("\x00", 40), 1, ttc.TypeClob, 0, ""), true)
	c.answer(c.lob(ttc.LobWrite, lob, 1, 0, 0, "Grüße an alle"), false)
	if _, _, n := c.answer(c.lob(ttc.LobLength, lob, 0, 0, 0, ""), true); n != 13 {
		t.Errorf("%d characters", n)
	}
	if data, _, n := c.answer(c.lob(ttc.LobRead, lob, 3, 0, 3, ""), true); data != "üße" || n != 3 {
		t.Errorf("%q, %d", data, n)
	}
	c.answer(c.lob(ttc.LobTrim, lob, 0, 0, 5, ""), true)
	if data, _, n := c.answer(c.lob(ttc.LobRead, lob, 1, 0, 100, ""), true); data != "Grüße" || n != 5 {
		t.Errorf("%q, %d", data, n)
	}
	if data, _, n := c.answer(c.lob(ttc.LobRead, lob, 6, 0, 100, ""), true); data != "" || n != 0 {
		t.Errorf("past the end: %q, %d", data, n)
	}
	if _, _, n := c.answer(c.lob(ttc.LobChunkSize, lob, 0, 0, 0, ""), true); n != ttc.LobChunk {
		t.Errorf("chunk size %d", n)
	}
	for _, tc := range []struct {
		op   ttc.LobOperation
		open uint64
	}{{ttc.LobOpen, 1}, {ttc.LobClose, 0}} {
		c.answer(c.lob(tc.op, lob, 0, 0, 0, ""), true)
		if _, _, n := c.answer(c.lob(ttc.LobIsOpen, lob, 0, 0, 0, ""), true); n != tc.open {
			t.Errorf("open: %d", n)
		}
	}
	c.answer(c.lob(ttc.LobFreeTemp, lob, 0, 0, 0, ""), true)
	if e := c.end(c.lob(ttc.LobLength, lob, 0, 0, 0, "")); e.code != 22922 {
		t.Errorf("after it was freed: %+v", e)
	}
}

// TestNationalLobsTravelAsUTF16 is what all clients do with the locator of an
// NCLOB; positions count characters all the same.
func TestNationalLobsTravelAsUTF16(t *testing.T) {
	c := start(t).rawConnect(t)
	_, lob, _ := c.answer(c.lob(ttc.LobCreateTemp, strings.Repeat("\x00", 40), ttc.FormNational, ttc.TypeClob, 0, ""), true)
	c.answer(c.lob(ttc.LobWrite, lob, 1, 0, 0, "\x00a\x03\xA9\x20\xAC"), false)
	if _, _, n := c.answer(c.lob(ttc.LobLength, lob, 0, 0, 0, ""), true); n != 3 {
		t.Errorf("%d characters", n)
	}
	if data, _, n := c.answer(c.lob(ttc.LobRead, lob, 2, 0, 2, ""), true); data != "\x03\xA9\x20\xAC" || n != 2 {
		t.Errorf("% x, %d", data, n)
	}
}

func TestLobCallsThatFail(t *testing.T) {
	s := start(t)
	onLobs(s)
	c := s.rawConnect(t)
	_, temp, _ := c.answer(c.lob(ttc.LobCreateTemp, strings.Repeat("\x00", 40), 1, ttc.TypeBlob, 0, ""), true)
	for name, tc := range map[string]struct {
		code int
		call func() *ttc.Reader
	}{
		"closing what is not open": {22289, func() *ttc.Reader { return c.lob(ttc.LobClose, temp, 0, 0, 0, "") }},
		"an operation of its own":  {3115, func() *ttc.Reader { return c.lob(0x777, temp, 0, 0, 0, "") }},
		"writing far behind":       {1691, func() *ttc.Reader { return c.lob(ttc.LobWrite, temp, 1<<40, 0, 0, "x") }},
		"no locator of ours":       {22922, func() *ttc.Reader { return c.lob(ttc.LobLength, "short", 0, 0, 0, "") }},
	} {
		if e := c.end(tc.call()); e.code != tc.code {
			t.Errorf("%s: %+v", name, e)
		}
	}
	c.answer(c.lob(ttc.LobOpen, temp, 0, 0, 0, ""), true)
	if e := c.end(c.lob(ttc.LobOpen, temp, 0, 0, 0, "")); e.code != 22293 {
		t.Errorf("opening twice: %+v", e)
	}
}

// TestDefinedLobsAreFetched defines columns first and fetches then, as
// node-oracledb does: sized locators, and the same data inline.
func TestDefinedLobsAreFetched(t *testing.T) {
	s := start(t)
	s.on("SELECT C, B, N FROM T", script{
		kind: database.Query,
		columns: []datum.Column{
			{Name: "C", Type: datum.Type{Kind: datum.Clob}},
			{Name: "B", Type: datum.Type{Kind: datum.Blob}},
			{Name: "N", Type: number},
		},
		run: func(context.Context, database.Execution) (*database.Outcome, error) {
			return &database.Outcome{Rows: result(
				datum.Row{datum.FromClob("üü"), datum.FromBlob([]byte("blob")), datum.FromInt(42)},
				datum.Row{datum.NULL, datum.NULL, datum.NULL},
			)}, nil
		},
	})
	c := s.rawConnect(t)
	c.send(func(w *ttc.Writer) { execute(w, 0x8061, 0, "SELECT C, B, N FROM T", 2, nil, nil) })
	payload, err := c.next()
	c.check(err)
	c.r.Begin(payload[strings.LastIndex(payload, "\x08\x01\x06"):])
	c.parameters(c.r)
	cursor := c.end(c.r).cursor
	defines := []rawBind{
		{kind: ttc.TypeClob, cont: 0x02000000}, {kind: ttc.TypeLongRaw, size: 1 << 20}, {kind: ttc.TypeText, size: 40},
	}
	r := c.call(func(w *ttc.Writer) { execute(w, 0x8010, cursor, "", 0, defines, nil) })
	c.parameters(r)
	if e := c.end(r); e.code != 0 || e.rows != 0 {
		t.Errorf("a define ends with %+v", e)
	}
	r = c.call(func(w *ttc.Writer) { w.U8(3, byte(ttc.FuncFetch), 0, 1, byte(cursor), 1, 10) })
	c.wants(r, "\x06\x22\x01\x03\x00\x00\x00\x00\x00\x07\x01\x28\x01\x02\x02\x1F\xC4\x28")
	locator := r.Raw(40)
	c.wants(r, "\x04blob\x00\x00\x0242"+"\x07\x00\x00\x81\x01\x02\x05\x7D\x00")
	c.parameters(r)
	if e := c.end(r); e.code != 1403 || e.rows != 2 {
		t.Errorf("the fetch ends with %+v", e)
	}
	if data, _, _ := c.answer(c.lob(ttc.LobRead, locator, 1, 0, 2, ""), true); data != "üü" {
		t.Errorf("the locator leads to %q", data)
	}
	if e := c.end(c.lob(ttc.LobWrite, locator, 1, 0, 0, "x")); e.code != 22920 {
		t.Errorf("writing to a column: %+v", e)
	}
}

// wants reads bytes and compares them.
func (c *raw) wants(r *ttc.Reader, want string) {
	c.t.Helper()
	if got := r.Raw(len(want)); got != want {
		c.t.Fatalf("got  % x\nwant % x", got, want)
	}
}
