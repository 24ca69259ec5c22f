package tns_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/sim/internal/tns"
)

// unhex reads hex digits with blanks between them.
func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestPacketsHaveShortLengthsUntilAccepted(t *testing.T) {
	var b bytes.Buffer
	w := tns.NewWriter(&b)
	if err := w.Packet(tns.TypeMarker, tns.Reset.Encode(nil)); err != nil {
		t.Fatal(err)
	}
	w.Accepted(8192)
	if err := w.Packet(tns.TypeMarker, tns.Reset.Encode(nil)); err != nil {
		t.Fatal(err)
	}
	want := unhex(t, "000B 0000 0C 00 0000 010002 0000000B 0C 00 0000 010002")
	if !bytes.Equal(b.Bytes(), want) {
		t.Errorf("got % x\nwant % x", b.Bytes(), want)
	}
	r := tns.NewReader(&b)
	for _, accepted := range []bool{false, true} {
		if accepted {
			r.Accepted(8192)
		}
		p, err := r.Next()
		if err != nil || p.Type != tns.TypeMarker || !bytes.Equal(p.Body, []byte{1, 0, 2}) {
			t.Errorf("%+v, %v", p, err)
		}
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %v", err)
	}
}

func TestDataIsCutToTheSDU(t *testing.T) {
	payload := bytes.Repeat([]byte("0123456789"), 1000)
	for _, sdu := range []int{tns.MinSDU, 8192, tns.MaxSDU} {
		var b bytes.Buffer
		w := tns.NewWriter(&b)
		w.Accepted(sdu)
		if err := w.Data(payload); err != nil {
			t.Fatal(err)
		}
		r := tns.NewReader(&b)
		r.Accepted(sdu)
		var got []byte
		for {
			p, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil || len(p.Body)+8 > sdu {
				t.Fatalf("SDU %d: packet of %d bytes, %v", sdu, len(p.Body)+8, err)
			}
			flags, part, err := tns.DataPayload(p.Body)
			if err != nil || flags != 0 {
				t.Fatalf("flags %x, %v", flags, err)
			}
			got = append(got, part...)
		}
		if !bytes.Equal(got, payload) {
			t.Errorf("SDU %d: %d bytes came back", sdu, len(got))
		}
	}
}

func TestNoDataIsNoPacket(t *testing.T) {
	var b bytes.Buffer
	if err := tns.NewWriter(&b).Data(nil); err != nil || b.Len() != 0 {
		t.Errorf("%d bytes, %v", b.Len(), err)
	}
}

