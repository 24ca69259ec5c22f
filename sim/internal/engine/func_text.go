package engine

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// The functions on text.
func init() {
	define(map[string]*function{
		"UPPER":     {min: 1, max: 1, typ: returnsFirst, strict: true, call: mapText(strings.ToUpper)},
		"LOWER":     {min: 1, max: 1, typ: returnsFirst, strict: true, call: mapText(strings.ToLower)},
		"INITCAP":   {min: 1, max: 1, typ: returnsFirst, strict: true, call: mapText(initcap)},
		"REVERSE":   {min: 1, max: 1, typ: returnsFirst, strict: true, call: mapText(reverse)},
		"LENGTH":    {min: 1, max: 1, typ: returnsNumber, strict: true, call: length},
		"LENGTH2":   {min: 1, max: 1, typ: returnsNumber, strict: true, call: lengthUnits},
		"LENGTH4":   {min: 1, max: 1, typ: returnsNumber, strict: true, call: lengthPoints},
		"LENGTHB":   {min: 1, max: 1, typ: returnsNumber, lazy: lengthBytes},
		"SUBSTR":    {min: 2, max: 3, typ: returnsFirst, strict: true, prepare: prepareSubstr, call: substr},
		"SUBSTRB":   {min: 2, max: 3, typ: returnsFirst, strict: true, call: substrBytes},
		"INSTR":     {min: 2, max: 4, typ: returnsNumber, strict: true, call: instr},
		"REPLACE":   {min: 2, max: 3, typ: replaceType, call: replace},
		"TRANSLATE": {min: 3, max: 3, typ: returnsFirst, strict: true, call: translate},
		"LTRIM":     {min: 1, max: 2, typ: returnsFirst, strict: true, call: trimmer(strings.TrimLeft)},
		"RTRIM":     {min: 1, max: 2, typ: returnsFirst, strict: true, call: trimmer(strings.TrimRight)},
		"LPAD":      {min: 2, max: 3, typ: padType, strict: true, call: padder(true)},
		"RPAD":      {min: 2, max: 3, typ: padType, strict: true, call: padder(false)},
		"CHR":       {min: 1, max: 1, typ: returnsText(4), strict: true, call: chr},
		"ASCII":     {min: 1, max: 1, typ: returnsNumber, strict: true, call: ascii},
		"CONCAT":    {min: 2, max: 2, typ: concatType, call: concatCall},
	})
}

// mapText is a function that changes a text as a whole.
func mapText(change func(string) string) func(*frame, []datum.Value) (datum.Value, error) {
	return func(f *frame, args []datum.Value) (datum.Value, error) {
		text, err := f.run.s.text(args[0])
		return like(args[0], change(text)), err
	}
}

// initcap makes the first letter of each word a capital and the others small.
func initcap(s string) string {
	inside := false
	return strings.Map(func(r rune) rune {
		defer func() { inside = unicode.IsLetter(r) || unicode.IsDigit(r) }()
		if inside {
			return unicode.ToLower(r)
		}
		return unicode.ToUpper(r)
	}, s)
}

func reverse(s string) string {
	r := []rune(s)
	for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
		r[i], r[j] = r[j], r[i]
	}
	return string(r)
}

// length counts characters, of a CLOB those of UCS-2, and bytes of a BLOB. A
// trailing blank of CHAR counts.
func length(f *frame, args []datum.Value) (datum.Value, error) {
	switch args[0].Kind() {
	case datum.Blob:
		return datum.FromInt(int64(len(args[0].Bytes()))), nil
	case datum.Clob:
		return datum.FromInt(int64(f.run.s.located(args[0].Text()).units)), nil
	default:
		text, err := f.run.s.text(args[0])
		return datum.FromInt(int64(utf8.RuneCountInString(text))), err
	}
}

// lengthBytes counts bytes in the character set of the argument's type.
func lengthBytes(_ *compiler, args []compiled) (evaluator, error) {
	arg := args[0]
	return func(f *frame) (datum.Value, error) {
		v, err := arg.eval(f)
		if err != nil || v.IsNull() {
			return datum.NULL, err
		}
		if v.Kind() == datum.Raw || v.Kind() == datum.Blob {
			return datum.FromInt(int64(len(v.Bytes()))), nil
		}
		text, err := f.run.s.text(v)
		if arg.typ.National {
			text = datum.ToUTF16(text)
		}
		return datum.FromInt(int64(len(text))), err
	}, nil
}

// bounds turns SUBSTR's arguments into a range of n units: positions count
// from 1, negative ones from the end, and 0 means 1.
func bounds(n, start, count int) (from, to int) {
	switch {
	case start > 0:
		start--
	case start < 0:
		start += n
	}
	if start < 0 || start >= n || count <= 0 {
		return 0, 0
	}
	return start, start + min(count, n-start)
}

