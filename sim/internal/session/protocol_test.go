package session_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/tns"
	"github.com/adbferry/adbferry/sim/internal/ttc"
)

func TestPiggybacksComeBeforeTheCall(t *testing.T) {
	s := start(t)
	c := s.rawConnect(t)
	c.status(c.call(func(w *ttc.Writer) {
		w.U8(0x11, byte(ttc.FuncSetSchema), 0, 1)
		w.UB(2)
		w.Raw("HR")
		w.U8(0x11, byte(ttc.FuncEndToEnd), 0, 0, 0)
		w.UB(0)
		w.U8(0, 0)       // client id
		w.U8(1, 1, 3)    // module
		w.U8(1, 0)       // action, emptied
		w.Zeros(4)       //
		w.U8(0, 0)       // client info
		w.Zeros(4)       //
		w.U8(0, 0)       // operation
		w.Raw("mod")     //
		w.U8(0x11, 0xB0) // session state
		w.U8(0, 1, 4)
		w.U8(0x11, byte(ttc.FuncCloseCursors), 0, 1, 1, 1, 1, 99)
		w.U8(0x11, byte(ttc.FuncCancelCursors), 0, 1, 1, 1, 1, 99)
		w.U8(3, byte(ttc.FuncPing), 0)
	}))
	if diff := cmp.Diff([]string{"schema HR"}, s.recorded()); diff != "" {
		t.Error(diff)
	}
	want := []database.Trace{{
		Module: database.Attribute{Set: true, Value: "mod"}, Action: database.Attribute{Set: true},
	}}
	if diff := cmp.Diff(want, s.traces); diff != "" {
		t.Error(diff)
	}
}

func TestLateErrorsOfPiggybacks(t *testing.T) {
	s := start(t)
	c := s.rawConnect(t)
	c.fails(1435, func(w *ttc.Writer) {
		w.U8(0x11, byte(ttc.FuncSetSchema), 0, 1)
		w.UB(7)
		w.Raw("NOWHERE")
		w.U8(3, byte(ttc.FuncPing), 0)
	})
	c.ping()
}

// TestUnreadableRequestsEndTheConnection lists what a server must not guess at.
func TestUnreadableRequestsEndTheConnection(t *testing.T) {
	s := start(t)
	for name, request := range map[string]string{
		"unknown message":   "\x42\x00\x00",
		"unknown call":      "\x03\xEE\x00",
		"unknown piggyback": "\x11\xEE\x00",
		"left-over bytes":   "\x03\x93\x00\x00",
		"reply as request":  "\x09\x01\x00",
		"logon, again":      "\x03\x76\x00\x01\x02\xFF\xFF", // with a user name beyond all bounds
	} {
		t.Run(name, func(t *testing.T) {
			c := s.rawConnect(t)
			c.send(func(w *ttc.Writer) { w.Raw(request) })
			c.gone()
		})
	}
}

func TestCursorsThatAreNone(t *testing.T) {
	s := start(t)
	c := s.rawConnect(t)
	c.fails(1001, func(w *ttc.Writer) { w.U8(3, byte(ttc.FuncFetch), 0, 1, 99, 1, 10) })
	c.fails(1001, func(w *ttc.Writer) { w.U8(3, byte(ttc.FuncReExecute), 0, 1, 99, 1, 1, 0, 0, 7, 1, 'x') })
	c.fails(1001, func(w *ttc.Writer) { execute(w, 0x20, 99, "", 0, nil, nil) })
	c.fails(1003, func(w *ttc.Writer) { execute(w, 0x20, 0, "", 0, nil, nil) })
	c.ping()
}

func TestBindsThatDoNotFitTheStatement(t *testing.T) {
	s := start(t)
	s.on("INSERT", script{
		kind: database.DML, binds: ins("1", "2"),
		run: func(context.Context, database.Execution) (*database.Outcome, error) {
			return &database.Outcome{Affected: 1}, nil
		},
	})
	c := s.rawConnect(t)
	text := rawBind{kind: ttc.TypeText, size: 10}
	for _, tc := range []struct {
		code  int
		binds []rawBind
		row   string
	}{
		{1008, []rawBind{text}, "\x07\x01a"},
		{1008, nil, ""},
		{1036, []rawBind{text, text, text}, "\x07\x01a\x01b\x01c"},
		{3115, []rawBind{text, {kind: 109}}, "\x07\x01a\x01b"},
		{3115, []rawBind{text, {kind: ttc.TypeNumber, flags: 0x40}}, "\x07\x01a\x01\x01\x02\xC1\x02"},
		{1460, []rawBind{text, {kind: ttc.TypeNumber}}, "\x07\x01a\x02\xC1\xFF"},
		{22922, []rawBind{text, {kind: ttc.TypeClob}}, "\x07\x01a\x01\x03\x03abc"},
	} {
		c.fails(tc.code, func(w *ttc.Writer) {
			execute(w, 0x29, 0, "INSERT", 1, nil, tc.binds)
			w.Raw(tc.row)
		})
	}
	c.ping()
}

// TestFailedReturningWithoutPlaceholders sends no value for the bind that is
// to come back; the server cannot know that from a statement it cannot parse.
func TestFailedReturningWithoutPlaceholders(t *testing.T) {
	c := start(t).rawConnect(t)
	binds := []rawBind{{kind: ttc.TypeText, size: 10}, {kind: ttc.TypeNumber, size: 22}}
	c.fails(942, func(w *ttc.Writer) {
		execute(w, 0x29, 0, "INSERT INTO NOPE VALUES (:1) RETURNING ID INTO :2", 1, nil, binds)
		w.Raw("\x07\x01a")
	})
	c.ping()
}

