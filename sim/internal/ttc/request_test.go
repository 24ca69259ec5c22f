package ttc

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// bindMeta writes the description of one bind.
func bindMeta(w *Writer, b Bind) {
	w.U8(b.Type, b.Flags, 0, 0)
	w.UB(b.Size)
	w.UB(b.Elements)
	w.UB(b.Cont)
	w.DLC("")
	w.UB(0)
	w.UB(b.Charset)
	w.U8(b.Form)
	w.UB(b.Chars)
	if w.Dialect.Field >= 8 {
		w.UB(0)
	}
}

// executeBody writes an execute request from its head on.
func executeBody(w *Writer, m *Execute) {
	w.UB(m.Options)
	w.UB(uint64(m.Cursor))
	w.U8(1)
	w.UB(uint64(len(m.SQL)))
	w.U8(1)
	w.UB(al8i4Length)
	w.U8(0, 0)
	w.UB(0)
	w.UB(m.Prefetch)
	w.UB(0x7FFFFFFF)
	w.U8(bit(len(m.Binds) > 0))
	w.UB(uint64(len(m.Binds)))
	w.Zeros(5)
	w.U8(bit(len(m.Defines) > 0))
	w.UB(uint64(len(m.Defines)))
	w.Zeros(2)
	w.U8(1)
	w.Zeros(5)
	w.U8(bit(m.rowCounts))
	w.UB(m.al8i4[al8i4Rows])
	w.U8(bit(m.rowCounts))
	if w.Dialect.Field >= 8 {
		w.Zeros(5)
	}
	if w.Dialect.Field >= 9 {
		w.Zeros(2)
	}
	switch {
	case m.SQL == "":
	case w.Dialect.Counted:
		w.CLR(m.SQL)
	default:
		w.Raw(m.SQL)
	}
	for _, v := range m.al8i4 {
		w.UB(v)
	}
	for _, b := range m.Defines {
		bindMeta(w, b)
	}
	for _, b := range m.Binds {
		bindMeta(w, b)
	}
}

