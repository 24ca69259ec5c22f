package session

import (
	"strings"
	"testing"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

func TestLobPositionsAreCharacters(t *testing.T) {
	clob := &lob{text: "aü🚢\nz"} // 1, 1, 2, 1 and 1 units
	blob := &lob{blob: true, text: "\x00\x01\x02"}
	for _, tc := range []struct {
		lob            *lob
		offset, amount uint64
		want           string
		read           uint64
	}{
		{clob, 1, 0, "aü🚢\nz", 6},
		{clob, 1, 2, "aü", 2},
		{clob, 3, 2, "🚢", 2},
		{clob, 5, 100, "\nz", 2},
		{clob, 2, 1, "ü", 1}, // back again
		{clob, 7, 1, "", 0},
		{clob, 0, 1, "", 0},
		{blob, 2, 1, "\x01", 1},
		{blob, 1, 0, "\x00\x01\x02", 3},
		{blob, 4, 1, "", 0},
		{&lob{}, 1, 10, "", 0},
	} {
		if got, n := tc.lob.read(tc.offset, tc.amount); got != tc.want || n != tc.read {
			t.Errorf("%q from %d, %d: %q, %d", tc.lob.text, tc.offset, tc.amount, got, n)
		}
	}
}

func TestReadingALobPieceByPiece(t *testing.T) {
	text := strings.Repeat("aü€🚢", 1000)
	l := &lob{text: text}
	var got strings.Builder
	for at := uint64(1); at <= l.length(); at += 5 {
		piece, _ := l.read(at, 5)
		got.WriteString(piece)
	}
	if got.String() != text {
		t.Errorf("%d bytes of %d", got.Len(), len(text))
	}
}

func TestWritingALob(t *testing.T) {
	for _, tc := range []struct {
		blob   bool
		start  string
		offset uint64
		data   string
		want   string
	}{
		{false, "", 1, "new", "new"},
		{false, "aü🚢z", 3, "xy", "aüxyz"},
		{false, "abc", 4, "ü", "abcü"},
		{false, "abc", 6, "ü", "abc  ü"},
		{false, "abc", 3, "xyz", "abxyz"},
		{true, "abc", 6, "d", "abc\x00\x00d"},
		{true, "abc", 1, "XY", "XYc"},
	} {
		l := &lob{blob: tc.blob, text: tc.start}
		l.write(tc.offset, tc.data)
		if got := l.content(); got != tc.want || l.length() != uint64(len([]rune(tc.want))) {
			t.Errorf("%q at %d of %q: %q of length %d", tc.data, tc.offset, tc.start, got, l.length())
		}
	}
}

func TestAppendingToALob(t *testing.T) {
	l := &lob{}
	for range 1000 {
		l.write(l.length()+1, "pièce ")
	}
	if want := strings.Repeat("pièce ", 1000); l.content() != want {
		t.Errorf("%d bytes of %d", len(l.content()), len(want))
	}
	l.trim(5)
	if l.content() != "pièce" || l.length() != 5 {
		t.Errorf("trimmed to %q", l.content())
	}
	l.trim(50)
	if l.length() != 5 {
		t.Error("trimming made it longer")
	}
}

func TestRetiredLobsStayForAWhile(t *testing.T) {
	s := lobs{open: map[uint64]*lob{}}
	cur := &cursor{}
	first, _ := s.handOut(cur, datum.FromClob("first"), false, nil)
	s.retire(cur)
	if v, err := s.value(first); err != nil || v != datum.FromClob("first") {
		t.Errorf("%v, %v", v, err)
	}
	for range maxRetired {
		s.handOut(cur, datum.FromBlob(nil), false, nil)
	}
	s.retire(cur)
	if _, err := s.value(first); visible(err).Code != 22922 {
		t.Errorf("got %v", err)
	}
	if len(s.open) != maxRetired {
		t.Errorf("%d LOBs are kept", len(s.open))
	}
}

func TestOnlyTemporaryLobsAreFreed(t *testing.T) {
	s := lobs{open: map[uint64]*lob{}}
	kept, _ := s.handOut(&cursor{}, datum.FromClob("kept"), false, nil)
	gone, _ := s.temporary(datum.FromClob("gone"), false)
	for _, l := range []string{kept, gone, "short", strings.Repeat("x", locatorSize)} {
		s.free(l)
	}
	if _, err := s.find(kept); err != nil {
		t.Error(err)
	}
	if _, err := s.find(gone); err == nil {
		t.Error("a freed LOB is still there")
	}
}
