package dbmscloud

import (
	"testing"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

func FuzzFormat(f *testing.F) {
	f.Add(`{"type":"csv","header":true,"maxfilesize":"10485760"}`)
	f.Add(`{"type":"csv with embedded","delimiter":"X'0D'","rejectlimit":"unlimited"}`)
	f.Add(`{"recorddelimiter":"\"\\r\\n\"","numericcharacters":"',.'"}`)
	f.Fuzz(func(t *testing.T, text string) {
		k := Knobs{}.withDefaults()
		out, err := parseExportFormat(text, k)
		switch {
		case err != nil:
			checkFormatError(t, text, err)
		case out.maxFileSize < 10<<20 || out.maxFileSize > 1<<30 || out.delimiter == "" || out.recordDelimiter == "":
			t.Errorf("%s: %+v", text, out)
		}
		in, err := parseCopyFormat(text, k)
		switch {
		case err != nil:
			checkFormatError(t, text, err)
		case in.text.delimiter == "" || in.text.readSize < 1 || in.rejectLimit < 0 || in.skipHeaders < 0:
			t.Errorf("%s: %+v", text, in)
		}
	})
}

func checkFormatError(t *testing.T, text string, err error) {
	t.Helper()
	if e := datum.AsError(err); e.Code != 20000 && e.Code != 20009 {
		t.Errorf("%s: %v", text, err)
	}
}
