package chunk

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// maxWhere is the longest condition in bytes: it stands in every chunk of a plan.
const maxWhere = 4000

// CheckWhere refuses a text that cannot be one SQL condition, or that could end
// the parentheses it is put into: comments, semicolons, bind variables, quotes or
// parentheses that do not match. Whether what remains is a condition on the
// table is for the database to say. An empty text is no condition.
//
// Error: REASON_REQUEST_INVALID with the fact "field" = "where".
func CheckWhere(text string) error {
	if text == "" {
		return nil
	}
	if problem := whereProblem(text); problem != "" {
		return apierr.New(codes.InvalidArgument, pb.Reason_REASON_REQUEST_INVALID, "the condition %q cannot be used: %s", text, problem).
			WithFact("field", "where").
			WithHint("give what stands after WHERE, as one condition, such as ORDER_DATE >= DATE '2026-01-01'")
	}
	return nil
}

func whereProblem(text string) string {
	switch {
	case strings.TrimSpace(text) == "":
		return "it is blank"
	case len(text) > maxWhere:
		return "it is longer than 4000 bytes"
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return "it contains a NUL or is not UTF-8"
	}
	depth := 0
	for at := 0; at < len(text); at++ {
		switch c := text[at]; c {
		case '\'', '"':
			if c == '\'' && alternative(text[:at]) {
				return "it quotes with q'…', which is not read here"
			}
			end := strings.IndexByte(text[at+1:], c)
			if end < 0 {
				return "a quote is not closed"
			}
			at += end + 1 // a doubled quote is two texts that touch
		case '(':
			depth++
		case ')':
			if depth--; depth < 0 {
				return "a parenthesis is closed that was not opened"
			}
		default:
			if problem := badByte(text[at:]); problem != "" {
				return problem
			}
		}
	}
	if depth > 0 {
		return "a parenthesis is not closed"
	}
	return ""
}

// badByte says what is wrong with what a text begins with, outside of quotes.
func badByte(text string) string {
	switch {
	case strings.HasPrefix(text, "--"), strings.HasPrefix(text, "/*"):
		return "it contains a comment"
	case text[0] == ';':
		return "it contains a semicolon"
	case text[0] == ':':
		return "it contains a bind variable"
	default:
		return ""
	}
}

// alternative reports whether a quote behind a text begins a text of the q'[…]'
// kind, in which quotes and parentheses mean nothing.
func alternative(before string) bool {
	word := strings.TrimRightFunc(before, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("_$#", r) })
	last := strings.ToUpper(before[len(word):])
	return last == "Q" || last == "NQ"
}
