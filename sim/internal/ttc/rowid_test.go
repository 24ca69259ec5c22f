package ttc

import (
	"testing"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

func TestRowidsTravelAsNumbers(t *testing.T) {
	for text, want := range map[string]string{
		"AAAADoAABAAAAEFAAC": "01 01E8 01 01 00 02 0105 01 02",
		"AAAAAAAAAAAAAAAAAA": "01 00 00 00 00 00",
		"//////////////////": "01 04 FFFFFFFF 02 FFFF 00 04 FFFFFFFF 02 FFFF",
		"no address":         "00",
		"":                   "00",
	} {
		got := encoded(Dialect{}, func(w *Writer) { w.Rowid(datum.Of(datum.Rowid, text)) })
		wantBytes(t, got, unhex(t, want))
	}
}
