package compare

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// listing makes rows of pairs of key and digest.
func listing(side string, pairs ...string) []*pb.RowDigest {
	var rows []*pb.RowDigest
	for i := 0; i < len(pairs); i += 2 {
		rows = append(rows, &pb.RowDigest{Hash: pairs[i], Key: []string{pairs[i]}, Digest: pairs[i+1], Address: fmt.Sprint(side, i/2)})
	}
	return rows
}

func TestListingsAreComparedByKey(t *testing.T) {
	for name, tt := range map[string]struct {
		source, target []string
		want           []string // kind, key, address on the source, address on the target
	}{
		"nothing":                 {nil, nil, nil},
		"equal":                   {[]string{"a", "1", "b", "2"}, []string{"a", "1", "b", "2"}, nil},
		"equal, in another order": {[]string{"a", "1", "a", "2"}, []string{"a", "2", "a", "1"}, nil},
		"changed":                 {[]string{"a", "1", "b", "2"}, []string{"a", "1", "b", "3"}, []string{"CHANGED b s1 t1"}},
		"missing":                 {[]string{"a", "1", "b", "2"}, []string{"a", "1"}, []string{"MISSING b s1 "}},
		"extra":                   {[]string{"a", "1"}, []string{"a", "1", "b", "2"}, []string{"EXTRA b  t1"}},
		"another key":             {[]string{"a", "1"}, []string{"b", "1"}, []string{"MISSING a s0 ", "EXTRA b  t0"}},
		"a row twice":             {[]string{"a", "1"}, []string{"a", "1", "a", "1"}, []string{"EXTRA a  t1"}},
		"one of several rows":     {[]string{"a", "1", "a", "2"}, []string{"a", "2", "a", "3"}, []string{"CHANGED a s0 t1"}},
		"fewer, and changed":      {[]string{"a", "1", "a", "2"}, []string{"a", "3"}, []string{"CHANGED a s0 t0", "MISSING a s1 "}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, d := range compareRows(listing("s", tt.source...), listing("t", tt.target...)) {
				kind := d.GetKind().String()[len("ROW_DIFFERENCE_KIND_"):]
				got = append(got, fmt.Sprintf("%s %s %s %s", kind, d.GetKey()[0], d.GetSourceAddress(), d.GetTargetAddress()))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What comes behind the end of a listing that was cut off is neither missing nor extra.
func TestListingsAreComparedAsFarAsBothReach(t *testing.T) {
	for name, tt := range map[string]struct {
		source, target       []string
		sourceCut, targetCut bool
		missing, extra, all  int
	}{
		"both whole":         {[]string{"a", "1", "a", "2"}, []string{"a", "1"}, false, false, 1, 0, 1},
		"the target cut off": {[]string{"a", "1", "a", "3", "a", "4"}, []string{"a", "2", "a", "3"}, false, true, 0, 0, 1},
		"the source cut off": {[]string{"a", "1", "a", "2"}, []string{"a", "1", "a", "2", "a", "3"}, true, false, 0, 0, 0},
		"both cut off":       {[]string{"a", "2", "a", "3", "b", "1"}, []string{"a", "1", "a", "2", "a", "3"}, true, true, 0, 1, 1},
		"many equal rows":    {[]string{"a", "1", "a", "1"}, []string{"a", "1", "a", "1", "a", "1"}, true, false, 0, 0, 0},
		"nothing listed":     {nil, []string{"a", "1"}, true, false, 0, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			source := &pb.ListRowDigestsResponse{Rows: listing("s", tt.source...), Truncated: tt.sourceCut}
			target := &pb.ListRowDigestsResponse{Rows: listing("t", tt.target...), Truncated: tt.targetCut}
			kinds := map[pb.RowDifferenceKind]int{}
			all := compareRows(reached(source, target), reached(target, source))
			for _, d := range all {
				kinds[d.GetKind()]++
			}
			missing, extra := kinds[pb.RowDifferenceKind_ROW_DIFFERENCE_KIND_MISSING], kinds[pb.RowDifferenceKind_ROW_DIFFERENCE_KIND_EXTRA]
			if missing != tt.missing || extra != tt.extra || len(all) != tt.all {
				t.Errorf("%d missing, %d extra of %d differences, want %d, %d of %d", missing, extra, len(all), tt.missing, tt.extra, tt.all)
			}
		})
	}
}

func TestBucketsAreAsFineAsTheyNeedToBe(t *testing.T) {
	for name, tt := range map[string]struct {
		parents []string
		rows    int64
		want    int32
	}{
		"few rows":        {nil, 100, 1},
		"thousands":       {nil, 100_000, 2},
		"a billion":       {nil, 1_000_000_000, 3},
		"below a parent":  {[]string{"ABC"}, 244_140, 6},
		"a small parent":  {[]string{"ABC"}, 1_500, 4},
		"no finer than":   {[]string{"ABCDEFABCDEFAB"}, 1_000_000, deepest},
		"not even deeper": {[]string{"ABCDEFABCDEF12"}, 10, deepest},
	} {
		t.Run(name, func(t *testing.T) {
			if got := finer(tt.parents, tt.rows); got != tt.want {
				t.Errorf("%d digits, want %d", got, tt.want)
			}
		})
	}
}
