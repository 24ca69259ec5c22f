// Package digest is the text form of a row digest, "5d…-1c…": two sums over the
// hashes of a table's rows, in hexadecimal, which add and subtract as the sets of
// rows do. It knows no rows and no SQL; what equal digests prove is decided in
// controller/internal/verify.
package digest

import (
	"fmt"
	"math/big"
	"strings"
)

// A Sum is the two sums of a digest, and never changes. The zero value is that of
// no rows, "0-0".
type Sum struct {
	first, second big.Int
}

// New makes a sum of its two halves, of which it keeps no part; nil is 0. Both
// must not be negative.
func New(first, second *big.Int) Sum {
	var s Sum
	if first != nil {
		s.first.Set(first)
	}
	if second != nil {
		s.second.Set(second)
	}
	return s
}

// Parse reads what String writes. A text that is not two sums is an error; so is
// "", the text of a digest that could not be taken.
func Parse(text string) (Sum, error) {
	first, second, found := strings.Cut(text, "-")
	var s Sum
	if !found || !parse(&s.first, first) || !parse(&s.second, second) {
		return Sum{}, fmt.Errorf("%q is not a digest of rows", text)
	}
	return s, nil
}

// parse reads one sum: hexadecimal digits without a sign.
func parse(to *big.Int, text string) bool {
	_, valid := to.SetString(text, 16)
	return valid && to.Sign() >= 0 && !strings.HasPrefix(text, "+")
}

// String writes the sums in hexadecimal, without leading zeros.
func (s Sum) String() string { return s.first.Text(16) + "-" + s.second.Text(16) }

// Add is the digest of the rows of both.
func (s Sum) Add(t Sum) Sum {
	var both Sum
	both.first.Add(&s.first, &t.first)
	both.second.Add(&s.second, &t.second)
	return both
}

// Sub is the digest of the rows that remain without those of t. Rows of t that s
// does not have show, mostly, as a negative sum; then ok is false.
func (s Sum) Sub(t Sum) (rest Sum, ok bool) {
	rest.first.Sub(&s.first, &t.first)
	rest.second.Sub(&s.second, &t.second)
	if rest.first.Sign() < 0 || rest.second.Sign() < 0 {
		return Sum{}, false
	}
	return rest, true
}
