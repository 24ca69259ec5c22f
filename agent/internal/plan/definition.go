package plan

import (
	"github.com/adbferry/adbferry/agent/internal/definition"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// define puts the table's definition into its plan, unless nothing is to be
// made or compared. Virtual columns that the target can compute are carried
// from then on, without a field in any file.
func define(described *pb.Table, req *pb.PlanTableRequest, p *pb.TablePlan) {
	if req.GetOptions().GetDdl() != pb.DdlMode_DDL_MODE_NONE {
		definition.Adopt(described, p)
	}
}
