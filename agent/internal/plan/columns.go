package plan

import (
	"slices"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/agent/internal/codec"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/agent/internal/scan"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// selected returns the columns that the caller wants carried, in column order.
//
// Errors: REASON_NAME_INVALID; REASON_REQUEST_INVALID for a name that the table
// does not have.
func selected(described *pb.Table, req *pb.PlanTableRequest) ([]*pb.Column, error) {
	excluded, err := named(described, "exclude_columns", req.GetExcludeColumns())
	if err != nil {
		return nil, err
	}
	chosen, err := named(described, "columns", req.GetColumns())
	if err != nil {
		return nil, err
	}
	var wanted []*pb.Column
	for _, c := range described.GetColumns() {
		if _, err := oracle.NewName(c.GetName()); err != nil {
			return nil, err
		}
		if !excluded[c.GetName()] && (len(chosen) == 0 || chosen[c.GetName()]) {
			wanted = append(wanted, c)
		}
	}
	return wanted, nil
}

// named checks that a list names columns of the table.
func named(described *pb.Table, field string, names []string) (map[string]bool, error) {
	set := make(map[string]bool, len(names))
	for _, name := range names {
		if _, err := oracle.NewName(name); err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(described.GetColumns(), func(c *pb.Column) bool { return c.GetName() == name }) {
			return nil, apierr.New(codes.InvalidArgument, pb.Reason_REASON_REQUEST_INVALID, "table %s has no column %q", described.GetName().GetName(), name).
				WithFact("field", field).WithFact("column", name).
				WithHint("names are written as the dictionary stores them, usually in capitals")
		}
		set[name] = true
	}
	return set, nil
}

// columns plans every column of the table. Large objects get as much room in
// their rows as a file of so many fields has.
func columns(described *pb.Table, wanted []*pb.Column, basis codec.Basis, found *scan.Finding) []*pb.ColumnPlan {
	for basis.Inline = codec.MaxInline; ; basis.Inline-- {
		plans := make([]*pb.ColumnPlan, 0, len(described.GetColumns()))
		for _, c := range described.GetColumns() {
			p := &pb.ColumnPlan{Column: c, LeftOut: Excluded}
			if slices.Contains(wanted, c) {
				basis.Found = found.Columns[c.GetName()]
				p = codec.Plan(c, basis)
			}
			plans = append(plans, p)
		}
		if basis.Inline == 1 || codec.Fields(plans) <= codec.MaxFields {
			return plans
		}
	}
}