func TestDescribeOnly(t *testing.T) {
	s := start(t)
	onCounter(s)
	c := s.rawConnect(t)
	r := c.call(func(w *ttc.Writer) { execute(w, 0x20001, 0, countTo, 0, nil, nil) })
	if code, head := r.U8(), r.CLR(); code != 0x10 || len(head) != 23 {
		t.Errorf("message %#x with a head of %d bytes", code, len(head))
	}
	r.UB()
	if n := r.UB(); n != 4 {
		t.Errorf("%d columns", n)
	}
	c.r.Drop()
	c.ping()
}

func TestNoMoreThanTheAllowedCursors(t *testing.T) {
	s := start(t)
	onCounter(s)
	c := s.rawConnect(t)
	for i := range 1000 {
		r := c.call(func(w *ttc.Writer) { execute(w, 0x1, 0, countTo, 0, nil, nil) })
		c.parameters(r)
		if e := c.end(r); e.code != 0 || e.cursor != uint64(i+1) {
			t.Fatalf("cursor %d: %+v", i, e)
		}
	}
	c.fails(1000, func(w *ttc.Writer) { execute(w, 0x1, 0, countTo, 0, nil, nil) })
	c.status(c.call(func(w *ttc.Writer) {
		w.U8(0x11, byte(ttc.FuncCloseCursors), 0, 1, 1, 1, 1, 7, 3, byte(ttc.FuncPing), 0)
	}))
	r := c.call(func(w *ttc.Writer) { execute(w, 0x1, 0, countTo, 0, nil, nil) })
	c.parameters(r)
	if e := c.end(r); e.code != 0 {
		t.Errorf("after a cursor was closed: %+v", e)
	}
}

// TestBreaksOutsideACall sends a marker while nothing runs, and one into the
// middle of a request.
func TestBreaksOutsideACall(t *testing.T) {
	s := start(t)
	onCounter(s)
	c := s.rawConnect(t)
	for _, before := range []string{"", "\x03\x5E\x00\x02\x80"} {
		for _, kind := range []tns.Marker{tns.Interrupt, tns.Break} {
			c.send(func(w *ttc.Writer) { w.Raw(before) })
			c.interrupt(kind)
			c.ping()
		}
	}
}

// interrupt does the client's part of a break.
func (c *raw) interrupt(kind tns.Marker) {
	c.t.Helper()
	c.check(c.out.Packet(tns.TypeMarker, kind.Encode(nil)))
	c.marker(tns.Break)
	c.check(c.out.Packet(tns.TypeMarker, tns.Reset.Encode(nil)))
	c.marker(tns.Reset)
	if e := c.end(c.reply()); e.code != 1013 || !strings.HasPrefix(e.text, "ORA-01013: ") {
		c.t.Errorf("got %+v", e)
	}
}

func (c *raw) marker(want tns.Marker) {
	c.t.Helper()
	p, err := c.in.Next()
	c.check(err)
	if got, err := tns.DecodeMarker(p.Body); p.Type != tns.TypeMarker || got != want || err != nil {
		c.t.Fatalf("packet type %d, % x", p.Type, p.Body)
	}
}

// TestBreakInALargeFetch breaks while a reply of many megabytes is on its way:
// the reply ends with the error, and then the exchange follows.
func TestBreakInALargeFetch(t *testing.T) {
	s := start(t)
	reached, goOn := make(chan struct{}), make(chan struct{})
	s.on("SELECT C FROM WIDE", script{
		kind:    database.Query,
		columns: []datum.Column{{Name: "C", Type: text(4000)}},
		run: func(context.Context, database.Execution) (*database.Outcome, error) {
			row := datum.Row{datum.FromText(strings.Repeat("w", 4000))}
			return &database.Outcome{Rows: &fakeRows{next: func(_ context.Context, n int) (datum.Row, error) {
				switch n {
				case 600: // two megabytes have gone out
					close(reached)
					<-goOn
				case 1_000_000:
					return nil, io.EOF
				}
				return row, nil
			}}}, nil
		},
	})
	c := s.rawConnect(t)
	c.send(func(w *ttc.Writer) { execute(w, 0x8061, 0, "SELECT C FROM WIDE", 1<<30, nil, nil) })
	<-reached
	c.check(c.out.Packet(tns.TypeMarker, tns.Interrupt.Encode(nil)))
	close(goOn)
	received := c.drain()
	if received < 2<<20 || received > 64<<20 {
		t.Errorf("%d bytes came before the marker", received)
	}
	c.check(c.out.Packet(tns.TypeMarker, tns.Reset.Encode(nil)))
	c.marker(tns.Reset)
	if e := c.end(c.reply()); e.code != 1013 {
		t.Errorf("got %+v", e)
	}
	c.ping()
}

// drain reads up to the server's break marker and returns how many bytes of
// data came before it.
func (c *raw) drain() (received int) {
	for {
		p, err := c.in.Next()
		c.check(err)
		if p.Type == tns.TypeMarker {
			return received
		}
		received += len(p.Body)
	}
}

// TestOutBindsOfAnArrayAreRefused runs a block three times over, which no
// reply of ours could carry.
func TestOutBindsOfAnArrayAreRefused(t *testing.T) {
	s := start(t)
	onBlock(s, "BEGIN P(:1); END;", []database.Bind{{Name: "1", Mode: database.InOut}})
	c := s.rawConnect(t)
	c.fails(3115, func(w *ttc.Writer) {
		execute(w, 0x429, 0, "BEGIN P(:1); END;", 3, nil, []rawBind{{kind: ttc.TypeText, size: 10}})
		w.Raw("\x07\x01a\x07\x01b\x07\x01c")
	})
	c.ping()
}
