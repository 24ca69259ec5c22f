package verify

import (
	"strings"
	"testing"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestVerdict(t *testing.T) {
	counts := func(source, target int64) *pb.Comparison {
		return &pb.Comparison{SourceRows: source, TargetRows: target}
	}
	tests := map[string]struct {
		comparison *pb.Comparison
		leftOut    int
		want       pb.Verdict
	}{
		"equal":                  {compared("1-2", "1-2"), 0, pb.Verdict_VERDICT_VERIFIED},
		"equal, columns missing": {compared("1-2", "1-2"), 4, pb.Verdict_VERDICT_VERIFIED_PARTIAL},
		"values differ":          {compared("1-2", "1-3"), 0, pb.Verdict_VERDICT_DIFFERS},
		"one column unknown":     {compared("1-2", "1-2", "PHOTO"), 0, pb.Verdict_VERDICT_UNPROVEN},
		"unknown and missing":    {compared("1-2", "1-2", "PHOTO"), 4, pb.Verdict_VERDICT_UNPROVEN},
		"unknown and differing":  {compared("1-2", "1-3", "PHOTO"), 0, pb.Verdict_VERDICT_DIFFERS},
		"counted only":           {counts(5, 5), 0, pb.Verdict_VERDICT_UNPROVEN},
		"no sums":                {compared("", ""), 0, pb.Verdict_VERDICT_DIFFERS},
		"fewer":                  {counts(5, 4), 0, pb.Verdict_VERDICT_DIFFERS},
		"more, columns missing":  {counts(5, 6), 1, pb.Verdict_VERDICT_DIFFERS},
		"not counted":            {nil, 0, pb.Verdict_VERDICT_FAILED},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := Verdict(tt.comparison, tt.leftOut)
			if got != tt.want {
				t.Errorf("Verdict = %s, want %s", got, tt.want)
			}
			if equal := Compare(tt.want, pb.Verdict_VERDICT_VERIFIED_PARTIAL) <= 0; Equal(got) != equal {
				t.Errorf("Equal(%s) = %v", got, Equal(got))
			}
		})
	}
}

// compared is a comparison of equal counts.
func compared(source, target string, unknown ...string) *pb.Comparison {
	c := &pb.Comparison{
		SourceRows: 5, TargetRows: 5,
		SourceDigest: &pb.Digest{Rows: 5, Sum: source}, TargetDigest: &pb.Digest{Rows: 5, Sum: target},
	}
	for _, name := range unknown {
		c.NotCompared = append(c.NotCompared, &pb.ColumnLeftOut{Name: name, Why: "no right"})
	}
	return c
}

func TestWorst(t *testing.T) {
	if got := Worst(pb.Verdict_VERDICT_UNSPECIFIED, pb.Verdict_VERDICT_VERIFIED); got != pb.Verdict_VERDICT_VERIFIED {
		t.Errorf("Worst = %s", got)
	}
	if got := Worst(pb.Verdict_VERDICT_FAILED, pb.Verdict_VERDICT_DIFFERS); got != pb.Verdict_VERDICT_FAILED {
		t.Errorf("Worst = %s", got)
	}
	order := []pb.Verdict{
		pb.Verdict_VERDICT_UNSPECIFIED, pb.Verdict_VERDICT_VERIFIED, pb.Verdict_VERDICT_VERIFIED_PARTIAL,
		pb.Verdict_VERDICT_UNPROVEN, pb.Verdict_VERDICT_DIFFERS, pb.Verdict_VERDICT_FAILED,
	}
	for i, v := range order[1:] {
		if Worst(v, order[i]) != v || Worst(order[i], v) != v {
			t.Errorf("%s is not worse than %s", v, order[i])
		}
	}
	if Equal(pb.Verdict_VERDICT_UNSPECIFIED) {
		t.Error("an unset verdict says that rows arrived")
	}
}