func TestExecuteRequests(t *testing.T) {
	long := strings.Repeat("SELECT 1 FROM DUAL ", 100)
	for name, want := range map[string]Execute{
		"query":  {Options: 0x8021, SQL: long, Prefetch: 25},
		"define": {Options: 0x8050, Cursor: 7, al8i4: [al8i4Length]uint64{1: 100}, Defines: []Bind{{Type: TypeLongText, Size: 1 << 30, Cont: contPrefetch}}},
		"array": {
			Options: 0x88129, SQL: "INSERT", rowCounts: true, al8i4: [al8i4Length]uint64{0: 1, 1: 1000, 5: 7, 6: 1, 9: 0x4000},
			Binds: []Bind{{Type: TypeNumber, Flags: 3, Size: 22}, {Type: TypeText, Flags: 3, Size: 400, Charset: 873, Form: 1, Chars: 100}},
		},
	} {
		for _, dialect := range []Dialect{{Field: 7}, {Field: 11, Counted: true}, {Field: 12}} {
			request := encoded(dialect, func(w *Writer) { executeBody(w, &want) })
			var got Execute
			r := reading(dialect, request)
			if err := got.Decode(r); err != nil || r.Finish() != nil {
				t.Fatalf("%s: %v", name, r.Finish())
			}
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(Execute{}), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
	}
}

func TestExecuteOptions(t *testing.T) {
	query, define := Execute{Options: 0x8021}, Execute{Options: 0x8050, al8i4: [al8i4Length]uint64{1: 100}}
	array := Execute{Options: 0x80000 | 0x8129, al8i4: [al8i4Length]uint64{1: 1000, 5: 7, 6: 1}, Binds: []Bind{{}}}
	bound := Execute{Options: 0x8029, al8i4: [al8i4Length]uint64{1: 25, 7: 1}, Binds: []Bind{{}}}
	describe := Execute{Options: 0x20001}
	for name, ok := range map[string]bool{
		"a query parses and runs":            query.Parse() && query.Run() && !query.Fetch() && !query.Define(),
		"a define fetches":                   define.Define() && define.Fetch() && !define.Run() && define.FetchRows() == 100,
		"array DML commits and goes on":      array.Commit() && array.BatchErrors() && array.Executions() == 1000,
		"describing runs nothing":            describe.DescribeOnly() && !describe.Run(),
		"a query is executed once":           query.Executions() == 1 && bound.Executions() == 1,
		"a statement that runs is described": !array.DescribeOnly(),
	} {
		if !ok {
			t.Errorf("not so: %s", name)
		}
	}
}

func TestExecuteIsBounded(t *testing.T) {
	m := Execute{Options: 0x29, SQL: "INSERT", al8i4: [al8i4Length]uint64{1: maxExecutions + 1}, Binds: []Bind{{Type: TypeNumber}}}
	request := encoded(Dialect{Field: 12}, func(w *Writer) { executeBody(w, &m) })
	var got Execute
	if err := got.Decode(reading(Dialect{Field: 12}, request)); !errors.Is(err, ErrProtocol) {
		t.Errorf("got %v", err)
	}
}

func TestReExecuteAndFetch(t *testing.T) {
	var m ReExecute
	r := reading(Dialect{}, unhex(t, "0105 0203E8 00 0101"))
	if err := m.Decode(r); err != nil || m.Cursor != 5 || !m.Commit() || m.Executions(r, 4) != 1000 {
		t.Errorf("%+v, %v", m, err)
	}
	m.Count = maxValues
	if m.Executions(r, 2); !errors.Is(r.Err(), ErrProtocol) {
		t.Errorf("too many values: %v", r.Err())
	}
	var f Fetch
	if err := f.Decode(reading(Dialect{}, unhex(t, "0105 04FFFFFFFF"))); err != nil || f.Cursor != 5 || f.Rows != maxFetch {
		t.Errorf("%+v, %v", f, err)
	}
}

func TestCallHeads(t *testing.T) {
	var m Call
	if err := m.Decode(reading(Dialect{}, "\x03\x5E\x07")); err != nil || m != (Call{Function: FuncExecute, Sequence: 7}) {
		t.Errorf("%+v, %v", m, err)
	}
	if err := m.Decode(reading(Dialect{}, "\x11\x69\x00")); err != nil || m != (Call{Piggyback: true, Function: FuncCloseCursors}) {
		t.Errorf("%+v, %v", m, err)
	}
	if err := m.Decode(reading(Dialect{}, "\x47\x69\x00")); !errors.Is(err, ErrProtocol) {
		t.Errorf("got %v", err)
	}
	if FuncExecute.String() != "execute" || Function(0x42).String() != "function 0x42" {
		t.Error("functions are named otherwise")
	}
}

func TestVersionRequests(t *testing.T) {
	for field, request := range map[int]string{12: "01 020100 01 01 0101", 10: "01 020100 01 01"} {
		if err := (VersionRequest{}).Decode(reading(Dialect{Field: field}, unhex(t, request))); err != nil {
			t.Errorf("field version %d: %v", field, err)
		}
	}
}

// lobBody writes a LOB request from its head on.
func lobBody(w *Writer, m *LobRequest) {
	for _, l := range []string{m.Source, m.Destination} {
		w.U8(bit(l != ""))
		w.UB(uint64(len(l)))
	}
	w.Zeros(2)
	w.U8(bit(m.wantsCharset), 0, bit(m.wantsNull))
	w.UB(uint64(m.Operation))
	w.U8(0)
	w.UB(0)
	w.UB(m.SourceOffset)
	w.UB(m.DestinationOffset)
	w.U8(bit(m.wantsAmount))
	w.Zeros(6)
	w.Raw(m.Source)
	w.Raw(m.Destination)
	if m.wantsCharset {
		w.UB(CharsetAL32UTF8)
	}
	if m.wantsAmount {
		w.UB(m.Amount)
	}
	if m.Operation == LobWrite {
		w.U8(codeLobData)
		w.CLR(m.Data)
	}
}

func TestLobRequestsAndReplies(t *testing.T) {
	locator := strings.Repeat("L", 40)
	for name, tc := range map[string]struct {
		request LobRequest
		reply   LobReply
		want    string
	}{
		"read": {
			LobRequest{Operation: LobRead, Source: locator, SourceOffset: 1, Amount: 1000, wantsAmount: true},
			LobReply{Locator: locator, Data: "text", Amount: 4},
			"\x0E\x04text\x08" + locator + "\x01\x04",
		},
		"read past the end": {
			LobRequest{Operation: LobRead, Source: locator, SourceOffset: 100, Amount: 1, wantsAmount: true},
			LobReply{Locator: locator},
			"\x08" + locator + "\x00",
		},
		"write": {
			LobRequest{Operation: LobWrite, Source: locator, SourceOffset: 1, Data: strings.Repeat("w", 1000)},
			LobReply{Locator: locator},
			"\x08" + locator,
		},
		"create": {
			LobRequest{Operation: LobCreateTemp, Source: locator, SourceOffset: 1, DestinationOffset: TypeClob, wantsCharset: true, wantsAmount: true, wantsNull: true},
			LobReply{Locator: locator},
			"\x08" + locator + "\x02\x03\x69\x00\x00",
		},
		"is open": {
			LobRequest{Operation: LobIsOpen, Source: locator, wantsNull: true},
			LobReply{Locator: locator, Flag: true},
			"\x08" + locator + "\x01\x01",
		},
	} {
		var got LobRequest
		request := encoded(Dialect{}, func(w *Writer) { lobBody(w, &tc.request) })
		if err := got.Decode(reading(Dialect{}, request)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(tc.request, got, cmp.AllowUnexported(LobRequest{})); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		wantBytes(t, encoded(Dialect{}, func(w *Writer) { got.Encode(w, tc.reply) }), tc.want)
	}
}

func TestPiggybacks(t *testing.T) {
	var c CloseCursors
	if err := c.Decode(reading(Dialect{}, unhex(t, "01 0102 0103 020100"))); err != nil || !cmp.Equal(c.Cursors, []uint32{3, 256}) {
		t.Errorf("%v, %v", c, err)
	}
	var s SetSchema
	for request, dialect := range map[string]Dialect{"\x01\x01\x02\x02HR": {Counted: true}, "\x01\x01\x02HR": {}} {
		if err := s.Decode(reading(dialect, request)); err != nil || s.Schema != "HR" {
			t.Errorf("%v, %v", s, err)
		}
	}
	var state SessionState
	if err := state.Decode(reading(Dialect{}, "\x01\x04")); err != nil || state.State != 4 {
		t.Errorf("%v, %v", state, err)
	}
	var a AppContext
	request := encoded(Dialect{Counted: true}, func(w *Writer) {
		w.Raw(unhex(t, "01 0102 01 0101 00 01"))
		w.CLR("NS")
		w.KV("K", "V", 1)
	})
	want := AppContext{Namespace: "NS", Entries: []Pair{{"K", "V", 1}}}
	if err := a.Decode(reading(Dialect{Counted: true}, request)); err != nil || !cmp.Equal(a, want) {
		t.Errorf("%v, %v", a, err)
	}
}

func TestEndToEndAttributes(t *testing.T) {
	for _, dialect := range []Dialect{{}, {Counted: true}} {
		request := encoded(dialect, func(w *Writer) {
			w.Raw(unhex(t, "00 00 00"+"01 0104"+"01 0103"+"01 00"+"00 00 00 00"+"00 00"+"00 00 00 00"+"01 0102"))
			for _, s := range []string{"user", "mod", "op"} {
				if dialect.Counted {
					w.CLR(s)
				} else {
					w.Raw(s)
				}
			}
		})
		var m EndToEnd
		err := m.Decode(reading(dialect, request))
		want := EndToEnd{ClientID: EndToEndItem{true, "user"}, Module: EndToEndItem{true, "mod"}, Action: EndToEndItem{Sent: true}, Operation: EndToEndItem{true, "op"}}
		if err != nil || m != want {
			t.Errorf("%+v, %v", m, err)
		}
	}
}

func TestBindTypes(t *testing.T) {
	for _, tc := range []struct {
		bind Bind
		want datum.Type
		ok   bool
	}{
		{Bind{Type: TypeText, Size: 400, Chars: 100, Form: 1}, datum.Type{Kind: datum.Text, Size: 400, Chars: 100}, true},
		{Bind{Type: TypeChar, Size: 4, Form: FormNational}, datum.Type{Kind: datum.Text, Fixed: true, National: true, Size: 4}, true},
		{Bind{Type: TypeLongText, Size: 1 << 40}, datum.Type{Kind: datum.Text, Long: true, Size: 1 << 30}, true},
		{Bind{Type: TypeNumber, Size: 22}, datum.Type{Kind: datum.Number, Scale: -127}, true},
		{Bind{Type: typeTimestamp2}, datum.Type{Kind: datum.Timestamp, Scale: 9}, true},
		{Bind{Type: TypeCursor}, datum.Type{}, true},
		{Bind{Type: TypeText, Flags: bindTable}, datum.Type{Kind: datum.Text}, false},
		{Bind{Type: 109}, datum.Type{}, false},
	} {
		got, ok := tc.bind.Datum()
		if diff := cmp.Diff(tc.want, got); diff != "" || ok != tc.ok {
			t.Errorf("%+v: %t %s", tc.bind, ok, diff)
		}
	}
}

func FuzzRequests(f *testing.F) {
	execute := Execute{Options: 0x29, SQL: "INSERT", al8i4: [al8i4Length]uint64{1: 2}, Binds: []Bind{{Type: TypeNumber}}}
	f.Add(encoded(Dialect{Field: 12}, func(w *Writer) { executeBody(w, &execute) }))
	lob := LobRequest{Operation: LobWrite, Source: strings.Repeat("L", 40), Data: "x", wantsAmount: true}
	f.Add(encoded(Dialect{}, func(w *Writer) { lobBody(w, &lob) }))
	f.Add("\x01\x02\x01\x03\x02\x01\x00")
	f.Fuzz(func(t *testing.T, in string) {
		for _, dialect := range []Dialect{{Field: 12}, {Field: 7, Counted: true}} {
			for _, m := range []interface{ Decode(r *Reader) error }{
				&Call{}, &Execute{}, &ReExecute{}, &Fetch{}, &LobRequest{}, &CloseCursors{}, &EndToEnd{},
				&SetSchema{}, &AppContext{}, &SessionState{}, &VersionRequest{},
			} {
				r := NewReader(nil)
				r.Dialect = dialect
				r.Begin(in)
				wantProtocolError(t, m, m.Decode(r))
			}
		}
	})
}
