package plan

import (
	"errors"
	"fmt"
	"strings"
)

// CheckCondition refuses a text that cannot stand between the parentheses of
// WHERE (…): an open quote or parenthesis, a comment or a semicolon would take
// in what follows it. Whether the rest is SQL, the database says when the table
// is planned.
func CheckCondition(text string) error {
	depth := 0
	for rest := text; rest != ""; {
		var err error
		switch {
		case strings.HasPrefix(rest, "--"), strings.HasPrefix(rest, "/*"):
			return errors.New("it has a comment")
		case rest[0] == ';':
			return errors.New("it has a semicolon")
		case rest[0] < ' ' && !strings.ContainsRune("\t\r\n", rune(rest[0])):
			return errors.New("it has a control character")
		case rest[0] == '(':
			depth++
			rest = rest[1:]
		case rest[0] == ')':
			if depth--; depth < 0 {
				return errors.New("a parenthesis is closed that was not opened")
			}
			rest = rest[1:]
		case isWord(rest[0]):
			rest, err = skipWord(rest)
		case rest[0] == '\'' || rest[0] == '"':
			rest, err = skipQuoted(rest, rest[:1])
		default:
			rest = rest[1:]
		}
		if err != nil {
			return err
		}
	}
	if depth > 0 {
		return errors.New("a parenthesis is not closed")
	}
	return nil
}

func isWord(b byte) bool {
	return b >= 0x80 || b == '_' || b == '$' || b == '#' || '0' <= b && b <= '9' || 'A' <= b && b <= 'Z' || 'a' <= b && b <= 'z'
}

// skipWord passes a word, and with q'…' or nq'…' the literal that it begins.
func skipWord(text string) (rest string, err error) {
	end := 0
	for end < len(text) && isWord(text[end]) {
		end++
	}
	word, rest := strings.ToUpper(text[:end]), text[end:]
	if (word != "Q" && word != "NQ") || len(rest) < 2 || rest[0] != '\'' {
		return rest, nil
	}
	closing := rest[1:2]
	if open := strings.IndexByte("[{<(", rest[1]); open >= 0 {
		closing = "]}>)"[open : open+1]
	}
	return skipQuoted(rest[1:], closing+"'")
}

// skipQuoted passes what lies between the first byte and the closing text.
func skipQuoted(text, closing string) (rest string, err error) {
	_, rest, ok := strings.Cut(text[1:], closing)
	if !ok {
		return "", fmt.Errorf("a quote is not closed: %s", text)
	}
	return rest, nil
}
