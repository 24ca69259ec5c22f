package datum

import (
	"math/big"
	"math/rand/v2"
	"testing"
)

func number(t testing.TB, s string) Value {
	t.Helper()
	v, err := ParseNumber(s)
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return v
}

func TestArithmetic(t *testing.T) {
	ops := map[string]func(a, b Value) (Value, error){"+": Add, "-": Sub, "*": Mul, "/": Div, "%": Mod}
	for _, c := range []struct{ a, op, b, want string }{
		{"1", "+", "2", "3"},
		{"0.1", "+", "0.2", "0.3"},
		{"99", "+", "1", "100"},
		{"-1", "+", "1", "0"},
		{"99999999999999999999999999999999999999", "+", "1", "100000000000000000000000000000000000000"},
		{"10.25", "-", "0.5", "9.75"},
		{"1", "-", "100.01", "-99.01"},
		{"12.5", "*", "-4", "-50"},
		{"123456789012345678", "*", "987654321098765432", "121932631137021794322511812221002896"},
		{"1", "/", "4", "0.25"},
		{"10", "/", "3", "3.33333333333333333333333333333333333333"},
		{"7", "%", "3", "1"},
		{"-7", "%", "3", "-1"},
		{"7.5", "%", "2", "1.5"},
		{"5", "%", "0", "5"},
	} {
		got, err := ops[c.op](number(t, c.a), number(t, c.b))
		if err != nil || got.Decimal() != c.want {
			t.Errorf("%s %s %s = %s (%v), want %s", c.a, c.op, c.b, got.Decimal(), err, c.want)
		}
	}
	if _, err := Div(FromInt(1), FromInt(0)); AsError(err).Code != 1476 {
		t.Errorf("division by zero: %v", err)
	}
}

func TestRound(t *testing.T) {
	for _, c := range []struct {
		in     string
		places int
		how    Rounding
		want   string
	}{
		{"2.5", 0, HalfUp, "3"},
		{"-2.5", 0, HalfUp, "-3"},
		{"2.449", 1, HalfUp, "2.4"},
		{"1250", -2, HalfUp, "1300"},
		{"1249", -2, HalfUp, "1200"},
		{"2.59", 1, Truncate, "2.5"},
		{"-2.59", 0, Truncate, "-2"},
		{"2.01", 0, Up, "3"},
		{"-2.01", 0, Up, "-2"},
		{"-2.01", 0, Down, "-3"},
		{"12345678901234567890.55", 1, HalfUp, "12345678901234567890.6"},
		{"0.005", 2, HalfUp, "0.01"},
		{"5", -1, HalfUp, "10"},
	} {
		if got := Round(number(t, c.in), c.places, c.how).Decimal(); got != c.want {
			t.Errorf("Round(%s, %d, %d) = %s, want %s", c.in, c.places, c.how, got, c.want)
		}
	}
}

// The short cut through int64 has to give what exact arithmetic gives.
func TestScaledArithmeticAgreesWithBig(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		a, b := randomDecimal(r), randomDecimal(r)
		x, _ := new(big.Rat).SetString(a)
		y, _ := new(big.Rat).SetString(b)
		va, vb := number(t, a), number(t, b)
		checkRat(t, a, "+", b, Add, va, vb, new(big.Rat).Add(x, y))
		checkRat(t, a, "-", b, Sub, va, vb, new(big.Rat).Sub(x, y))
		checkRat(t, a, "*", b, Mul, va, vb, new(big.Rat).Mul(x, y))
		if Compare(va, vb) != x.Cmp(y) {
			t.Fatalf("Compare(%s, %s) = %d", a, b, Compare(va, vb))
		}
	}
}

func checkRat(t *testing.T, a, op, b string, f func(a, b Value) (Value, error), va, vb Value, want *big.Rat) {
	t.Helper()
	got, err := f(va, vb)
	if err != nil || !ValidNumber(got.Bytes()) {
		t.Fatalf("%s %s %s: %v % x", a, op, b, err, got.Bytes())
	}
	if g, ok := new(big.Rat).SetString(got.Decimal()); !ok || g.Cmp(want) != 0 {
		t.Fatalf("%s %s %s = %s, want %s", a, op, b, got.Decimal(), want.FloatString(20))
	}
}

func randomDecimal(r *rand.Rand) string {
	digits := big.NewInt(r.Int64N(1 << uint(1+r.IntN(62))))
	if r.IntN(2) == 0 {
		digits.Neg(digits)
	}
	return digits.String() + []string{"", "e-1", "e-2", "e-5", "e-9", "e2", "e7"}[r.IntN(7)]
}

func TestIntervalsKeepTheirSign(t *testing.T) {
	for _, months := range []int64{0, 1, 14, -14, -1, 1199} {
		if got := FromIntervalYM(months).Months(); got != months {
			t.Errorf("months %d came back as %d", months, got)
		}
	}
	for _, c := range [][2]int64{{0, 0}, {90061, 5}, {-90061, -5}, {86400 * 400, 0}, {-1, -999999999}} {
		if s, n := FromIntervalDS(c[0], c[1]).Seconds(); s != c[0] || n != c[1] {
			t.Errorf("interval %v came back as %d %d", c, s, n)
		}
	}
}
