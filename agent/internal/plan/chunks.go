package plan

import (
	"context"

	"github.com/adbferry/adbferry/agent/internal/chunk"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// cut cuts a table that is planned otherwise into chunks, and says in the plan
// what they are chunks of.
func cut(ctx context.Context, s *oracle.Session, t oracle.Table, described *pb.Table, req *pb.PlanTableRequest, p *pb.TablePlan) (err error) {
	p.Scn, p.Where, p.Options = req.GetScn(), req.GetWhere(), req.GetOptions()
	request := chunk.Request{
		Table: t, SCN: req.GetScn(), Where: req.GetWhere(), Rows: p.GetRows(), ChunkBytes: req.GetOptions().GetChunkBytes(),
		First: req.GetFirstChunk(), Key: described.GetPrimaryKey(), Columns: described.GetColumns(),
	}
	if p.GetRows() > 0 {
		request.RowBytes = p.GetEstimatedBytes() / p.GetRows()
	}
	p.Chunks, err = chunk.Cut(ctx, s, request)
	return err
}
