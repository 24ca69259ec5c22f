package engine

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// Documents are kept as their text: JSON without the blanks that its binary
// form does not keep, XML as it was given.
//
// Not simulated: scalars that the JSON standard lacks, so EXTENDED changes
// nothing; paths; schemas.

// jsonRelease is the first that has the type JSON.
const jsonRelease = 21

// major is the number of the release.
func (c Config) major() int {
	first, _, _ := strings.Cut(c.Version, ".")
	n, _ := strconv.Atoi(first) // a version without a number is older than anything
	return n
}

// document compiles the constructors of documents and what gives their texts.
func (c *compiler) document(x *sql.Document, sc *scope) (compiled, error) {
	kind := datum.JSON
	if strings.HasPrefix(x.Name, "XML") {
		kind = datum.XML
	}
	if kind == datum.JSON && c.s.instance.config.major() < jsonRelease && x.Name == "JSON" {
		return compiled{}, at(x, invalidIdentifier([]string{x.Name}))
	}
	a, err := c.compile(x.X, sc)
	if err != nil {
		return a, err
	}
	t := datum.Type{Kind: datum.Clob, Document: kind}
	if x.Text {
		if t, err = c.documentText(x); err != nil {
			return a, err
		}
		if a.typ.Document != kind && (kind == datum.XML || a.typ.Document != datum.NoDocument) {
			return a, at(x, datum.Errorf(932, "inconsistent datatypes: expected %s got %s", dataType(datum.Type{Kind: datum.Clob, Document: kind}), dataType(a.typ)))
		}
	}
	return compiled{typ: t, nullable: true, eval: func(f *frame) (datum.Value, error) {
		v, err := convertTo(f, a, datum.Type{Kind: datum.Clob})
		if err != nil || v.IsNull() {
			return datum.NULL, err
		}
		if !x.Text || a.typ.Document != kind {
			if v, err = parsed(v, kind); err != nil {
				return datum.NULL, err
			}
		}
		if t.Kind == datum.Clob {
			return v, nil
		}
		return f.run.s.limited(datum.FromText(v.Text()))
	}}, nil
}

// documentText is the type that a document is turned into: a CLOB or a VARCHAR2.
func (c *compiler) documentText(x *sql.Document) (datum.Type, error) {
	if x.Returning == nil {
		return c.s.textType(4000), nil
	}
	t, err := c.s.columnType(x.Returning)
	if err == nil && (t.Kind != datum.Clob || t.Document != datum.NoDocument) && t.Kind != datum.Text {
		err = at(x, unimplemented(x.Name+" into "+dataType(t)))
	}
	return t, err
}

// parsed checks that a text is a document and returns it as it is kept.
//
// Errors: ORA-40441, ORA-31011.
func parsed(v datum.Value, kind datum.Document) (datum.Value, error) {
	switch kind {
	case datum.JSON:
		var b bytes.Buffer
		if err := json.Compact(&b, []byte(v.Text())); err != nil {
			return datum.NULL, datum.Errorf(40441, "JSON syntax error")
		}
		return datum.FromClob(b.String()), nil
	case datum.XML:
		if !wellFormed(v.Text()) {
			return datum.NULL, datum.Errorf(31011, "XML parsing failed")
		}
		return v, nil
	default:
		return v, nil
	}
}

// wellFormed reports whether a text is XML with one root.
func wellFormed(text string) bool {
	d := xml.NewDecoder(strings.NewReader(text))
	roots, depth := 0, 0
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return roots == 1 && depth == 0
		}
		if err != nil {
			return false
		}
		switch t.(type) {
		case xml.StartElement:
			if depth == 0 {
				roots++
			}
			depth++
		case xml.EndElement:
			depth--
		}
	}
}
