package ttc

import (
	"encoding/hex"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
)

// unhex reads hex digits with blanks between them.
func unhex(t testing.TB, s string) string {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// reading returns a Reader over packets of the given payloads.
func reading(dialect Dialect, packets ...string) *Reader {
	next := 1
	r := NewReader(func() (string, error) {
		if next >= len(packets) {
			return "", io.EOF
		}
		next++
		return packets[next-1], nil
	})
	r.Dialect = dialect
	r.Begin(packets[0])
	return r
}

// encoded returns what a function writes.
func encoded(dialect Dialect, write func(w *Writer)) string {
	w := Writer{Dialect: dialect}
	write(&w)
	return string(w.Bytes())
}

// wantBytes compares encodings in hex.
func wantBytes(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got  % x\nwant % x", got, want)
	}
}

func TestUnsignedIntegers(t *testing.T) {
	for n, want := range map[uint64]string{
		0: "00", 1: "01 01", 0xFF: "01 FF", 0x100: "02 01 00", 0xFFFF: "02 FF FF", 0x10000: "03 01 00 00",
		math.MaxUint32: "04 FF FF FF FF", math.MaxUint64: "08 FF FF FF FF FF FF FF FF",
	} {
		got := encoded(Dialect{}, func(w *Writer) { w.UB(n) })
		wantBytes(t, got, unhex(t, want))
		r := reading(Dialect{}, got)
		if back := r.UB(); back != n || r.Finish() != nil {
			t.Errorf("%d came back as %d: %v", n, back, r.Err())
		}
	}
}

func TestSignedIntegers(t *testing.T) {
	for n, want := range map[int64]string{
		0: "00", 1: "01 01", -1: "81 01", -127: "81 7F", -128: "81 80", -300: "82 01 2C",
		math.MaxInt64: "08 7F FF FF FF FF FF FF FF", math.MinInt64: "88 80 00 00 00 00 00 00 00",
	} {
		got := encoded(Dialect{}, func(w *Writer) { w.SB(n) })
		wantBytes(t, got, unhex(t, want))
		r := reading(Dialect{}, got)
		if back := r.SB(); back != n || r.Finish() != nil {
			t.Errorf("%d came back as %d: %v", n, back, r.Err())
		}
	}
}

func TestFixedIntegers(t *testing.T) {
	got := encoded(Dialect{}, func(w *Writer) {
		w.U8(1)
		w.U16(0x0203)
		w.U16LE(0x0203)
		w.U32(0x04050607)
	})
	wantBytes(t, got, unhex(t, "01 0203 0302 04050607"))
	r := reading(Dialect{}, got)
	if a, b, c, d := r.U8(), r.U16(), r.U16LE(), r.U32(); a != 1 || b != 0x203 || c != 0x203 || d != 0x4050607 || r.Finish() != nil {
		t.Errorf("%x %x %x %x: %v", a, b, c, d, r.Err())
	}
}

func TestStringsOfEveryLength(t *testing.T) {
	for _, n := range []int{0, 1, 252, 253, 254, 255, 256, 32767, 32768, 100_000} {
		s := strings.Repeat("s", n)
		for name, code := range map[string]struct {
			write func(w *Writer)
			read  func(r *Reader) string
		}{
			"CLR": {func(w *Writer) { w.CLR(s) }, (*Reader).CLR},
			"DLC": {func(w *Writer) { w.DLC(s) }, (*Reader).DLC},
		} {
			r := reading(Dialect{}, encoded(Dialect{}, code.write))
			if got := code.read(r); got != s || r.Finish() != nil {
				t.Errorf("%s of %d bytes came back with %d: %v", name, n, len(got), r.Err())
			}
		}
	}
}

func TestStringsAsTheNotesShow(t *testing.T) {
	long := strings.Repeat("x", 253)
	wantBytes(t, encoded(Dialect{}, func(w *Writer) { w.DLC("abcd") }), "\x01\x04\x04abcd")
	wantBytes(t, encoded(Dialect{}, func(w *Writer) { w.CLR(long) }), "\xFE\x01\xFD"+long+"\x00")
	r := reading(Dialect{}, "\xFE\x01\x02ab\x01\x01c\x00\xFF")
	if a, b := r.CLR(), r.CLR(); a != "abc" || b != "" || r.Finish() != nil {
		t.Errorf("%q %q: %v", a, b, r.Err())
	}
}

