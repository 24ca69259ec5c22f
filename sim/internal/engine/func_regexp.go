package engine

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// The functions with regular expressions. Patterns are matched by package
// regexp, whose syntax covers Oracle's but for back-references inside a
// pattern, collation and equivalence classes: those are refused. Inside
// brackets a backslash is a plain character, as POSIX has it.
func init() {
	replaced := func(s *Session, args []compiled) datum.Type {
		if args[0].typ.Kind == datum.Clob {
			return args[0].typ
		}
		return s.textType(s.instance.config.textLimit())
	}
	define(map[string]*function{
		"REGEXP_LIKE":    {min: 2, max: 3, typ: func(*Session, []compiled) datum.Type { return booleanType() }, lazy: matching(2, false, regexpLike)},
		"REGEXP_REPLACE": {min: 2, max: 6, typ: replaced, lazy: matching(5, true, regexpReplace)},
		"REGEXP_SUBSTR":  {min: 2, max: 6, typ: returnsFirst, lazy: matching(4, false, regexpSubstr)},
		"REGEXP_INSTR":   {min: 2, max: 7, typ: returnsNumber, lazy: matching(5, false, regexpInstr)},
		"REGEXP_COUNT":   {min: 2, max: 4, typ: returnsNumber, lazy: matching(3, false, regexpCount)},
	})
}

// A matcher is one call of a function: its text, its compiled pattern and all
// its arguments.
type matcher struct {
	f       *frame
	text    string
	pattern *regexp.Regexp
	args    []datum.Value
}

// matching makes the evaluator of a function whose match parameter is the
// argument at index flags. The last pattern is kept compiled. A NULL text or
// pattern gives NULL, unless the function keeps its text without a pattern.
func matching(flags int, keeps bool, call func(m *matcher) (datum.Value, error)) func(*compiler, []compiled) (evaluator, error) {
	return func(_ *compiler, args []compiled) (evaluator, error) {
		var lastPattern, lastFlags string
		var pattern *regexp.Regexp
		return func(f *frame) (datum.Value, error) {
			values, err := evaluate(f, args)
			if err != nil || values[0].IsNull() {
				return datum.NULL, err
			}
			if values[1].IsNull() {
				if keeps {
					return values[0], nil
				}
				return datum.NULL, nil
			}
			m := &matcher{f: f, args: values}
			if m.text, err = f.run.s.text(values[0]); err != nil {
				return datum.NULL, err
			}
			source, err := f.run.s.text(values[1])
			if err != nil {
				return datum.NULL, err
			}
			mode := m.word(flags)
			if pattern == nil || source != lastPattern || mode != lastFlags {
				if pattern, err = compilePattern(source, mode); err != nil {
					return datum.NULL, err
				}
				lastPattern, lastFlags = source, mode
			}
			m.pattern = pattern
			return call(m)
		}, nil
	}
}

// word is a text argument, "" when it is absent or NULL.
func (m *matcher) word(i int) string {
	if i >= len(m.args) {
		return ""
	}
	return m.args[i].Text()
}

// number is a whole argument, or its default.
//
// Error: ORA-01428 below the least that is allowed.
func (m *matcher) number(i, otherwise, least int) (int, error) {
	if i >= len(m.args) || m.args[i].IsNull() {
		return otherwise, nil
	}
	n, err := m.f.run.s.integer(m.args[i])
	if err == nil && n < least {
		err = datum.Errorf(1428, "argument '%d' is out of range", n)
	}
	return n, err
}

// compilePattern translates a pattern and its match parameter.
//
// Errors: ORA-01760 for an unknown parameter, ORA-12725, 12726, 12728 for bad
// patterns, ORA-03001 for what package regexp does not have.
func compilePattern(source, mode string) (*regexp.Regexp, error) {
	flags := ""
	for _, c := range mode {
		switch c {
		case 'i':
			flags += "i"
		case 'c':
			flags = strings.ReplaceAll(flags, "i", "")
		case 'n':
			flags += "s"
		case 'm':
			flags += "m"
		case 'x':
			source = strings.Join(strings.Fields(source), "")
		default:
			return nil, datum.Errorf(1760, "illegal argument for function")
		}
	}
	translated, err := translatePattern(source)
	if err != nil {
		return nil, err
	}
	if flags != "" {
		translated = "(?" + flags + ")" + translated
	}
	re, err := regexp.Compile(translated)
	if e, ok := errors.AsType[*syntax.Error](err); ok {
		switch e.Code {
		case syntax.ErrMissingParen, syntax.ErrUnexpectedParen:
			return nil, datum.Errorf(12725, "unmatched parentheses in regular expression")
		case syntax.ErrMissingBracket:
			return nil, datum.Errorf(12726, "unmatched bracket in regular expression")
		case syntax.ErrInvalidCharRange:
			return nil, datum.Errorf(12728, "invalid range in regular expression")
		default:
			return nil, unimplemented("regular expression " + source)
		}
	}
	return re, err
}

// translatePattern refuses what would mean something else to package regexp.
func translatePattern(source string) (string, error) {
	var b strings.Builder
	for rest := source; rest != ""; {
		next := byte(0)
		if len(rest) > 1 {
			next = rest[1]
		}
		size := 1
		switch {
		case rest[0] == '(' && next == '?':
			return "", unimplemented("regular expression " + source)
		case rest[0] == '\\' && next >= '1' && next <= '9':
			return "", unimplemented("back-reference in a regular expression")
		case rest[0] == '\\' && next != 0:
			size = translateEscape(&b, rest)
		case rest[0] == '[':
			if size = translateBracket(&b, rest); size == 0 {
				return "", unimplemented("regular expression " + source)
			}
		default:
			b.WriteByte(rest[0])
		}
		rest = rest[size:]
	}
	return b.String(), nil
}

