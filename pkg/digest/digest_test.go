package digest

import (
	"math/big"
	"testing"
)

func parsed(t *testing.T, text string) Sum {
	t.Helper()
	s, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSumsAddAndSubtract(t *testing.T) {
	for name, tt := range map[string]struct{ a, b, both string }{
		"no rows":        {"0-0", "0-0", "0-0"},
		"rows and none":  {"a-b", "0-0", "a-b"},
		"a carry":        {"ff-f", "1-f0", "100-ff"},
		"beyond 64 bits": {"123456789abcdef0120-0", "3-1", "123456789abcdef0123-1"},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := parsed(t, tt.a), parsed(t, tt.b)
			if got := a.Add(b).String(); got != tt.both {
				t.Errorf("%s + %s = %s, want %s", a, b, got, tt.both)
			}
			if rest, ok := parsed(t, tt.both).Sub(b); !ok || rest.String() != tt.a {
				t.Errorf("%s - %s = %s, %t", tt.both, b, rest, ok)
			}
			if got := a.String(); got != tt.a {
				t.Errorf("%s became %s", tt.a, got)
			}
		})
	}
}

func TestWhatIsNotThereCannotBeTakenAway(t *testing.T) {
	for _, less := range []string{"6-5", "5-6"} {
		if rest, ok := parsed(t, "5-5").Sub(parsed(t, less)); ok {
			t.Errorf("5-5 without %s is %s", less, rest)
		}
	}
}

func TestNoRowsHaveADigest(t *testing.T) {
	for _, s := range []Sum{{}, New(nil, nil), New(new(big.Int), nil)} {
		if s.String() != "0-0" {
			t.Errorf("%s, want 0-0", s)
		}
	}
}

func TestASumKeepsNoPartOfItsHalves(t *testing.T) {
	first := big.NewInt(7)
	s := New(first, nil)
	first.SetInt64(8)
	if s.String() != "7-0" {
		t.Errorf("%s, want 7-0", s)
	}
}

func TestOtherTextsAreNoDigests(t *testing.T) {
	for _, text := range []string{"", "-", "5", "5-", "-5", "x-5", "5--5", "+5-5", "5-5-5", "5 -5"} {
		if s, err := Parse(text); err == nil {
			t.Errorf("%q is %s", text, s)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"0-0", "5d-1c", "-", "1_0-1", "00-0A"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Parse(text)
		if err != nil {
			return
		}
		again, err := Parse(s.String())
		if err != nil || again.String() != s.String() {
			t.Errorf("%q is %s, and that is %s, %v", text, s, again, err)
		}
		if rest, ok := s.Add(s).Sub(s); !ok || rest.String() != s.String() {
			t.Errorf("%s + %s - %s = %s, %t", s, s, s, rest, ok)
		}
	})
}
