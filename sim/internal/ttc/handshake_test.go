package ttc

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestProtocolNegotiation(t *testing.T) {
	var m ProtocolRequest
	if err := m.Decode(reading(Dialect{}, "\x01\x06\x05\x00python-oracledb\x00")); err != nil {
		t.Fatal(err)
	}
	if m.Versions != "\x06\x05" || m.Driver != "python-oracledb" {
		t.Errorf("%+v", m)
	}
	got := encoded(Dialect{}, ProtocolReply{}.Encode)
	wantBytes(t, got[:len(got)-58], "\x01\x06\x00x86_64/Linux 2.4.xx\x00"+
		unhex(t, "6903 01 0000 000B 00000000000000 0369 07D0"))
	caps := got[len(got)-58:]
	if caps[0] != 45 || caps[1+capFieldVersion] != FieldVersion || caps[1+40] != 0 || caps[46] != 11 {
		t.Errorf("capabilities % x", caps)
	}
	wantBytes(t, caps[47:], unhex(t, "02 01 00 00 00 00 04 00 00 00 00"))
}

// dataTypes builds a data types request.
func dataTypes(flags, field byte, zoned, national bool, sb1 uint16) string {
	return encoded(Dialect{}, func(w *Writer) {
		w.U8(codeDataTypes)
		w.U16LE(CharsetAL32UTF8)
		w.U16LE(CharsetAL32UTF8)
		compile, runtime := make([]byte, 40), make([]byte, 7)
		compile[capFieldVersion] = field
		if zoned {
			runtime[capZone] = capZoneExchange
		}
		w.U8(flags, byte(len(compile)))
		w.U8(compile...)
		w.U8(byte(len(runtime)))
		w.U8(runtime...)
		if zoned {
			w.Raw(zone)
		}
		if national {
			w.U16LE(CharsetAL16UTF16)
		}
		for _, row := range [][]uint16{{1, 1, 1, 0}, {typeSB1, typeSB1, sb1, 0}, {300, 0}} {
			for _, v := range row {
				w.U16(v)
			}
		}
		w.U16(0)
	})
}

func TestDataTypesSettleTheDialect(t *testing.T) {
	for name, tc := range map[string]struct {
		request string
		want    Dialect
		reply   string
	}{
		"GO": {dataTypes(3, 11, true, true, 1), Dialect{Field: 11, Counted: true, Placeholders: true}, "\x02" + zone + "\x00\x00"},
		"PY": {dataTypes(1, 16, true, false, 1), Dialect{Field: 12}, "\x02" + zone + "\x00\x00"},
		"JS": {dataTypes(3, 24, false, false, rawSB1), Dialect{Field: 12, Counted: true, RawScale: true}, "\x02\x00\x00"},
	} {
		var m DataTypesRequest
		if err := m.Decode(reading(Dialect{}, tc.request)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(tc.want, m.Dialect()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		wantBytes(t, encoded(Dialect{}, m.Reply().Encode), tc.reply)
	}
}

func TestNetworkServicesAreDeclined(t *testing.T) {
	got := encoded(Dialect{}, NetworkReply{}.Encode)
	if int(got[4])<<8+int(got[5]) != len(got) {
		t.Errorf("announces %d bytes of %d", int(got[4])<<8+int(got[5]), len(got))
	}
	var m NetworkRequest // the layouts of request and reply are the same
	if err := m.Decode(reading(Dialect{}, got)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]uint16{supervisor, authentication, encryption, integrity}, m.Services); diff != "" {
		t.Error(diff)
	}
}

func TestAuthRequests(t *testing.T) {
	for _, dialect := range []Dialect{{}, {Counted: true}} {
		request := encoded(dialect, func(w *Writer) {
			w.U8(1)
			w.UB(5)
			w.UB(0x101)
			w.U8(1)
			w.UB(2)
			w.U8(1, 1)
			if dialect.Counted {
				w.CLR("admin")
			} else {
				w.Raw("admin")
			}
			w.KV("AUTH_SESSKEY", strings.Repeat("A0", 32), 1)
			w.KV("AUTH_PID", "", 0)
		})
		var m AuthRequest
		if err := m.Decode(reading(dialect, request)); err != nil {
			t.Fatal(err)
		}
		want := AuthRequest{User: "admin", Mode: 0x101, Pairs: map[string]string{
			"AUTH_SESSKEY": strings.Repeat("A0", 32), "AUTH_PID": "",
		}}
		if diff := cmp.Diff(want, m); diff != "" {
			t.Error(diff)
		}
	}
}

func TestAuthReplies(t *testing.T) {
	m := AuthReply{Pairs: []Pair{{Key: "AUTH_VFR_DATA", Value: "AB", Flags: 18453}}}
	wantBytes(t, encoded(Dialect{}, m.Encode), "\x08\x01\x01\x01\x0D\x0DAUTH_VFR_DATA\x01\x02\x02AB\x02\x48\x15")
}

func TestSessionParametersGoByNumber(t *testing.T) {
	m := SessionParameters{NLS: map[string]string{"NLS_LANGUAGE": "X", "NLS_CURRENCY": "$", "NLS_UNKNOWN": "y"}}
	wantBytes(t, encoded(Dialect{}, m.Encode), unhex(t, "17 05 0101 01 0102 00  00 010101 58 0110  00 010101 24 00  00"))
}

// wantProtocolError makes sure that a decoder, given any bytes, says nothing
// but that they violate the protocol.
func wantProtocolError(t *testing.T, message any, err error) {
	t.Helper()
	if err != nil && !errors.Is(err, ErrProtocol) {
		t.Errorf("%T: %v, want it to wrap ErrProtocol", message, err)
	}
}

func FuzzHandshake(f *testing.F) {
	f.Add("\x01\x06\x00driver\x00")
	f.Add(dataTypes(3, 11, true, true, 1))
	f.Add(encoded(Dialect{}, NetworkReply{}.Encode))
	f.Add("\x01\x01\x05\x00\x01\x01\x01\x01\x01admin\x01\x01\x01k\x00\x00")
	f.Fuzz(func(t *testing.T, in string) {
		for _, dialect := range []Dialect{{}, {Counted: true}} {
			for _, m := range []interface{ Decode(r *Reader) error }{
				&ProtocolRequest{}, &DataTypesRequest{}, &NetworkRequest{}, &AuthRequest{},
			} {
				r := NewReader(nil)
				r.Dialect = dialect
				r.Begin(in)
				wantProtocolError(t, m, m.Decode(r))
			}
		}
	})
}
