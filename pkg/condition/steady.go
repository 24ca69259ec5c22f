package condition

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// quoted is a text or a name in quotes, of which words are nobody's business.
var quoted = regexp.MustCompile(`'[^']*'|"[^"]*"`)

// word is a name as SQL reads one.
var word = regexp.MustCompile(`\pL[\pL\pN_$#]*`)

// unsteady says of words why they cannot be in a condition: what they stand for
// is not the same for every chunk, at every time and in both databases. AS OF SCN
// does not hold them still.
var unsteady = map[string]string{
	"ROWNUM":            "which counts anew in every chunk",
	"SYSDATE":           "which goes on while the table is moved; write the time itself",
	"SYSTIMESTAMP":      "which goes on while the table is moved; write the time itself",
	"CURRENT_DATE":      "which goes on while the table is moved; write the time itself",
	"CURRENT_TIMESTAMP": "which goes on while the table is moved; write the time itself",
	"LOCALTIMESTAMP":    "which goes on while the table is moved; write the time itself",
	"DBMS_RANDOM":       "which is another value each time",
	"SYS_GUID":          "which is another value each time",
}

// steady refuses conditions that would not select the same rows whenever they are
// asked. The quotes of the text match.
func steady(text string) error {
	if strings.EqualFold(firstOf(text), "WHERE") {
		return errors.New("it begins with WHERE; give only what stands behind it")
	}
	for _, w := range word.FindAllString(quoted.ReplaceAllString(text, " "), -1) {
		if why := unsteady[strings.ToUpper(w)]; why != "" {
			return fmt.Errorf("it uses %s, %s", strings.ToUpper(w), why)
		}
	}
	return nil
}

// firstOf is the word that a text begins with, "" for none.
func firstOf(text string) string {
	text = strings.TrimSpace(text)
	if at := word.FindStringIndex(text); at != nil && at[0] == 0 {
		return text[:at[1]]
	}
	return ""
}
