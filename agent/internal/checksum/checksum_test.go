package checksum

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/adbferry/adbferry/agent/internal/codec"
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

func TestTheSumsOfAnAnswerAreExact(t *testing.T) {
	valid := func(s string) sql.NullString { return sql.NullString{String: s, Valid: true} }
	big, err := (&answer{rows: 3, first: valid("72057594037927935000000000000"), second: valid("255")}).sum()
	if err != nil || big.String() != "e8d4a50fffffff172b5af000-ff" {
		t.Errorf("%s, %v", big, err)
	}
	none, err := new(answer).sum()
	if err != nil || none.String() != "0-0" {
		t.Errorf("%s, %v", none, err)
	}
	if _, err := (&answer{first: valid("1.5")}).sum(); err == nil {
		t.Error("a fraction is not a sum")
	}
}
