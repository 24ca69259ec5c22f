package sql

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

var intervalFields = set("YEAR MONTH DAY HOUR MINUTE SECOND")

// intervalLiteral parses INTERVAL '…' field [(n)] [TO field [(n)]].
func (p *parser) intervalLiteral(at At) Expr {
	if p.peekAt(1).kind != text {
		return nil
	}
	p.at++
	t := p.advance()
	from := p.intervalField()
	to := from
	if p.accept("TO") {
		to = p.intervalField()
	}
	v, ok := interval(t.text, from, to)
	if !ok {
		p.failAt(t, 1867, "the interval is invalid")
	}
	return &Literal{At: at, Value: v}
}

// intervalField parses a field name and its precision, which is not kept:
// literals are exact.
func (p *parser) intervalField() string {
	f := p.peek().upper()
	if !intervalFields[f] {
		p.fail(30089, "missing or invalid <datetime field>")
	}
	p.at++
	if p.acceptOp("(") {
		p.integer()
		if p.acceptOp(",") {
			p.integer()
		}
		p.expectOp(")")
	}
	return f
}

var intervalForms = map[string]*regexp.Regexp{
	"YEAR MONTH":    regexp.MustCompile(`^(\d+)-(\d+)$`),
	"DAY SECOND":    regexp.MustCompile(`^(\d+) +(\d+):(\d+):(\d+)(?:\.(\d+))?$`),
	"DAY MINUTE":    regexp.MustCompile(`^(\d+) +(\d+):(\d+)()()$`),
	"DAY HOUR":      regexp.MustCompile(`^(\d+) +(\d+)()()()$`),
	"HOUR SECOND":   regexp.MustCompile(`^()(\d+):(\d+):(\d+)(?:\.(\d+))?$`),
	"HOUR MINUTE":   regexp.MustCompile(`^()(\d+):(\d+)()()$`),
	"MINUTE SECOND": regexp.MustCompile(`^()()(\d+):(\d+)(?:\.(\d+))?$`),
	"YEAR YEAR":     regexp.MustCompile(`^(\d+)()$`),
	"MONTH MONTH":   regexp.MustCompile(`^()(\d+)$`),
	"DAY DAY":       regexp.MustCompile(`^(\d+)()()()()$`),
	"HOUR HOUR":     regexp.MustCompile(`^()(\d+)()()()$`),
	"MINUTE MINUTE": regexp.MustCompile(`^()()(\d+)()()$`),
	"SECOND SECOND": regexp.MustCompile(`^()()()(\d+)(?:\.(\d+))?$`),
}

// interval reads the text of a literal by the form that its fields prescribe.
func interval(s, from, to string) (datum.Value, bool) {
	s = strings.TrimSpace(s)
	sign := int64(1)
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		sign, s = -1, rest
	} else {
		s = strings.TrimPrefix(s, "+")
	}
	form, ok := intervalForms[from+" "+to]
	if !ok {
		return datum.NULL, false
	}
	m := form.FindStringSubmatch(s)
	if m == nil {
		return datum.NULL, false
	}
	part := func(i int) int64 {
		n, _ := strconv.ParseInt(m[i], 10, 32) // an absent part is 0
		return n
	}
	if len(m) == 3 {
		return datum.FromIntervalYM(sign * (part(1)*12 + part(2))), true
	}
	nanos, _ := strconv.ParseInt((m[5] + "000000000")[:9], 10, 64)
	seconds := ((part(1)*24+part(2))*60+part(3))*60 + part(4)
	return datum.FromIntervalDS(sign*seconds, sign*nanos), true
}
