package compare

import (
	"fmt"
	"regexp"
	"slices"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/controller/internal/plan"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A Shape is how two tables can be compared.
type Shape struct {
	Columns     []*pb.Column        // that both have, with the same type, in the source's order
	Key         []string            // that tells rows apart; empty for none
	Differences []*pb.ColumnLeftOut // columns that one side lacks or that have other types
	NotCompared []*pb.ColumnLeftOut // columns whose texts are of different character sets
}

// Align finds out how two tables can be compared: by chosen columns, or all when
// none are; by a chosen key, or by the primary key of either side.
//
// Error: REASON_REQUEST_INVALID for a column or key that both sides do not have.
func Align(source, target *pb.Table, databases [2]*pb.DatabaseDescription, chosen, key []string) (*Shape, error) {
	s := &Shape{}
	for _, name := range append(slices.Clone(chosen), key...) {
		if column(source, name) == nil && column(target, name) == nil {
			return nil, apierr.New(codes.InvalidArgument, pb.Reason_REASON_REQUEST_INVALID, "neither table has a column %q", name).
				WithFact("field", "columns").WithFact("column", name).
				WithHint("names are written as the dictionary stores them, usually in capitals")
		}
	}
	wanted := func(name string) bool {
		return len(chosen) == 0 || slices.Contains(chosen, name) || slices.Contains(key, name)
	}
	for _, c := range source.GetColumns() {
		if !wanted(c.GetName()) {
			continue
		}
		other := column(target, c.GetName())
		foreign := plan.Foreign(c, databases[0], databases[1])
		switch {
		case other == nil:
			s.differ(c.GetName(), "the target has no such column")
		case typeName(c) != typeName(other):
			s.differ(c.GetName(), fmt.Sprintf("%s on the source, %s on the target", c.GetDataType(), other.GetDataType()))
		case foreign != "":
			s.NotCompared = append(s.NotCompared, &pb.ColumnLeftOut{Name: c.GetName(), Why: foreign})
		default:
			s.Columns = append(s.Columns, c)
		}
	}
	for _, c := range target.GetColumns() {
		if wanted(c.GetName()) && column(source, c.GetName()) == nil {
			s.differ(c.GetName(), "the source has no such column")
		}
	}
	return s, s.chooseKey(key, source.GetPrimaryKey(), target.GetPrimaryKey())
}

func (s *Shape) differ(name, why string) {
	s.Differences = append(s.Differences, &pb.ColumnLeftOut{Name: name, Why: why})
}

// chooseKey takes the first key all of whose columns are compared. A key that
// was asked for has to be.
func (s *Shape) chooseKey(asked []string, others ...[]string) error {
	usable := func(key []string) bool {
		return len(key) > 0 && !slices.ContainsFunc(key, func(name string) bool {
			return !slices.ContainsFunc(s.Columns, func(c *pb.Column) bool { return c.GetName() == name })
		})
	}
	if len(asked) > 0 {
		s.Key = asked
		if !usable(asked) {
			return apierr.New(codes.InvalidArgument, pb.Reason_REASON_REQUEST_INVALID, "the key's columns cannot be compared on both sides").
				WithFact("field", "key")
		}
		return nil
	}
	for _, key := range others {
		if usable(key) {
			s.Key = key
			return nil
		}
	}
	return nil
}

func column(t *pb.Table, name string) *pb.Column {
	for _, c := range t.GetColumns() {
		if c.GetName() == name {
			return c
		}
	}
	return nil
}

var fraction = regexp.MustCompile(`^TIMESTAMP\(\d\)`)

// typeName is a type without what does not show in a value's canonical text:
// how many digits of a second are kept.
func typeName(c *pb.Column) string { return fraction.ReplaceAllString(c.GetDataType(), "TIMESTAMP") }
