package checksum

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/adbferry/adbferry/agent/internal/codec"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func forms(n, width int) []*codec.Canonical {
	all := make([]*codec.Canonical, n)
	for i := range all {
		all[i] = &codec.Canonical{Text: fmt.Sprintf("t%d", i), Width: width}
	}
	return all
}

func TestColumnsAreJoinedUpToWhatATextTakes(t *testing.T) {
	for name, tt := range map[string]struct {
		forms  []*codec.Canonical
		hashes int
	}{
		"none":           {nil, 1},
		"one":            {forms(1, 64), 1},
		"a full group":   {forms(60, 64), 1},
		"one more":       {forms(61, 64), 3}, // two groups and the hash of both
		"a thousand":     {forms(1000, 64), 18},
		"the widest one": {forms(3, 3900), 4},
	} {
		t.Run(name, func(t *testing.T) {
			text := rowHash(tt.forms)
			if got := strings.Count(text, "STANDARD_HASH"); got != tt.hashes {
				t.Errorf("%d hashes, want %d: %s", got, tt.hashes, text)
			}
			for _, f := range tt.forms {
				if strings.Count(text+" ", f.Text+" ")+strings.Count(text, f.Text+",") != 1 {
					t.Errorf("%s is not there once", f.Text)
				}
			}
		})
	}
}

func TestDigestsAddUp(t *testing.T) {
	valid := func(s string) sql.NullString { return sql.NullString{String: s, Valid: true} }
	big := digest{rows: 3, first: valid("72057594037927935000000000000"), second: valid("255")}
	m, err := big.message()
	if err != nil || m.GetSum() != "e8d4a50fffffff172b5af000-ff" || m.GetRows() != 3 {
		t.Errorf("%v, %v", m, err)
	}
	none, err := new(digest).message()
	if err != nil || none.GetSum() != "0-0" {
		t.Errorf("%v, %v", none, err)
	}
	if _, err := (&digest{first: valid("1.5")}).message(); err == nil {
		t.Error("a fraction is no sum")
	}
	sum := total([]*pb.Bucket{{Digest: m}, {Digest: &pb.Digest{Rows: 1, Sum: "1-1"}}})
	if diff := cmp.Diff(&pb.Digest{Rows: 4, Sum: "e8d4a50fffffff172b5af001-100"}, sum, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}
