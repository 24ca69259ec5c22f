package quantity_test

import (
	"testing"

	"github.com/adbferry/adbferry/pkg/quantity"
)

func TestNounsAgreeWithTheirNumbers(t *testing.T) {
	for n, want := range map[int64]string{0: "0 rows", 1: "1 row", 2: "2 rows", 50_000: "50,000 rows", -1: "-1 rows"} {
		if got := quantity.Of(n, "row"); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}
