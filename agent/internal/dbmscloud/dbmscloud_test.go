package dbmscloud

import (
	"testing"

	"github.com/adbferry/adbferry/agent/internal/oracle"
)

func TestFormatsSayEverythingAndNothingThatLosesData(t *testing.T) {
	for want, format := range map[string]any{
		`{"type":"csv","delimiter":",","header":false,"trimspaces":"notrim"}`: exportFormat{Type: "csv", Delimiter: delimiter, TrimSpaces: "notrim"},
		`{"type":"csv","delimiter":",","skipheaders":0,"rejectlimit":0,"trimspaces":"notrim","conversionerrors":"reject_record"}`: copyFormat{
			Type: "csv", Delimiter: delimiter, TrimSpaces: "notrim", ConversionErrors: "reject_record",
		},
	} {
		if got, err := formatText(format); err != nil || got != want {
			t.Errorf("%v\ngot  %s\nwant %s", err, got, want)
		}
	}
}

func TestFieldsHaveTheirLength(t *testing.T) {
	name := func(text string) oracle.Name {
		n, err := oracle.NewName(text)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if got := fieldList([]Field{{name("C1"), 64}, {name("CEND"), 1}}); got != `"C1" CHAR(64), "CEND" CHAR(1)` {
		t.Errorf("got %s", got)
	}
}

func TestOnlyNumbersLeaveALog(t *testing.T) {
	got := message.FindAllString(`KUP-04101: record 3 rejected in file https://h/p/t0ken/n/x, value 'secret'`, -1)
	if len(got) != 1 || got[0] != "KUP-04101" {
		t.Errorf("got %v", got)
	}
}