// translateEscape writes a backslash and what follows; it returns its length.
func translateEscape(b *strings.Builder, rest string) int {
	escaped, size := utf8.DecodeRuneInString(rest[1:])
	if strings.ContainsRune("dDwWsSAZz", escaped) {
		b.WriteString(`\` + strings.ReplaceAll(string(escaped), "Z", "z"))
	} else {
		b.WriteString(regexp.QuoteMeta(string(escaped)))
	}
	return 1 + size
}

// translateBracket writes a bracket expression and returns its length, 0 for
// collation and equivalence classes. A closing bracket that comes first stands
// for itself.
func translateBracket(b *strings.Builder, rest string) int {
	i := 1
	b.WriteByte('[')
	if strings.HasPrefix(rest[i:], "^") {
		b.WriteByte('^')
		i++
	}
	for first := true; i < len(rest); first = false {
		class := rest[i:min(i+2, len(rest))]
		end := -1
		if class == "[:" {
			end = strings.Index(rest[i:], ":]")
		}
		switch {
		case class == "[." || class == "[=":
			return 0
		case end > 0:
			b.WriteString(rest[i : i+end+2])
			i += end + 1
		case rest[i] == ']' && !first:
			b.WriteByte(']')
			return i + 1
		case strings.IndexByte(`]\[`, rest[i]) >= 0:
			b.WriteString(`\` + rest[i:i+1])
		default:
			b.WriteByte(rest[i])
		}
		i++
	}
	return len(rest)
}

// from returns the byte at which the search begins: argument at is a position
// in characters. It is -1 behind the end.
func (m *matcher) from(at int) (int, error) {
	position, err := m.number(at, 1, 1)
	if err != nil {
		return 0, err
	}
	offset := 0
	for range position - 1 {
		if offset >= len(m.text) {
			return -1, nil
		}
		_, size := utf8.DecodeRuneInString(m.text[offset:])
		offset += size
	}
	return offset, nil
}

// matches returns the matches from the position that argument at gives on, as
// byte ranges of the whole and its groups.
func (m *matcher) matches(at int) ([][]int, error) {
	start, err := m.from(at)
	if err != nil || start < 0 {
		return nil, err
	}
	list := m.pattern.FindAllStringSubmatchIndex(m.text[start:], -1)
	for _, spans := range list {
		for i := range spans {
			if spans[i] >= 0 {
				spans[i] += start
			}
		}
	}
	return list, nil
}

// one returns the range of the occurrence and the group that arguments name.
func (m *matcher) one(position, occurrence, group int) (from, to int, ok bool, err error) {
	list, err := m.matches(position)
	if err != nil {
		return 0, 0, false, err
	}
	n, err := m.number(occurrence, 1, 1)
	if err != nil {
		return 0, 0, false, err
	}
	g, err := m.number(group, 0, 0)
	if err != nil || n > len(list) || 2*g >= len(list[n-1]) || list[n-1][2*g] < 0 {
		return 0, 0, false, err
	}
	return list[n-1][2*g], list[n-1][2*g+1], true, nil
}

// regexpLike is the condition REGEXP_LIKE(text, pattern [, match]).
func regexpLike(m *matcher) (datum.Value, error) {
	return datum.FromBool(m.pattern.MatchString(m.text)), nil
}

// regexpReplace is REGEXP_REPLACE(text, pattern [, by, position, occurrence,
// match]); occurrence 0 means all.
func regexpReplace(m *matcher) (datum.Value, error) {
	list, err := m.matches(3)
	if err != nil {
		return datum.NULL, err
	}
	only, err := m.number(4, 0, 0)
	if err != nil {
		return datum.NULL, err
	}
	var b strings.Builder
	done := 0
	for i, spans := range list {
		if only > 0 && i != only-1 {
			continue
		}
		b.WriteString(m.text[done:spans[0]])
		m.expand(&b, m.word(2), spans)
		done = spans[1]
	}
	b.WriteString(m.text[done:])
	return like(m.args[0], b.String()), nil
}

// expand writes a replacement with its \1 to \9.
func (m *matcher) expand(b *strings.Builder, by string, spans []int) {
	for i := 0; i < len(by); i++ {
		if by[i] != '\\' || i+1 == len(by) {
			b.WriteByte(by[i])
			continue
		}
		i++
		n := int(by[i] - '0')
		switch {
		case by[i] < '1' || by[i] > '9':
			if by[i] != '\\' {
				b.WriteByte('\\')
			}
			b.WriteByte(by[i])
		case 2*n < len(spans) && spans[2*n] >= 0:
			b.WriteString(m.text[spans[2*n]:spans[2*n+1]])
		}
	}
}

// regexpSubstr is REGEXP_SUBSTR(text, pattern [, position, occurrence, match,
// group]).
func regexpSubstr(m *matcher) (datum.Value, error) {
	from, to, ok, err := m.one(2, 3, 5)
	if !ok || err != nil {
		return datum.NULL, err
	}
	return like(m.args[0], m.text[from:to]), nil
}

// regexpInstr is REGEXP_INSTR(text, pattern [, position, occurrence, behind,
// match, group]): a position in characters, 0 for none.
func regexpInstr(m *matcher) (datum.Value, error) {
	from, to, ok, err := m.one(2, 3, 6)
	if !ok || err != nil {
		return datum.FromInt(0), err
	}
	behind, err := m.number(4, 0, 0)
	if behind > 0 {
		from = to
	}
	return datum.FromInt(int64(utf8.RuneCountInString(m.text[:from]) + 1)), err
}

// regexpCount is REGEXP_COUNT(text, pattern [, position, match]).
func regexpCount(m *matcher) (datum.Value, error) {
	list, err := m.matches(2)
	return datum.FromInt(int64(len(list))), err
}