func TestCharacterArrays(t *testing.T) {
	raw, counted := reading(Dialect{}, "abc"), reading(Dialect{Counted: true}, "\x03abc")
	for _, r := range []*Reader{raw, counted} {
		if got := r.CHR(3); got != "abc" || r.Finish() != nil {
			t.Errorf("%q: %v", got, r.Err())
		}
	}
}

// TestMessagesMayBeCutAnywhere reads one message from packets of one byte.
func TestMessagesMayBeCutAnywhere(t *testing.T) {
	long := strings.Repeat("long", 200)
	all := encoded(Dialect{}, func(w *Writer) {
		w.U16(0x1234)
		w.UB(1 << 40)
		w.SB(-70000)
		w.CLR("short")
		w.CLR(long)
	})
	r := reading(Dialect{}, strings.Split(all, "")...)
	if r.U16() != 0x1234 || r.UB() != 1<<40 || r.SB() != -70000 || r.CLR() != "short" || r.CLR() != long {
		t.Error("other values came back")
	}
	if err := r.Finish(); err != nil {
		t.Error(err)
	}
}

func TestAttackersLengths(t *testing.T) {
	for name, tc := range map[string]struct {
		bytes string
		read  func(r *Reader)
	}{
		"integer too long":       {"09 000000000000000000", func(r *Reader) { r.UB() }},
		"negative unsigned":      {"81 01", func(r *Reader) { r.UB() }},
		"signed too long":        {"89 000000000000000000", func(r *Reader) { r.SB() }},
		"string never sent":      {"FE 04 7FFFFFFF 61", func(r *Reader) { r.CLR() }},
		"escape as a string":     {"FD 01", func(r *Reader) { r.CLR() }},
		"count over its limit":   {"04 FFFFFFFF", func(r *Reader) { r.Count(10, "things") }},
		"array never sent":       {"61", func(r *Reader) { r.CHR(1 << 30) }},
		"cut short":              {"02 01", func(r *Reader) { r.UB() }},
		"text without an end":    {strings.Repeat("61", 300), func(r *Reader) { r.terminated() }},
		"bytes that are left":    {"0101 02", func(r *Reader) { r.UB() }},
		"a locator beyond bound": {"02 FFFF", func(r *Reader) { r.Locator() }},
	} {
		r := NewReader(nil)
		r.Begin(unhex(t, tc.bytes))
		tc.read(r)
		if err := r.Finish(); !errors.Is(err, ErrProtocol) {
			t.Errorf("%s: %v", name, err)
		}
		if r.U8() != 0 || r.CLR() != "" || r.U32() != 0 || r.Raw(3) != "" {
			t.Errorf("%s: something was read after the error", name)
		}
	}
}

func TestRequestsAreBounded(t *testing.T) {
	big := strings.Repeat("x", 16<<20)
	r := NewReader(func() (string, error) { return big, nil })
	r.Begin(big)
	for range 40 {
		r.Raw(len(big))
	}
	if !errors.Is(r.Err(), ErrProtocol) {
		t.Errorf("640 MB went in: %v", r.Err())
	}
}

func TestErrorsOfTheSourceStay(t *testing.T) {
	broken := errors.New("broken")
	r := NewReader(func() (string, error) { return "", broken })
	r.Begin("\x02\x01")
	r.UB()
	if err := r.Finish(); !errors.Is(err, broken) || errors.Is(err, ErrProtocol) {
		t.Errorf("got %v", err)
	}
}

func FuzzPrimitives(f *testing.F) {
	f.Add("\xFE\x01\x02ab\x00\x05hello\x81\x01")
	f.Fuzz(func(t *testing.T, in string) {
		for _, dialect := range []Dialect{{}, {Counted: true}} {
			r := NewReader(nil)
			r.Dialect = dialect
			r.Begin(in)
			total := len(r.CLR()) + len(r.DLC()) + len(r.CHR(3)) + len(r.Locator())
			r.SB()
			r.UB()
			if total > len(in) {
				t.Errorf("%d bytes of %d", total, len(in))
			}
		}
	})
}
