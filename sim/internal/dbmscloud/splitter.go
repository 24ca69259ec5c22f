package dbmscloud

import "strings"

// rejection is why the loader rejects one record: the lines of its log, in
// order (reference, section 4.3).
type rejection struct {
	lines []string
}

func (r *rejection) Error() string { return strings.Join(r.lines, "\n") }

// rejectField rejects a record for what the loader found while cutting it.
func rejectField(f field, line string) error {
	return &rejection{[]string{"KUP-04021: field formatting error for field " + f.name, line}}
}

// splitter cuts records into fields.
type splitter struct {
	shape  textShape
	trim   trim
	strip  bool // removequotes
	fields []field
	values []string
}

// split returns the text of each field, which is valid until the following
// call. What stands behind the last field is ignored, as the loader ignores it.
func (s *splitter) split(record string) ([]string, error) {
	s.values = s.values[:0]
	pos, ended := 0, false
	for i, f := range s.fields {
		last := i == len(s.fields)-1
		if ended || pos >= len(record) && !last {
			if !s.shape.missingAsNull {
				return nil, rejectField(f, "KUP-04023: field start is after end of record")
			}
			s.values = append(s.values, "")
			continue
		}
		value, next, problem := s.cut(record, pos)
		if problem == "" && next < 0 && !last && !s.shape.missingAsNull {
			problem = "KUP-04037: terminator not found"
		}
		if problem == "" && len(value) > f.size {
			problem = "KUP-04026: field too long for datatype"
		}
		if problem != "" {
			return nil, rejectField(f, problem)
		}
		s.values = append(s.values, value)
		pos, ended = next, next < 0
	}
	return s.values, nil
}

// cut reads the field at pos. next is where the following field starts, or -1
// when the record ended without a delimiter; problem is a line for the log.
func (s *splitter) cut(record string, pos int) (value string, next int, problem string) {
	if s.trim == trimBoth || s.trim == trimLeft {
		pos += len(record[pos:]) - len(strings.TrimLeft(record[pos:], " \t"))
	}
	if q := s.shape.quote; q != "" && strings.HasPrefix(record[pos:], q) {
		return s.cutEnclosed(record, pos+len(q))
	}
	value, next = s.cutBare(record, pos)
	value = s.trim.apply(value, s.shape.quote != "")
	if s.strip {
		value = stripQuotes(value)
	}
	return value, next, ""
}

func (s *splitter) cutBare(record string, pos int) (value string, next int) {
	if s.shape.escape && strings.Contains(record[pos:], `\`) {
		return s.cutEscaped(record, pos)
	}
	at := strings.Index(record[pos:], s.shape.delimiter)
	if at < 0 {
		return record[pos:], -1
	}
	return record[pos : pos+at], pos + at + len(s.shape.delimiter)
}

func (s *splitter) cutEscaped(record string, pos int) (value string, next int) {
	var b strings.Builder
	for pos < len(record) {
		switch {
		case record[pos] == '\\' && pos+1 < len(record):
			pos++
		case strings.HasPrefix(record[pos:], s.shape.delimiter):
			return b.String(), pos + len(s.shape.delimiter)
		}
		b.WriteByte(record[pos])
		pos++
	}
	return b.String(), -1
}

// cutEnclosed reads up to the closing quote. A doubled one is one of its kind.
func (s *splitter) cutEnclosed(record string, pos int) (value string, next int, problem string) {
	end, start, plain := s.shape.endquote, pos, true
	var b strings.Builder // used once the value differs from the record's bytes
	diverge := func() {
		if plain {
			b.WriteString(record[start:pos])
			plain = false
		}
	}
	for pos < len(record) {
		switch {
		case s.shape.escape && record[pos] == '\\' && pos+1 < len(record):
			diverge()
			pos++
		case strings.HasPrefix(record[pos:], end+end):
			diverge()
			b.WriteString(end)
			pos += 2 * len(end)
			continue
		case strings.HasPrefix(record[pos:], end):
			value = b.String()
			if plain {
				value = record[start:pos]
			}
			return s.closed(record, pos+len(end), s.trim.apply(value, false))
		}
		if !plain {
			b.WriteByte(record[pos])
		}
		pos++
	}
	return "", -1, s.shape.unclosed
}

// closed checks that a delimiter or the end follows the enclosure.
func (s *splitter) closed(record string, pos int, value string) (string, int, string) {
	rest := record[pos:]
	switch {
	case rest == "":
		return value, -1, ""
	case strings.HasPrefix(rest, s.shape.delimiter):
		return value, pos + len(s.shape.delimiter), ""
	}
	return "", -1, "KUP-04037: terminator not found"
}

// stripQuotes takes one pair of quotes of either kind off a value.
func stripQuotes(value string) string {
	if n := len(value); n >= 2 && value[0] == value[n-1] && (value[0] == '"' || value[0] == '\'') {
		return value[1 : n-1]
	}
	return value
}
