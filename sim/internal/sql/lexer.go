package sql

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

type lexer struct {
	src    string
	at     int
	tokens []token
}

// scan cuts a statement into tokens; the last one has kind end.
func scan(src string) ([]token, error) {
	l := &lexer{src: src, tokens: make([]token, 0, len(src)/5+2)}
	for {
		if err := l.blank(); err != nil {
			return nil, err
		}
		if l.at >= len(l.src) {
			l.add(token{kind: end, pos: len(src), end: len(src)})
			return l.tokens, nil
		}
		if err := l.next(); err != nil {
			return nil, err
		}
	}
}

func (l *lexer) add(t token) { l.tokens = append(l.tokens, t) }

func (l *lexer) rest() string { return l.src[l.at:] }

// blank skips white space and comments, hints included.
func (l *lexer) blank() error {
	for l.at < len(l.src) {
		switch rest := l.rest(); {
		case strings.HasPrefix(rest, "--"):
			n := strings.IndexByte(rest, '\n')
			if n < 0 {
				n = len(rest) - 1
			}
			l.at += n + 1
		case strings.HasPrefix(rest, "/*"):
			n := strings.Index(rest[2:], "*/")
			if n < 0 {
				return datum.Errorf(1742, "comment not terminated properly").At(l.at)
			}
			l.at += n + 4
		case rest[0] <= ' ':
			l.at++
		default:
			r, size := utf8.DecodeRuneInString(rest)
			if !unicode.IsSpace(r) {
				return nil
			}
			l.at += size
		}
	}
	return nil
}

// next reads one token; blanks and comments are behind it. The prefixes n, q
// and nq begin a literal only when a quote follows at once.
func (l *lexer) next() error {
	start, c := l.at, l.src[l.at]
	switch {
	case c == '\'':
		return l.literal(start, 0, false)
	case (c == 'n' || c == 'N') && strings.HasPrefix(l.src[l.at+1:], "'"):
		return l.literal(start, 1, true)
	case (c == 'q' || c == 'Q') && strings.HasPrefix(l.src[l.at+1:], "'"):
		return l.alternative(start, 1, false)
	case (c == 'n' || c == 'N') && len(l.src) > l.at+2 && strings.EqualFold(l.src[l.at+1:l.at+3], "q'"):
		return l.alternative(start, 2, true)
	case c == '"':
		return l.quoted(start)
	case c >= '0' && c <= '9', c == '.' && l.at+1 < len(l.src) && isDigit(l.src[l.at+1]):
		l.number()
		return nil
	case c == ':':
		return l.placeholder()
	}
	if n := identLen(l.rest(), true); n > 0 {
		l.at += n
		l.add(token{kind: word, text: l.src[start:l.at], pos: start, end: l.at})
		return nil
	}
	return l.operator()
}

// literal reads '…' with doubled quotes, after a prefix of n bytes.
func (l *lexer) literal(start, n int, national bool) error {
	i := start + n + 1
	var b strings.Builder
	for {
		j := strings.IndexByte(l.src[i:], '\'')
		if j < 0 {
			return datum.Errorf(1756, "quoted string not properly terminated").At(start)
		}
		b.WriteString(l.src[i : i+j])
		i += j + 1
		if i >= len(l.src) || l.src[i] != '\'' {
			break
		}
		b.WriteByte('\'')
		i++
	}
	l.at = i
	l.add(token{kind: text, national: national, text: b.String(), pos: start, end: i})
	return nil
}

var closers = map[rune]rune{'[': ']', '{': '}', '<': '>', '(': ')'}

// alternative reads q'[…]', after a prefix of n letters.
func (l *lexer) alternative(start, n int, national bool) error {
	open, size := utf8.DecodeRuneInString(l.src[start+n+1:])
	body := start + n + 1 + size
	closer, ok := closers[open]
	if !ok {
		closer = open
	}
	i := strings.Index(l.src[min(body, len(l.src)):], string(closer)+"'")
	if size == 0 || i < 0 {
		return datum.Errorf(1756, "quoted string not properly terminated").At(start)
	}
	l.at = body + i + utf8.RuneLen(closer) + 1
	l.add(token{kind: text, national: national, text: l.src[body : body+i], pos: start, end: l.at})
	return nil
}