func TestBadPackets(t *testing.T) {
	for name, tc := range map[string]struct {
		bytes string
		want  error
	}{
		"shorter than its header": {"0007 0000 06 00 0000", tns.ErrMalformed},
		"longer than allowed":     {"FFFF 0000 06 00 0000", tns.ErrMalformed},
		"cut in its header":       {"000B 00", io.ErrUnexpectedEOF},
		"cut after its header":    {"000B 0000 06 00 0000", io.ErrUnexpectedEOF},
		"cut in its body":         {"000B 0000 06 00 0000 01", io.ErrUnexpectedEOF},
	} {
		_, err := tns.NewReader(bytes.NewReader(unhex(t, tc.bytes))).Next()
		if !errors.Is(err, tc.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAcceptIsWhatTheNotesShow(t *testing.T) {
	wish := tns.Connect{Version: 317, SDU: 0x80000, TDU: 0x80000}
	var b bytes.Buffer
	if err := tns.NewWriter(&b).Packet(tns.TypeAccept, wish.Answer().Encode(nil)); err != nil {
		t.Fatal(err)
	}
	want := unhex(t, "002D 0000 02 00 0000 013D 0001 FFFF FFFF 0001 0000 002D 0404 0000000000000000"+
		"00080000 00080000 00 00000000")
	if diff := cmp.Diff(want, b.Bytes()); diff != "" {
		t.Error(diff)
	}
}

func TestAnswerStaysInBounds(t *testing.T) {
	for _, tc := range []struct{ wish, want tns.Connect }{
		{tns.Connect{Version: 319, SDU: 8192, TDU: 8192}, tns.Connect{Version: 318, SDU: 8192, TDU: 8192}},
		{tns.Connect{Version: 315, SDU: 1, TDU: 1}, tns.Connect{Version: 315, SDU: tns.MinSDU, TDU: tns.MinSDU}},
		{tns.Connect{Version: 318, SDU: 1 << 30, TDU: 1 << 30}, tns.Connect{Version: 318, SDU: tns.MaxSDU, TDU: tns.MaxSDU}},
	} {
		got := tns.Connect{Version: tc.wish.Answer().Version, SDU: tc.wish.Answer().SDU, TDU: tc.wish.Answer().TDU}
		if got != tc.want {
			t.Errorf("%+v: got %+v", tc.wish, got)
		}
	}
}

func TestConnect(t *testing.T) {
	const data = "(DESCRIPTION=(CONNECT_DATA=(SID=X)))"
	head := "013D 012C 0801 FFFF FFFF 4F98 0000 0001 %s 0046 0000 0000 0101"
	fixed := unhex(t, strings.Replace(head, "%s", "0024", 1))
	fixed = append(fixed, make([]byte, 62-len(fixed))...)
	copy(fixed[50:], unhex(t, "00200000 00100000"))
	var c tns.Connect
	if err := c.Decode(append(fixed, data...)); err != nil {
		t.Fatal(err)
	}
	want := tns.Connect{Version: 317, MinVersion: 300, SDU: 2 << 20, TDU: 1 << 20, Length: len(data), Data: data}
	if diff := cmp.Diff(want, c); diff != "" || c.Follows() {
		t.Error(diff)
	}
	if err := c.Decode(fixed); err != nil || !c.Follows() {
		t.Errorf("connect data in packets of its own: %+v, %v", c, err)
	}
	copy(fixed[16:], unhex(t, "FFFF"))
	if err := c.Decode(fixed); !errors.Is(err, tns.ErrMalformed) {
		t.Errorf("too much connect data: %v", err)
	}
	copy(fixed[16:], unhex(t, "0004 0001"))
	if err := c.Decode(fixed); !errors.Is(err, tns.ErrMalformed) {
		t.Errorf("connect data inside the header: %v", err)
	}
}

func TestRefuseNamesTheError(t *testing.T) {
	body := tns.Refuse{Code: tns.CodeNoService}.Encode(nil)
	if !strings.Contains(string(body[4:]), "(ERR=12514)") || int(body[2])<<8+int(body[3]) != len(body)-4 {
		t.Errorf("%q", body)
	}
}

func TestMarkers(t *testing.T) {
	for _, m := range []tns.Marker{tns.Break, tns.Reset, tns.Interrupt} {
		if got, err := tns.DecodeMarker(m.Encode(nil)); got != m || err != nil {
			t.Errorf("%d: %d, %v", m, got, err)
		}
	}
	for _, bad := range []string{"", "0100", "010004", "010000", "020001", "01000100"} {
		if _, err := tns.DecodeMarker(unhex(t, bad)); !errors.Is(err, tns.ErrMalformed) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func FuzzPackets(f *testing.F) {
	f.Add([]byte("\x00\x0B\x00\x00\x0C\x00\x00\x00\x01\x00\x02"), false)
	f.Add([]byte("\x00\x00\x00\x0B\x0C\x00\x00\x00\x01\x00\x02"), true)
	f.Fuzz(func(t *testing.T, in []byte, long bool) {
		r := tns.NewReader(bytes.NewReader(in))
		if long {
			r.Accepted(tns.MaxSDU)
		}
		read := 0
		for {
			p, err := r.Next()
			if err != nil {
				break
			}
			read += 8 + len(p.Body)
			_, _, _ = tns.DataPayload(p.Body)
			_, _ = tns.DecodeMarker(p.Body)
			var c tns.Connect
			if c.Decode(p.Body) == nil && len(c.Data) > len(p.Body) {
				t.Error("more connect data than bytes")
			}
		}
		if read > len(in) {
			t.Errorf("%d bytes of %d", read, len(in))
		}
	})
}