// substrArgs converts the arguments that SUBSTR and SUBSTRB share.
func substrArgs(f *frame, args []datum.Value) (text string, start, count int, err error) {
	if text, err = f.run.s.text(args[0]); err != nil {
		return "", 0, 0, err
	}
	if start, err = f.run.s.integer(args[1]); err != nil {
		return "", 0, 0, err
	}
	count = len(text)
	if len(args) == 3 {
		count, err = f.run.s.integer(args[2])
	}
	return text, start, count, err
}

// substr is SUBSTR by characters; what lies outside the text is NULL.
func substr(f *frame, args []datum.Value) (datum.Value, error) {
	text, start, count, err := substrArgs(f, args)
	if err != nil {
		return datum.NULL, err
	}
	return part(f, args[0], text, start, count), nil
}

// part cuts a text, or a CLOB by its own kind of characters.
func part(f *frame, v datum.Value, text string, start, count int) datum.Value {
	if v.Kind() == datum.Clob {
		x := f.run.s.located(text)
		from, to := bounds(x.units, start, count)
		if from == to {
			return datum.NULL
		}
		return datum.FromClob(x.cut(from, to))
	}
	from, to := bounds(utf8.RuneCountInString(text), start, count)
	if from == to {
		return datum.NULL
	}
	return like(v, runes(text, from, to))
}

// prepareSubstr is SUBSTR with constant positions.
func prepareSubstr(args []compiled) func(*frame, []datum.Value) (datum.Value, error) {
	numbers := [2]int{1, math.MaxInt32}
	for i := range args[1:] {
		x := args[1+i].fixed
		if x == nil || x.Kind() != datum.Number {
			return nil
		}
		n, ok := datum.Round(*x, 0, datum.Truncate).Int()
		if !ok || n > math.MaxInt32 || n < math.MinInt32 {
			return nil
		}
		numbers[i] = int(n)
	}
	return func(f *frame, args []datum.Value) (datum.Value, error) {
		text, err := f.run.s.text(args[0])
		if err != nil {
			return datum.NULL, err
		}
		return part(f, args[0], text, numbers[0], numbers[1]), nil
	}
}

// runes cuts characters [from, to) out of a text.
func runes(text string, from, to int) string {
	if len(text) == utf8.RuneCountInString(text) {
		return text[from:to]
	}
	first, last, n := len(text), len(text), 0
	for i := range text {
		if n == from {
			first = i
		}
		if n == to {
			last = i
			break
		}
		n++
	}
	return text[first:last]
}

// substrBytes cuts bytes; halves of characters become blanks, as in Oracle.
func substrBytes(f *frame, args []datum.Value) (datum.Value, error) {
	text, start, count, err := substrArgs(f, args)
	if err != nil {
		return datum.NULL, err
	}
	from, to := bounds(len(text), start, count)
	out := []byte(text[from:to])
	for i := 0; i < len(out) && !utf8.RuneStart(out[i]); i++ {
		out[i] = ' '
	}
	for i, b := range slices.Backward(out) {
		if utf8.RuneStart(b) {
			if !utf8.FullRune(out[i:]) {
				copy(out[i:], strings.Repeat(" ", len(out)-i))
			}
			break
		}
	}
	return like(args[0], string(out)), nil
}

// instr finds the n-th occurrence from a position; a negative position
// searches backwards.
func instr(f *frame, args []datum.Value) (datum.Value, error) {
	text, err := f.run.s.text(args[0])
	if err != nil {
		return datum.NULL, err
	}
	wanted, err := f.run.s.text(args[1])
	if err != nil {
		return datum.NULL, err
	}
	numbers := [2]int{1, 1}
	for i := range args[2:] {
		if numbers[i], err = f.run.s.integer(args[2+i]); err != nil {
			return datum.NULL, err
		}
	}
	start, nth := numbers[0], numbers[1]
	if nth < 1 {
		return datum.NULL, datum.Errorf(1428, "argument '%d' is out of range", nth)
	}
	all, sought := []rune(text), []rune(wanted)
	step, at := 1, start-1
	if start < 0 {
		step, at = -1, min(len(all)+start, len(all)-len(sought))
	}
	for ; start != 0 && at >= 0 && at+len(sought) <= len(all); at += step {
		if string(all[at:at+len(sought)]) != wanted {
			continue
		}
		if nth--; nth == 0 {
			if args[0].Kind() == datum.Clob {
				at = newUCS2Index(string(all[:at])).units
			}
			return datum.FromInt(int64(at + 1)), nil
		}
	}
	return datum.FromInt(0), nil
}

// replaceType cannot know the length: a replacement may be longer than what it
// replaces.
func replaceType(s *Session, args []compiled) datum.Type {
	if args[0].typ.Kind == datum.Clob {
		return args[0].typ
	}
	return s.textType(4000)
}

// replace is REPLACE; without a third argument, or with NULL, it removes.
func replace(f *frame, args []datum.Value) (datum.Value, error) {
	if args[0].IsNull() || args[1].IsNull() {
		return args[0], nil
	}
	var texts [3]string
	for i, a := range args {
		var err error
		if texts[i], err = f.run.s.text(a); err != nil {
			return datum.NULL, err
		}
	}
	return f.run.s.limited(like(args[0], strings.ReplaceAll(texts[0], texts[1], texts[2])))
}