// quoted reads "identifier", which keeps its letter case and may not be empty.
func (l *lexer) quoted(start int) error {
	n := strings.IndexByte(l.src[start+1:], '"')
	switch {
	case n < 0:
		return datum.Errorf(1740, "missing double quote in identifier").At(start)
	case n == 0:
		return datum.Errorf(1741, "illegal zero-length identifier").At(start)
	case n > maxIdentifier:
		return datum.Errorf(972, "identifier is too long").At(start)
	}
	l.at = start + n + 2
	l.add(token{kind: quoted, text: l.src[start+1 : start+1+n], pos: start, end: l.at})
	return nil
}

// number reads digits, a point, an exponent and the suffixes f and d of the
// binary floats.
func (l *lexer) number() {
	start := l.at
	digits := func() {
		for l.at < len(l.src) && isDigit(l.src[l.at]) {
			l.at++
		}
	}
	digits()
	// "1..10" is a range of PL/SQL, not a number with two points.
	if strings.HasPrefix(l.rest(), ".") && !strings.HasPrefix(l.rest(), "..") {
		l.at++
		digits()
	}
	if l.at < len(l.src) && (l.src[l.at] == 'e' || l.src[l.at] == 'E') {
		mark := l.at
		l.at++
		if l.at < len(l.src) && (l.src[l.at] == '+' || l.src[l.at] == '-') {
			l.at++
		}
		if l.at < len(l.src) && isDigit(l.src[l.at]) {
			digits()
		} else {
			l.at = mark
		}
	}
	if l.at < len(l.src) && strings.ContainsRune("fFdD", rune(l.src[l.at])) && identLen(l.rest(), true) == 1 {
		l.at++
	}
	l.add(token{kind: number, text: l.src[start:l.at], pos: start, end: l.at})
}

// placeholder reads :name, :1 and :"Name". A colon in front of anything else is
// an operator, as in JSON_OBJECT('k' : v).
func (l *lexer) placeholder() error {
	start := l.at
	rest := l.src[start+1:]
	if strings.HasPrefix(rest, `"`) {
		l.at++
		if err := l.quoted(start + 1); err != nil {
			return err
		}
		last := &l.tokens[len(l.tokens)-1]
		last.kind, last.pos = bind, start
		return nil
	}
	n := identLen(rest, true)
	for n == 0 && len(rest) > 0 && isDigit(rest[0]) {
		n = identLen(rest, false)
	}
	if n == 0 {
		return l.operator()
	}
	l.at += n + 1
	l.add(token{kind: bind, text: strings.ToUpper(rest[:n]), pos: start, end: l.at})
	return nil
}

// operators in an order in which a longer one precedes its own prefix.
var operators = []string{
	":=", "=>", "||", "<=", ">=", "<>", "!=", "^=", "~=", "..", "<<", ">>", "**",
	"(", ")", ",", ";", ".", "+", "-", "*", "/", "=", "<", ">", "@", "%", ":", "[", "]",
}

// operator reads punctuation; the spellings of "not equal" become one.
func (l *lexer) operator() error {
	for _, o := range operators {
		if strings.HasPrefix(l.rest(), o) {
			text := o
			if o == "!=" || o == "^=" || o == "~=" {
				text = "<>"
			}
			l.add(token{kind: op, text: text, pos: l.at, end: l.at + len(o)})
			l.at += len(o)
			return nil
		}
	}
	return datum.Errorf(911, "invalid character").At(l.at)
}

const maxIdentifier = 128 // bytes

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// identLen returns the length of the identifier at the start of s, which has
// to start with a letter unless first is false.
func identLen(s string, first bool) int {
	for i, r := range s {
		letter := unicode.IsLetter(r)
		if r == utf8.RuneError {
			return i
		}
		if !letter && (first && i == 0 || !unicode.IsDigit(r) && r != '_' && r != '$' && r != '#') {
			return i
		}
	}
	return len(s)
}
