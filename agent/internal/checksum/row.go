package checksum

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/agent/internal/chunk"
	"github.com/adbferry/adbferry/agent/internal/codec"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// longestText is how many bytes of columns are joined before they are hashed:
// below every database's limit for SQL texts.
const longestText = 3900

// source renders what stands after FROM.
func source(r *pb.RowSelection, c *pb.Chunk) (string, error) {
	t, err := oracle.NewTable(r.GetTable())
	if err != nil {
		return "", err
	}
	if r.GetScn() < 0 {
		return "", invalid("selection.scn", "scn must not be negative, got %d", r.GetScn())
	}
	if c != nil {
		return chunk.From(t, c)
	}
	return chunk.Filtered(t, r.GetScn(), r.GetWhere())
}

// formsOf renders every column; a column without a digest is a nil form.
func formsOf(columns []*pb.Column) ([]*codec.Canonical, error) {
	if len(columns) == 0 {
		return nil, invalid("selection.columns", "no column is selected")
	}
	forms := make([]*codec.Canonical, len(columns))
	for i, c := range columns {
		name, err := oracle.NewName(c.GetName())
		if err != nil {
			return nil, err
		}
		if form, ok := codec.CanonicalOf(c, name.String()); ok {
			forms[i] = &form
		}
	}
	return forms, nil
}

// digestible renders the columns that this session can digest and names the
// others.
func digestible(ctx context.Context, s *oracle.Session, columns []*pb.Column) ([]*codec.Canonical, []*pb.ColumnLeftOut, error) {
	all, err := formsOf(columns)
	if err != nil {
		return nil, nil, err
	}
	crypto := true
	for _, f := range all {
		if f != nil && f.Crypto {
			if crypto, err = mayHashLargeObjects(ctx, s); err != nil {
				return nil, nil, err
			}
			break
		}
	}
	var forms []*codec.Canonical
	var leftOut []*pb.ColumnLeftOut
	for i, f := range all {
		name, dataType := columns[i].GetName(), columns[i].GetDataType()
		switch {
		case f == nil:
			leftOut = append(leftOut, &pb.ColumnLeftOut{Name: name, Why: dataType + ": values of this type have no digest"})
		case f.Crypto && !crypto:
			leftOut = append(leftOut, &pb.ColumnLeftOut{Name: name, Why: dataType + ": the agent's user may not execute DBMS_CRYPTO"})
		default:
			forms = append(forms, f)
		}
	}
	return forms, leftOut, nil
}

// mayHashLargeObjects reports whether DBMS_CRYPTO may be executed. A package
// that is not granted is an unknown identifier.
func mayHashLargeObjects(ctx context.Context, s *oracle.Session) (bool, error) {
	var hash string
	_, err := s.Row(ctx, cryptoKind, "SELECT RAWTOHEX(DBMS_CRYPTO.HASH(HEXTORAW('00'), 4)) FROM DUAL", nil, &hash)
	switch {
	case err == nil:
		return true, nil
	case oracle.Withheld(err):
		return false, nil
	default:
		return false, err
	}
}

// keyForms renders the key's columns; without a key, none.
func keyForms(r *pb.RowSelection) ([]*codec.Canonical, error) {
	var columns []*pb.Column
	for _, name := range r.GetKey() {
		at := -1
		for i, c := range r.GetColumns() {
			if c.GetName() == name {
				at = i
			}
		}
		if at < 0 {
			return nil, invalid("selection.key", "key column %q is not among the columns", name)
		}
		columns = append(columns, r.GetColumns()[at])
	}
	if len(columns) == 0 {
		return nil, nil
	}
	forms, err := formsOf(columns)
	for i, f := range forms {
		if f == nil || f.Crypto {
			return nil, invalid("selection.key", "column %q of type %s cannot be a key", columns[i].GetName(), columns[i].GetDataType())
		}
	}
	return forms, err
}

// keyName is the column of hashes that has the key's.
func keyName(key []*codec.Canonical) string {
	if len(key) == 0 {
		return "H"
	}
	return "K"
}

// hashes begins the query of every row's hash H and, with a key, its hash K.
// The hint keeps the optimizer from computing a hash wherever it is used.
func hashes(key, forms []*codec.Canonical) string {
	if len(key) == 0 {
		return fmt.Sprintf("SELECT /*+ NO_MERGE */ %s H", rowHash(forms))
	}
	return fmt.Sprintf("SELECT /*+ NO_MERGE */ %s K, %s H", rowHash(key), rowHash(forms))
}

// rowHash renders the hash of several columns. Their texts are joined up to what
// fits into a text of SQL; further ones make another group, and the groups'
// hashes are hashed again.
func rowHash(forms []*codec.Canonical) string {
	groups, width := []string{}, 0
	var group []string
	flush := func() {
		if len(group) > 0 {
			groups = append(groups, codec.Hash(strings.Join(group, " || '|' || ")))
		}
		group, width = nil, 0
	}
	for _, f := range forms {
		if width+f.Width+1 > longestText {
			flush()
		}
		group = append(group, f.Text)
		width += f.Width + 1
	}
	flush()
	switch len(groups) {
	case 0:
		return codec.Hash("'-'") // no column can be digested: the rows are only counted
	case 1:
		return groups[0]
	default:
		return codec.Hash(strings.Join(groups, " || "))
	}
}

var hexDigits = regexp.MustCompile(`^[0-9A-F]{1,64}$`)

func checkBuckets(req *pb.ChecksumRequest) error {
	parent, err := checkParents(req.GetParents())
	switch digits := int(req.GetDigits()); {
	case err != nil:
		return err
	case digits == 0 && parent > 0:
		return invalid("parents", "parents are given, but no digits")
	case digits != 0 && (digits <= parent || digits > parent+maxDeeper || digits > hashDigits):
		return invalid("digits", "digits must be 1 to %d more than the %d of the parents, got %d", maxDeeper, parent, digits)
	default:
		return nil
	}
}

// checkParents returns the length of the parents' names.
func checkParents(parents []string) (int, error) {
	if len(parents) > maxParents {
		return 0, invalid("parents", "at most %d parents are taken, got %d", maxParents, len(parents))
	}
	for _, p := range parents {
		if !hexDigits.MatchString(p) || len(p) != len(parents[0]) {
			return 0, invalid("parents", "%q is not the name of a bucket, or is not as long as the first", p)
		}
	}
	if len(parents) == 0 {
		return 0, nil
	}
	return len(parents[0]), nil
}

func invalid(field, format string, args ...any) error {
	return apierr.New(codes.InvalidArgument, pb.Reason_REASON_REQUEST_INVALID, format, args...).WithFact("field", field)
}
