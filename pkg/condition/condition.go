// Package condition checks the operator's SQL conditions: the text behind WHERE
// that selects rows of a table. The controller refuses a bad one before anybody
// is asked, the agent before it puts one into a statement. What the text means
// is for the database to say.
package condition

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxBytes is the longest condition in bytes: it stands in every chunk of a plan.
const MaxBytes = 4000

// Check refuses a text that cannot be one SQL condition, or that could end the
// parentheses it is put into: comments, semicolons, bind variables, quotes or
// parentheses that do not match. A table is read several times and in chunks, so
// what would select other rows each time is refused too, such as SYSDATE and
// ROWNUM. An empty text is no condition, and is fine.
//
// The error says what is wrong, in words that follow "the condition: ".
func Check(text string) error {
	switch {
	case text == "":
		return nil
	case strings.TrimSpace(text) == "":
		return errors.New("it is blank")
	case len(text) > MaxBytes:
		return fmt.Errorf("it is longer than %d bytes", MaxBytes)
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return errors.New("it contains a NUL or is not UTF-8")
	}
	if err := balanced(text); err != nil {
		return err
	}
	return steady(text)
}

// balanced reads a text to its end and refuses what would reach beyond it.
func balanced(text string) error {
	depth := 0
	for at := 0; at < len(text); at++ {
		switch c := text[at]; c {
		case '\'', '"':
			if c == '\'' && alternative(text[:at]) {
				return errors.New("it quotes with q'…', which is not read here; double the quotes in the text instead")
			}
			end := strings.IndexByte(text[at+1:], c)
			if end < 0 {
				return errors.New("a quote is not closed")
			}
			at += end + 1 // a doubled quote is two texts that touch
		case '(':
			depth++
		case ')':
			if depth--; depth < 0 {
				return errors.New("a parenthesis is closed that was not opened")
			}
		default:
			if err := unwanted(text[at:]); err != nil {
				return err
			}
		}
	}
	if depth > 0 {
		return errors.New("a parenthesis is not closed")
	}
	return nil
}

// unwanted says what is wrong with what a text begins with, outside of quotes.
func unwanted(text string) error {
	switch {
	case strings.HasPrefix(text, "--"), strings.HasPrefix(text, "/*"):
		return errors.New("it contains a comment")
	case text[0] == ';':
		return errors.New("it contains a semicolon")
	case text[0] == ':':
		return errors.New("it contains a bind variable")
	case text[0] < ' ' && !strings.ContainsRune("\t\r\n", rune(text[0])):
		return errors.New("it contains a control character")
	default:
		return nil
	}
}

// alternative reports whether a quote behind a text begins a text of the q'[…]'
// kind, in which quotes and parentheses mean nothing.
func alternative(before string) bool {
	word := strings.TrimRightFunc(before, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("_$#", r) })
	last := strings.ToUpper(before[len(word):])
	return last == "Q" || last == "NQ"
}
