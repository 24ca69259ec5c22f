package agenttest

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// PlanTable implements AgentService. As the real one does with csv, it carries no
// LOB. A condition is noted and all rows are planned.
func (a *Agent) PlanTable(ctx context.Context, req *pb.PlanTableRequest) (*pb.PlanTableResponse, error) {
	f, err := a.enter(ctx, "PlanTable", key(req.GetTable()))
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	t, err := a.find(req.GetTable())
	if err != nil {
		return nil, err
	}
	id, rows := key(req.GetTable()), t.at(req.GetScn())
	p := &pb.TablePlan{
		TableId: id, Source: req.GetTable(), Target: req.GetTarget(), Scn: req.GetScn(), Where: req.GetWhere(), Options: req.GetOptions(),
		Format: cmp.Or(req.GetOptions().GetFormat(), pb.Format_FORMAT_CSV), Rows: rows, EstimatedBytes: rows * rowBytes,
	}
	for _, c := range t.description.GetColumns() {
		p.Columns = append(p.Columns, planColumn(c, req))
	}
	for n := range a.chunks {
		p.Chunks = append(p.Chunks, &pb.Chunk{
			ChunkId: fmt.Sprintf("%s/%06d", id, n+1), Scn: req.GetScn(), Where: req.GetWhere(),
			Rows: &pb.Chunk_WholeTable{WholeTable: &pb.WholeTable{}},
		})
	}
	return &pb.PlanTableResponse{Plan: p}, f.After
}

// planColumn says of a column whether csv carries it.
func planColumn(c *pb.Column, req *pb.PlanTableRequest) *pb.ColumnPlan {
	p := &pb.ColumnPlan{Column: proto.CloneOf(c), Pieces: 1}
	switch chosen := req.GetColumns(); {
	case slices.Contains(req.GetExcludeColumns(), c.GetName()):
		p.LeftOut = "excluded on request"
	case len(chosen) > 0 && !slices.Contains(chosen, c.GetName()):
		p.LeftOut = "not chosen"
	case c.GetDataType() == "CLOB":
		p.LeftOut = "csv carries no CLOB"
	}
	return p
}
