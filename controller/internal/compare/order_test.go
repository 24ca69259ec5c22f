package compare

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestDifferencesAreInTheOrderOfTheirKeys(t *testing.T) {
	var all []*Difference
	for _, key := range []string{"a 10", "b 1", "10 x", "9 x", "-1 x", ".5 x", "9 a", "-  x", "a 9", "a 1e3", "2026-11-22 x"} {
		all = append(all, &Difference{RowDifference: &pb.RowDifference{Key: strings.SplitN(key, " ", 2)}})
	}
	order(all)
	var got []string
	for _, d := range all {
		got = append(got, strings.Join(d.GetKey(), " "))
	}
	want := []string{"-1 x", ".5 x", "9 a", "9 x", "10 x", "-  x", "2026-11-22 x", "a 9", "a 10", "a 1e3", "b 1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}
