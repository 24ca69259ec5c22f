package datum

import (
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// ParsePlain must never differ from what ParseNumber makes of a text by its
// general way.
func FuzzParsePlain(f *testing.F) {
	for _, seed := range []string{
		"0", "-0", "1", "-1", "10", "99", "100", "101", "1.5", "12.05", "-12345678.9", "100000000000000000", "999999999999999999",
		"0.5", ".5", "00", "007", "1.", "1.50", "-", "", "1e5", "+1", "1,5", "--1", "123456789012345678.9", "1.2.3", "1000.0001", "0.000000000000000001",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := ParsePlain(text, '.')
		if !ok {
			return
		}
		negative, digits, point, err := splitDecimal(text)
		if err != nil {
			t.Fatalf("%q is no number: %v", text, err)
		}
		if want, err := encodeNumber(negative, digits, point); err != nil || got != want {
			t.Errorf("%q reads as %x, the general way says %x, %v", text, got.Bytes(), want.Bytes(), err)
		}
		if comma, ok := ParsePlain(strings.Replace(text, ".", ",", 1), ','); !ok || comma != got {
			t.Errorf("%q with a comma reads as %x, %v", text, comma.Bytes(), ok)
		}
	})
}

func TestParsePlainTakesWhatExportsWrite(t *testing.T) {
	for _, text := range []string{"0", "7", "-7", "10", "100", "12345", "1234567890.5", "-99.99", "0.25", "100000000000000000"} {
		if v, ok := ParsePlain(text, '.'); !ok || v.Decimal() != text {
			t.Errorf("%s comes back as %q (%v)", text, v.Decimal(), ok)
		}
	}
}

func TestDecimalIsExactAndShortest(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		text := big.NewInt(random.Int64()).String()[:1+random.IntN(17)]
		if at := random.IntN(len(text) + 1); at > 0 && at < len(text) {
			text = text[:at] + "." + text[at:]
		}
		if random.IntN(2) == 0 {
			text = "-" + text
		}
		exponent := []string{"", "e-40", "e30", "e-7", "e3"}[random.IntN(5)]
		want, _ := new(big.Rat).SetString(text + exponent)
		out := number(t, text+exponent).Decimal()
		got, ok := new(big.Rat).SetString(out)
		if !ok || got.Cmp(want) != 0 {
			t.Fatalf("%s%s is written %s", text, exponent, out)
		}
		whole, fraction, point := strings.Cut(strings.TrimPrefix(out, "-"), ".")
		if whole != "0" && whole[0] == '0' || point && (fraction == "" || fraction[len(fraction)-1] == '0') {
			t.Fatalf("%s%s is written %s, which is not its shortest text", text, exponent, out)
		}
	}
}

func TestSumIsExactWhateverItsParts(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, scales := range [][]int{{0}, {2}, {0, 2}, {5, 0, 9}} {
		var sum Sum
		want := new(big.Rat)
		for i := range 2000 {
			n := random.Int64N(1_000_000_000_000_000_000)
			if random.IntN(3) == 0 {
				n = -n
			}
			text := big.NewInt(n).String() + []string{"e0", "e-2", "e-5", "e-9"}[scales[i%len(scales)]%4]
			if err := sum.Add(number(t, text)); err != nil {
				t.Fatal(err)
			}
			x, _ := new(big.Rat).SetString(text)
			want.Add(want, x)
		}
		v, err := sum.Value()
		got, ok := new(big.Rat).SetString(v.Decimal())
		if err != nil || !ok || got.Cmp(want) != 0 {
			t.Errorf("scales %v: the sum is %s (%v), want %s", scales, v.Decimal(), err, want.FloatString(9))
		}
	}
}

func TestClockKeepsAllFields(t *testing.T) {
	for _, at := range []time.Time{
		time.Date(2026, 11, 22, 13, 14, 15, 123456789, time.UTC), time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC), time.Date(-4712, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(-44, 3, 15, 1, 2, 3, 0, time.UTC),
	} {
		if got := FromTimestamp(at); !got.Time().Equal(at) || got.Clock() != ClockOf(at) {
			t.Errorf("%v comes back as %v", at, got.Time())
		}
		if got := FromDate(at); !got.Time().Equal(at.Truncate(time.Second)) {
			t.Errorf("the DATE of %v is %v", at, got.Time())
		}
	}
}
