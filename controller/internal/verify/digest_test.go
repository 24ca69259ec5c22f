package verify

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestWhatATableHeldBeforeIsSubtracted(t *testing.T) {
	digest := func(rows int64, sum string) *pb.Digest { return &pb.Digest{Rows: rows, Sum: sum} }
	for name, tt := range map[string]struct{ all, before, want *pb.Digest }{
		"nothing":           {digest(3, "a-b"), nil, digest(3, "a-b")},
		"an empty table":    {digest(3, "a-b"), digest(0, "0-0"), digest(3, "a-b")},
		"rows":              {digest(5, "100-ff"), digest(2, "1-f0"), digest(3, "ff-f")},
		"all of them":       {digest(2, "1-f0"), digest(2, "1-f0"), digest(0, "0-0")},
		"beyond 64 bits":    {digest(2, "123456789abcdef0123-1"), digest(1, "3-1"), digest(1, "123456789abcdef0120-0")},
		"they changed":      {digest(2, "5-5"), digest(1, "6-5"), digest(1, "")},
		"they are gone":     {digest(1, "5-5"), digest(2, "1-1"), digest(-1, "")},
		"no sum before":     {digest(2, "5-5"), digest(1, ""), digest(1, "")},
		"no sum now":        {digest(2, ""), digest(1, "1-1"), digest(1, "")},
		"no number":         {digest(2, "x-5"), digest(1, "1-1"), digest(1, "")},
		"a negative number": {digest(2, "5--5"), digest(1, "1-1"), digest(1, "")},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, Without(tt.all, tt.before), protocmp.Transform()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAppendedRowsAreCompared(t *testing.T) {
	appended := func(source, all string, rows int64, before *pb.Digest, unknown ...string) *pb.Comparison {
		c := compared(source, all, unknown...)
		c.TargetRows, c.TargetDigest.Rows = rows, rows
		Appended(c, []string{"A", "B"}, before)
		return c
	}
	two := &pb.Digest{Rows: 2, Sum: "1-1"}
	for name, tt := range map[string]struct {
		comparison *pb.Comparison
		want       pb.Verdict
	}{
		"nothing before":    {appended("5-5", "5-5", 5, nil), pb.Verdict_VERDICT_VERIFIED},
		"equal":             {appended("5-5", "6-6", 7, two), pb.Verdict_VERDICT_VERIFIED},
		"values differ":     {appended("5-5", "7-6", 7, two), pb.Verdict_VERDICT_DIFFERS},
		"a row too few":     {appended("5-5", "6-6", 6, two), pb.Verdict_VERDICT_DIFFERS},
		"changed before":    {appended("5-5", "0-6", 7, two), pb.Verdict_VERDICT_DIFFERS},
		"a column left out": {appended("5-5", "6-6", 7, two, "B"), pb.Verdict_VERDICT_UNPROVEN},
		"not digested":      {appended("5-5", "6-6", 7, &pb.Digest{Rows: 2}), pb.Verdict_VERDICT_UNPROVEN},
		"fewer, not known":  {appended("5-5", "6-6", 6, &pb.Digest{Rows: 2}), pb.Verdict_VERDICT_DIFFERS},
	} {
		if got := Verdict(tt.comparison, 0); got != tt.want {
			t.Errorf("%s: %s, want %s of %v", name, got, tt.want, tt.comparison)
		}
	}
}
