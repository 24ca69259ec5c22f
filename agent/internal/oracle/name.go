package oracle

import (
	"strings"
	"unicode/utf8"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// maxName is the longest identifier in bytes, since Oracle 12.2.
const maxName = 128

// A Name is a validated identifier. It is compared and quoted exactly as the
// dictionary stores it; nothing is folded. The zero Name is not a name.
type Name struct{ text string }

// NewName checks a name as the dictionary stores it. Oracle allows every
// character but the double quote and NUL between quotes.
//
// Error: REASON_NAME_INVALID.
func NewName(text string) (Name, error) {
	problem := ""
	switch {
	case text == "":
		problem = "it is empty"
	case len(text) > maxName:
		problem = "it is longer than 128 bytes"
	case strings.Contains(text, `"`):
		problem = "it contains a double quote"
	case strings.ContainsRune(text, 0) || !utf8.ValidString(text):
		problem = "it contains a NUL or is not UTF-8"
	default:
		return Name{text}, nil
	}
	return Name{}, apierr.New(codes.InvalidArgument, pb.Reason_REASON_NAME_INVALID, "name %q cannot be used: %s", text, problem).
		WithFact("name", text).
		WithHint("rename it on the source, or leave it out")
}

// Text returns the name as the dictionary stores it.
func (n Name) Text() string { return n.text }

// String returns the name quoted, ready for a statement.
func (n Name) String() string { return `"` + n.text + `"` }

// A Table is the validated name of a table in a schema.
type Table struct{ Schema, Name Name }

// NewTable checks both parts of a table's name.
//
// Error: REASON_NAME_INVALID.
func NewTable(t *pb.TableName) (Table, error) {
	schema, err := NewName(t.GetSchema())
	if err != nil {
		return Table{}, err
	}
	name, err := NewName(t.GetName())
	if err != nil {
		return Table{}, err
	}
	return Table{schema, name}, nil
}

// String returns "SCHEMA"."NAME", ready for a statement.
func (t Table) String() string { return t.Schema.String() + "." + t.Name.String() }

// Text returns SCHEMA.NAME for people.
func (t Table) Text() string { return t.Schema.text + "." + t.Name.text }

// Literal renders a text literal. The text of an EXPORT_DATA query cannot have
// binds; everything else should use them.
func Literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