func TestDifferencesAreNamed(t *testing.T) {
	if err := Table("A.T", pb.IfExists_IF_EXISTS_FAIL, compared("1-2", "1-2")); err != nil {
		t.Error(err)
	}
	for name, tt := range map[string]struct {
		comparison *pb.Comparison
		want       pb.Reason
		text       string
	}{
		"values":    {compared("1-2", "1-3"), pb.Reason_REASON_CHECKSUMS_DIFFER, "digests differ"},
		"unknown":   {compared("1-2", "1-2", "PHOTO"), pb.Reason_REASON_CHECKSUMS_UNKNOWN, "PHOTO (no right)"},
		"no digest": {&pb.Comparison{SourceRows: 3, TargetRows: 3}, pb.Reason_REASON_CHECKSUMS_UNKNOWN, "cannot be proven"},
	} {
		f := apierr.FailureOf(Table("A.T", pb.IfExists_IF_EXISTS_FAIL, tt.comparison))
		if f.GetReason() != tt.want || !strings.Contains(f.GetText(), tt.text) || f.GetHint() == "" || f.GetFacts()["table"] != "A.T" {
			t.Errorf("%s: failure %v", name, f)
		}
	}
	f := apierr.FailureOf(Table("A.T", pb.IfExists_IF_EXISTS_FAIL, &pb.Comparison{SourceRows: 50000, TargetRows: 48226}))
	if f.GetReason() != pb.Reason_REASON_COUNTS_DIFFER || !strings.Contains(f.GetText(), "1,774 missing from the target") {
		t.Errorf("failure %v", f)
	}
	if f.GetFacts()["source_rows"] != "50000" || f.GetFacts()["target_rows"] != "48226" || f.GetFacts()["table"] != "A.T" {
		t.Errorf("facts %v", f.GetFacts())
	}
	f = apierr.FailureOf(Chunk("A.T", "A.T/000001", pb.IfExists_IF_EXISTS_APPEND, &pb.Manifest{Rows: 2}, 4))
	if f.GetReason() != pb.Reason_REASON_COUNTS_DIFFER || !strings.Contains(f.GetText(), "2 too many on the target") {
		t.Errorf("failure %v", f)
	}
}

// A hint that says to drop a table must not be followed where others have rows.
func TestRowsOfOthersAreNotToBeDropped(t *testing.T) {
	for mode := range pb.IfExists_name {
		before := pb.IfExists(mode)
		for _, err := range []error{
			Table("A.T", before, &pb.Comparison{SourceRows: 1}), Table("A.T", before, compared("1-2", "1-3")), Chunk("A.T", "A.T/000001", before, &pb.Manifest{Rows: 1}, 0),
		} {
			hint := apierr.FailureOf(err).GetHint()
			if drops := strings.Contains(hint, "drop"); drops == (before == pb.IfExists_IF_EXISTS_APPEND) {
				t.Errorf("%s: hint %q", before, hint)
			}
		}
	}
}

func TestManifest(t *testing.T) {
	objects := func(rows int64, names ...string) *pb.Manifest {
		m := &pb.Manifest{Rows: rows}
		for _, n := range names {
			m.Objects = append(m.Objects, &pb.Object{Name: n})
		}
		return m
	}
	tests := map[string]struct {
		manifest *pb.Manifest
		want     pb.Reason
	}{
		"two objects":     {objects(2, "a", "b"), pb.Reason_REASON_UNSPECIFIED},
		"no rows":         {objects(0), pb.Reason_REASON_UNSPECIFIED},
		"rows, no object": {objects(1), pb.Reason_REASON_OBJECT_CHANGED},
		"object twice":    {objects(2, "a", "a"), pb.Reason_REASON_INTERNAL},
		"no name":         {objects(2, ""), pb.Reason_REASON_INTERNAL},
		"none":            {nil, pb.Reason_REASON_INTERNAL},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if err := Manifest("A.T/000001", tt.manifest); apierr.ReasonOf(err) != tt.want {
				t.Errorf("Manifest: %v, want %s", err, tt.want)
			}
		})
	}
}
