package codec_test

import (
	"strings"
	"testing"

	"github.com/adbferry/adbferry/agent/internal/codec"
)

func TestEveryFamilyHasACanonicalText(t *testing.T) {
	const mask = `'SYYYY-MM-DD HH24:MI:SS.FF9`
	for name, tt := range map[string]struct {
		dataType string
		text     string // of a value that is not NULL
		readable string
	}{
		"number":        {"NUMBER", `TO_CHAR("C", 'TM9', 'NLS_NUMERIC_CHARACTERS=''.,''')`, ""},
		"binary double": {"BINARY_DOUBLE", `RAWTOHEX(UTL_RAW.CAST_FROM_BINARY_DOUBLE("C"))`, `TO_CHAR("C", 'TM9', 'NLS_NUMERIC_CHARACTERS=''.,''')`},
		"varchar2":      {"VARCHAR2", `RAWTOHEX(STANDARD_HASH("C", 'SHA256'))`, `"C"`},
		"nchar":         {"NCHAR", `RAWTOHEX(STANDARD_HASH("C", 'SHA256'))`, `"C"`},
		"raw":           {"RAW", `RAWTOHEX(STANDARD_HASH("C", 'SHA256'))`, `RAWTOHEX("C")`},
		"date":          {"DATE", `TO_CHAR("C", 'SYYYY-MM-DD HH24:MI:SS')`, ""},
		"timestamp":     {"TIMESTAMP(3)", `TO_CHAR("C", ` + mask + `')`, ""},
		"with zone":     {"TIMESTAMP(6) WITH TIME ZONE", `TO_CHAR("C", ` + mask + ` TZR TZD')`, ""},
		"local zone":    {"TIMESTAMP(6) WITH LOCAL TIME ZONE", `TO_CHAR(SYS_EXTRACT_UTC("C"), ` + mask + `')`, ""},
		"interval":      {"INTERVAL DAY(2) TO SECOND(6)", `TO_CHAR("C")`, ""},
		"boolean":       {"BOOLEAN", `CASE WHEN "C" THEN 'T' WHEN NOT "C" THEN 'F' END`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			form, ok := codec.CanonicalOf(column(tt.dataType, 10, 10), `"C"`)
			if want := `CASE WHEN "C" IS NULL THEN '!' ELSE ` + tt.text + " END"; !ok || form.Text != want {
				t.Errorf("text %s, want %s", form.Text, want)
			}
			if tt.readable == "" {
				tt.readable = tt.text
			}
			if form.Readable != tt.readable || form.Crypto || form.Width < 1 || form.Width > 100 {
				t.Errorf("form %+v", form)
			}
		})
	}
}

// NULL is marked by a character that is in no canonical text: those of numbers
// and times have digits, signs, points, colons, blanks and letters, '~' for an
// infinite NUMBER, the names of time zones '/' and '_'; all others are hex.
func TestNULLIsMarkedByATextThatNoValueHas(t *testing.T) {
	form, ok := codec.CanonicalOf(column("NUMBER", 22, 0), `"C"`)
	if !ok {
		t.Fatal("a NUMBER has no canonical text")
	}
	mark, _, _ := strings.Cut(strings.TrimPrefix(form.Text, `CASE WHEN "C" IS NULL THEN '`), "'")
	if mark == "" || strings.ContainsAny(mark, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ~+-.,:/_ ") {
		t.Errorf("NULL is marked by %q, which may be a value's text", mark)
	}
}

func TestLargeObjectsNeedDBMSCrypto(t *testing.T) {
	for _, dataType := range []string{"CLOB", "NCLOB", "BLOB"} {
		form, ok := codec.CanonicalOf(column(dataType, 0, 0), `"C"`)
		if !ok || !form.Crypto || !strings.Contains(form.Text, `DBMS_CRYPTO.HASH("C", 4)`) {
			t.Errorf("%s: %+v", dataType, form)
		}
	}
	for _, dataType := range []string{"LONG", "BFILE", "VECTOR", "HR.ADDRESS"} {
		if form, ok := codec.CanonicalOf(column(dataType, 0, 0), `"C"`); ok {
			t.Errorf("%s: %+v", dataType, form)
		}
	}
}
