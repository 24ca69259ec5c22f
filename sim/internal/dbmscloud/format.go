package dbmscloud

import (
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// format is the parsed format argument: option names and their values. Its
// readers take what they know with typed accessors; the first value that does
// not fit is kept in err, so that callers check once.
type format struct {
	values map[string]any // string, bool, json.Number; others are refused
	err    error
}

// parseFormat reads the JSON text of a format argument.
//
// Error: ORA-20009 when it is no JSON object.
func parseFormat(text string) (*format, error) {
	f := &format{values: map[string]any{}}
	if strings.TrimSpace(text) == "" {
		return f, nil
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&f.values); err != nil || f.values == nil || d.More() {
		return nil, datum.Errorf(20009, "Invalid format: the format argument is not a JSON object")
	}
	return f, nil
}

// check refuses keys that are not in known, with the text seen in the field
// (reference, section 1.2), and keys that the simulator does not implement.
func (f *format) check(known, unsimulated []string) error {
	for _, key := range slices.Sorted(maps.Keys(f.values)) {
		if slices.Contains(unsimulated, key) {
			return notSimulated("format parameter " + key)
		}
		if !slices.Contains(known, key) {
			return datum.Errorf(20000, "Invalid format parameter: Unrecognized parameter %s", key)
		}
	}
	return nil
}

func notSimulated(what string) error {
	return datum.Errorf(20000, "adbferry-sim does not simulate %s", what)
}

func (f *format) bad(key string) {
	if f.err == nil {
		f.err = datum.Errorf(20000, "Invalid format parameter: Bad value for %s", key)
	}
}

// text returns an option as text; ok is false when it was not given.
func (f *format) text(key string) (value string, ok bool) {
	switch v := f.values[key].(type) {
	case nil:
		return "", false
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case json.Number:
		return v.String(), true
	}
	f.bad(key)
	return "", false
}

// flag reads a boolean, which may be written as one or as a string.
func (f *format) flag(key string) bool {
	text, ok := f.text(key)
	switch {
	case !ok, strings.EqualFold(text, "false"):
		return false
	case strings.EqualFold(text, "true"):
		return true
	}
	f.bad(key)
	return false
}

// number reads a whole number, which may be written as one or as a string.
func (f *format) number(key string, byDefault, least, most int64) int64 {
	text, ok := f.text(key)
	if !ok {
		return byDefault
	}
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil || n < least || n > most {
		f.bad(key)
	}
	return n
}

// word reads one of a few names, in lower case; the first is the default.
func (f *format) word(key string, words ...string) string {
	text, ok := f.text(key)
	if !ok {
		return words[0]
	}
	word := strings.ToLower(strings.TrimSpace(text))
	if !slices.Contains(words, word) {
		f.bad(key)
	}
	return word
}

// character reads an option that is one character.
func (f *format) character(key string) string {
	text, ok := f.text(key)
	if ok && len([]rune(text)) != 1 {
		f.bad(key)
	}
	return text
}

// separator reads a delimiter of the loader: literal characters, or a hex form
// such as X'09' (reference, section 2.3).
func (f *format) separator(key, byDefault string) string {
	text, ok := f.text(key)
	if !ok {
		return byDefault
	}
	if decoded, ok := hexLiteral(text); ok {
		return decoded
	}
	if text == "" || strings.ContainsAny(text, "\\'\"\r\n") {
		f.bad(key)
	}
	return text
}

// lineEnd reads recorddelimiter: a quoted text with escapes, a hex form, real
// control characters, or the word newline. "" means newline as detected.
func (f *format) lineEnd(key string) string {
	text, ok := f.text(key)
	if !ok {
		return ""
	}
	if decoded, ok := hexLiteral(text); ok {
		return decoded
	}
	if word := strings.ToLower(strings.TrimSpace(text)); word == "newline" || word == "detected newline" {
		return ""
	}
	if n := len(text); n > 2 && text[0] == text[n-1] && (text[0] == '\'' || text[0] == '"') {
		return strings.NewReplacer(`\n`, "\n", `\r`, "\r", `\t`, "\t", `\\`, `\`).Replace(text[1 : n-1])
	}
	if text == "" || strings.Contains(text, `\`) { // escapes count only inside quotes
		f.bad(key)
	}
	return text
}

// hexLiteral decodes X'0D0A', 0x'0D0A' and the same with doubled quotes, which
// is how it looks when it was doubled once too often on its way through SQL.
func hexLiteral(text string) (string, bool) {
	rest, ok := cutPrefixFold(strings.TrimSpace(text), "0x")
	if !ok {
		if rest, ok = cutPrefixFold(strings.TrimSpace(text), "x"); !ok {
			return "", false
		}
	}
	digits := strings.Trim(rest, "'")
	if digits == rest {
		return "", false
	}
	if len(digits)%2 == 1 {
		digits = "0" + digits
	}
	decoded, err := hex.DecodeString(digits)
	return string(decoded), err == nil && len(decoded) > 0
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// trim is the trimspaces option.
type trim string

// The trim modes (reference, section 1.3).
const (
	trimNone  trim = "notrim"
	trimLeft  trim = "ltrim"
	trimRight trim = "rtrim"
	trimBoth  trim = "lrtrim"
	trimField trim = "ldrtrim" // like notrim, but a field that lacks its enclosure loses leading blanks
)

func (f *format) trim() trim {
	return trim(f.word("trimspaces", string(trimNone), string(trimLeft), string(trimRight), string(trimBoth), string(trimField)))
}

// apply cuts blanks; bare says that the field could have been enclosed and was
// not.
func (t trim) apply(s string, bare bool) string {
	switch t {
	case trimLeft:
		return strings.TrimLeft(s, " \t")
	case trimRight:
		return strings.TrimRight(s, " \t")
	case trimBoth:
		return strings.Trim(s, " \t")
	case trimField:
		if bare {
			return strings.TrimLeft(s, " \t")
		}
	case trimNone:
	}
	return s
}
