package compare

import (
	"cmp"
	"math/big"
	"regexp"
	"slices"
)

// numbers is how databases write numbers as keys, without an exponent.
var numbers = regexp.MustCompile(`^-?[0-9]{0,60}(\.[0-9]{1,60})?$`)

// order sorts differences by key, as people would look for them. Rows without one
// keep their order.
func order(all []*Difference) {
	slices.SortStableFunc(all, func(a, b *Difference) int { return slices.CompareFunc(a.GetKey(), b.GetKey(), compareValues) })
}

// compareValues compares two values of a column by number where both are numbers,
// which come before text.
func compareValues(a, b string) int {
	x, xIs := number(a)
	y, yIs := number(b)
	switch {
	case xIs && yIs:
		return cmp.Or(x.Cmp(y), cmp.Compare(a, b))
	case xIs:
		return -1
	case yIs:
		return 1
	}
	return cmp.Compare(a, b)
}

func number(text string) (*big.Rat, bool) {
	if !numbers.MatchString(text) {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}
