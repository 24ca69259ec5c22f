package wallet

import (
	"fmt"
	"strings"
)

// maxDepth bounds nesting in tnsnames.ora; real descriptors have four levels.
const maxDepth = 32

// An entry is "alias[, alias...] = value" of tnsnames.ora.
type entry struct {
	aliases []string
	value   []*node
}

// A node is "(key = value)", where the value is text or further nodes.
type node struct {
	key      string // lower case
	text     string
	children []*node
}

// child returns the first descendant reached by the keys, nil when there is none.
func (n *node) child(keys ...string) *node {
	for _, key := range keys {
		if n == nil {
			return nil
		}
		n = first(n.children, key)
	}
	return n
}

func first(nodes []*node, key string) *node {
	for _, n := range nodes {
		if n.key == key {
			return n
		}
	}
	return nil
}

// value returns the text of the node, "" for none.
func (n *node) value() string {
	if n == nil {
		return ""
	}
	return n.text
}

// A parser walks tnsnames.ora. The grammar is that of reference, section 9: an
// entry ends where its parentheses balance, white space is free, "#" starts a
// comment, texts may be quoted.
type parser struct {
	text string
	pos  int
}

func parseNames(text string) ([]entry, error) {
	p := &parser{text: strings.TrimPrefix(text, "\ufeff")}
	var entries []entry
	for {
		p.skip()
		if p.pos == len(p.text) {
			return entries, nil
		}
		e, err := p.entry()
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", 1+strings.Count(p.text[:p.pos], "\n"), err)
		}
		if e.value != nil {
			entries = append(entries, e)
		}
	}
}

// entry reads one entry. A parameter such as "ifile = path" has a text value
// and yields an entry without nodes.
func (p *parser) entry() (entry, error) {
	var e entry
	for {
		alias := p.word("=,()")
		if alias == "" {
			return e, fmt.Errorf("an alias is missing")
		}
		e.aliases = append(e.aliases, alias)
		p.skip()
		if !p.eat(',') {
			break
		}
		p.skip()
	}
	if !p.eat('=') {
		return e, fmt.Errorf("%q is not followed by =", e.aliases[0])
	}
	p.skip()
	if !p.at('(') {
		p.restOfLine()
		return e, nil
	}
	for p.at('(') {
		n, err := p.node(0)
		if err != nil {
			return e, err
		}
		e.value = append(e.value, n)
		p.skip()
	}
	return e, nil
}

func (p *parser) node(depth int) (*node, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("parentheses nest deeper than %d", maxDepth)
	}
	p.pos++ // the parenthesis
	p.skip()
	n := &node{key: strings.ToLower(p.word("=()"))}
	p.skip()
	if n.key == "" || !p.eat('=') {
		return nil, fmt.Errorf("a group is not (key = value)")
	}
	p.skip()
	if err := p.value(n, depth); err != nil {
		return nil, err
	}
	p.skip()
	if !p.eat(')') {
		return nil, fmt.Errorf("the group of %q is not closed", n.key)
	}
	return n, nil
}

func (p *parser) value(n *node, depth int) error {
	switch {
	case p.at('('):
		for p.at('(') {
			c, err := p.node(depth + 1)
			if err != nil {
				return err
			}
			n.children = append(n.children, c)
			p.skip()
		}
	case p.at('"') || p.at('\''):
		text, err := p.quoted()
		if err != nil {
			return err
		}
		n.text = text
	default:
		n.text = p.word("()")
	}
	return nil
}

func (p *parser) quoted() (string, error) {
	quote := p.text[p.pos]
	end := strings.IndexByte(p.text[p.pos+1:], quote)
	if end < 0 {
		return "", fmt.Errorf("a quoted text does not end")
	}
	text := p.text[p.pos+1 : p.pos+1+end]
	p.pos += end + 2
	return text, nil
}

// word reads up to one of the stop bytes or a line end, without surrounding blanks.
func (p *parser) word(stop string) string {
	end := strings.IndexAny(p.text[p.pos:], stop+"\r\n#")
	if end < 0 {
		end = len(p.text) - p.pos
	}
	text := p.text[p.pos : p.pos+end]
	p.pos += end
	return strings.TrimSpace(text)
}

// skip passes over white space and comments.
func (p *parser) skip() {
	for p.pos < len(p.text) {
		switch p.text[p.pos] {
		case '#':
			p.restOfLine()
		case ' ', '\t', '\r', '\n':
			p.pos++
		default:
			return
		}
	}
}

func (p *parser) restOfLine() {
	if end := strings.IndexByte(p.text[p.pos:], '\n'); end >= 0 {
		p.pos += end
		return
	}
	p.pos = len(p.text)
}

func (p *parser) at(c byte) bool { return p.pos < len(p.text) && p.text[p.pos] == c }

func (p *parser) eat(c byte) bool {
	if !p.at(c) {
		return false
	}
	p.pos++
	return true
}