// limited refuses texts that are longer than SQL allows.
//
// Error: ORA-01489.
func (s *Session) limited(v datum.Value) (datum.Value, error) {
	if v.Kind() == datum.Text && len(v.Text()) > s.instance.config.textLimit() {
		return datum.NULL, datum.Errorf(1489, "result of string concatenation is too long")
	}
	return v, nil
}

// translate is TRANSLATE: characters beyond the end of the third argument are
// removed.
func translate(f *frame, args []datum.Value) (datum.Value, error) {
	var texts [3]string
	for i, a := range args {
		var err error
		if texts[i], err = f.run.s.text(a); err != nil {
			return datum.NULL, err
		}
	}
	from, to := []rune(texts[1]), []rune(texts[2])
	return like(args[0], strings.Map(func(r rune) rune {
		for i, c := range from {
			if c != r {
				continue
			}
			if i < len(to) {
				return to[i]
			}
			return -1
		}
		return r
	}, texts[0])), nil
}

// trimmer is LTRIM and RTRIM with a set of characters.
func trimmer(trim func(s, set string) string) func(*frame, []datum.Value) (datum.Value, error) {
	return func(f *frame, args []datum.Value) (datum.Value, error) {
		text, err := f.run.s.text(args[0])
		if err != nil {
			return datum.NULL, err
		}
		set := " "
		if len(args) == 2 {
			if set, err = f.run.s.text(args[1]); err != nil {
				return datum.NULL, err
			}
		}
		return like(args[0], trim(text, set)), nil
	}
}

func padType(s *Session, args []compiled) datum.Type {
	if args[0].typ.Kind == datum.Clob {
		return args[0].typ
	}
	return s.textType(4000)
}

// padder is LPAD and RPAD; they cut as well.
func padder(left bool) func(*frame, []datum.Value) (datum.Value, error) {
	return func(f *frame, args []datum.Value) (datum.Value, error) {
		text, err := f.run.s.text(args[0])
		if err != nil {
			return datum.NULL, err
		}
		width, err := f.run.s.integer(args[1])
		if err != nil {
			return datum.NULL, err
		}
		filler := " "
		if len(args) == 3 {
			if filler, err = f.run.s.text(args[2]); err != nil {
				return datum.NULL, err
			}
		}
		width = min(width, f.run.s.instance.config.textLimit())
		missing := width - utf8.RuneCountInString(text)
		switch {
		case width <= 0:
			return datum.NULL, nil
		case missing <= 0:
			return like(args[0], runes(text, 0, width)), nil
		}
		n := utf8.RuneCountInString(filler)
		fill := runes(strings.Repeat(filler, missing/n+1), 0, missing)
		if left {
			text = fill + text
		} else {
			text += fill
		}
		return f.run.s.limited(like(args[0], text))
	}
}

// chr makes the character with a code of the database character set: in
// AL32UTF8 a code above 127 is the bytes of the character.
func chr(f *frame, args []datum.Value) (datum.Value, error) {
	n, err := f.run.s.integer(args[0])
	if err != nil || n < 0 {
		return datum.NULL, datum.Errorf(1428, "argument '%d' is out of range", n)
	}
	var b []byte
	for shift := 24; shift >= 0; shift -= 8 {
		if c := byte(n >> shift); c != 0 || len(b) > 0 || shift == 0 {
			b = append(b, c)
		}
	}
	return datum.FromText(string(b)), nil
}

// ascii is ASCII: the bytes of the first character read as a number.
func ascii(f *frame, args []datum.Value) (datum.Value, error) {
	text, err := f.run.s.text(args[0])
	if err != nil || text == "" {
		return datum.NULL, err
	}
	_, size := utf8.DecodeRuneInString(text)
	var n int64
	for _, c := range []byte(text[:size]) {
		n = n<<8 | int64(c)
	}
	return datum.FromInt(n), nil
}

func concatType(s *Session, args []compiled) datum.Type {
	if args[0].typ.Kind == datum.Clob || args[1].typ.Kind == datum.Clob {
		return datum.Type{Kind: datum.Clob}
	}
	return s.textType(displayWidth(args[0].typ) + displayWidth(args[1].typ))
}

// concatCall is CONCAT, the function form of ||.
func concatCall(f *frame, args []datum.Value) (datum.Value, error) {
	a, err := f.run.s.text(args[0])
	if err != nil {
		return datum.NULL, err
	}
	b, err := f.run.s.text(args[1])
	if err != nil {
		return datum.NULL, err
	}
	if args[0].Kind() == datum.Clob || args[1].Kind() == datum.Clob {
		return datum.FromClob(a + b), nil
	}
	return f.run.s.limited(datum.FromText(a + b))
}
