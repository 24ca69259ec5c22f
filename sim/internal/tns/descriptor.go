package tns

import (
	"fmt"
	"strings"
)

// maxDepth bounds the nesting of a descriptor.
const maxDepth = 16

// A Descriptor is what connect data says about the wanted service.
type Descriptor struct {
	Service      string // SERVICE_NAME
	SID          string
	Program      string // the client's PROGRAM, HOST and USER, if it told
	Host         string
	User         string
	ConnectionID string
}

// ParseDescriptor reads connect data: nested "(KEYWORD = value)" groups with
// keywords in any letter case and blanks anywhere between tokens. Groups that
// matter to clients only are skipped. HOST counts within CID only, because an
// ADDRESS has one too.
func ParseDescriptor(text string) (Descriptor, error) {
	var d Descriptor
	p := descriptorParser{rest: text, out: &d}
	if err := p.group("", 0); err != nil {
		return Descriptor{}, fmt.Errorf("%w: connect data: %w", ErrMalformed, err)
	}
	return d, nil
}

type descriptorParser struct {
	rest string
	out  *Descriptor
}

// group reads "(KEYWORD = value)" or "(KEYWORD = (…)(…))".
func (p *descriptorParser) group(parent string, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("nested deeper than %d", maxDepth)
	}
	if !p.take('(') {
		return p.expected("(")
	}
	keyword := strings.ToUpper(p.word("=()"))
	if keyword == "" || !p.take('=') {
		return p.expected("=")
	}
	if !p.next('(') {
		p.store(parent, keyword, p.value())
		return p.closed()
	}
	for p.next('(') {
		if err := p.group(keyword, depth+1); err != nil {
			return err
		}
	}
	return p.closed()
}

func (p *descriptorParser) store(parent, keyword, value string) {
	switch {
	case keyword == "SERVICE_NAME":
		p.out.Service = value
	case keyword == "SID":
		p.out.SID = value
	case keyword == "CONNECTION_ID":
		p.out.ConnectionID = value
	case parent != "CID":
	case keyword == "PROGRAM":
		p.out.Program = value
	case keyword == "HOST":
		p.out.Host = value
	case keyword == "USER":
		p.out.User = value
	}
}

// value reads up to the closing parenthesis; a quoted value may contain one.
func (p *descriptorParser) value() string {
	p.blanks()
	if !strings.HasPrefix(p.rest, `"`) {
		return p.word("()")
	}
	inside, rest, ok := strings.Cut(p.rest[1:], `"`)
	if !ok {
		inside, rest = "", p.rest[:0]
	}
	p.rest = rest
	return inside
}

func (p *descriptorParser) word(until string) string {
	end := strings.IndexAny(p.rest, until)
	if end < 0 {
		end = len(p.rest)
	}
	w := strings.TrimSpace(p.rest[:end])
	p.rest = p.rest[end:]
	return w
}

func (p *descriptorParser) blanks() { p.rest = strings.TrimLeft(p.rest, " \t\r\n") }

func (p *descriptorParser) next(c byte) bool {
	p.blanks()
	return p.rest != "" && p.rest[0] == c
}

func (p *descriptorParser) take(c byte) bool {
	if !p.next(c) {
		return false
	}
	p.rest = p.rest[1:]
	return true
}

func (p *descriptorParser) closed() error {
	if !p.take(')') {
		return p.expected(")")
	}
	return nil
}

func (p *descriptorParser) expected(what string) error {
	near := p.rest
	if len(near) > 20 {
		near = near[:20]
	}
	return fmt.Errorf("expected %q before %q", what, near)
}
