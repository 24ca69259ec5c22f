package cli

import (
	"errors"
	"fmt"
	"strings"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// parseTable reads SCHEMA.TABLE as Oracle reads names: a plain name is
// upper-cased, a "quoted" one is kept as it is and may contain a dot. A name
// that cannot be carried is REASON_NAME_INVALID.
func parseTable(text string) (*pb.TableName, error) {
	table, rest, err := cutTable(text)
	if err == nil && rest != "" {
		err = fmt.Errorf("%q follows the table's name", rest)
	}
	if err != nil {
		return nil, invalidName(text, tableHint, err)
	}
	return table, nil
}

// cutTable takes SCHEMA.TABLE off the front of text and returns it with what follows.
func cutTable(text string) (table *pb.TableName, rest string, err error) {
	schema, rest, err := parseName(text)
	if err != nil {
		return nil, "", err
	}
	tail, ok := strings.CutPrefix(rest, ".")
	if !ok {
		return nil, "", errors.New("a table is named SCHEMA.TABLE")
	}
	name, rest, err := parseName(tail)
	return &pb.TableName{Schema: schema, Name: name}, rest, err
}

// parseColumns reads a list of names separated by commas, each by the
// rules of parseTable. An empty text has none.
func parseColumns(text string) ([]string, error) {
	var names []string
	for rest := text; strings.TrimSpace(rest) != ""; {
		name, tail, err := parseName(strings.TrimSpace(rest))
		if err != nil {
			return nil, invalidName(text, columnHint, err)
		}
		names = append(names, name)
		tail = strings.TrimSpace(tail)
		if tail == "" {
			break
		}
		next, ok := strings.CutPrefix(tail, ",")
		if !ok || strings.TrimSpace(next) == "" {
			return nil, invalidName(text, columnHint, errors.New("names are separated by single commas"))
		}
		rest = next
	}
	return names, nil
}

// parseName takes one name off the front of text and returns it with what follows.
func parseName(text string) (name, rest string, err error) {
	if quoted, ok := strings.CutPrefix(text, `"`); ok {
		if name, rest, ok = strings.Cut(quoted, `"`); !ok {
			return "", "", errors.New("a quote is not closed")
		}
		if strings.HasPrefix(rest, `"`) {
			return "", "", errQuote
		}
	} else {
		end := strings.IndexAny(text, "=.,\" \t\r\n")
		if end < 0 {
			end = len(text)
		}
		name, rest = strings.ToUpper(text[:end]), text[end:]
		if strings.HasPrefix(rest, `"`) {
			return "", "", errQuote
		}
	}
	if name == "" {
		return "", "", errors.New("a name is empty")
	}
	return name, rest, nil
}

// errQuote is a name with a quote in it, which no text of ours can write.
var errQuote = errors.New("names that contain a quote are not supported")

// How names are written.
const (
	tableHint  = `write SCHEMA.TABLE; names in other than capital letters go into double quotes: HR."Staff List"`
	columnHint = `write names with commas between them; names in other than capital letters go into double quotes: ID,"Staff No"`
	wordHint   = `write one name; in other than capital letters it goes into double quotes: "Hr"`
	remapHint  = `write FROM=TO, two schemas or two tables; names in other than capital letters go into double quotes: HR="Staff"`
	quoteHint  = `a double quote only stands around a whole name: "Staff List"; a table or column that has one in its name has to be renamed first`
)

// invalidName says what is wrong with a text, and how such names are written.
func invalidName(text, hint string, cause error) error {
	if errors.Is(cause, errQuote) {
		hint = quoteHint
	}
	return apierr.New(codes.InvalidArgument, pb.Reason_REASON_NAME_INVALID, "read the name %q: %v", text, cause).
		WithHint("%s", hint).WithFact("name", text)
}
