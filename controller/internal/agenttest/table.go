package agenttest

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// find returns a table; the caller holds the lock.
func (a *Agent) find(name *pb.TableName) (*table, error) {
	if t := a.tables[key(name)]; t != nil {
		return t, nil
	}
	return nil, apierr.New(codes.NotFound, pb.Reason_REASON_TABLE_NOT_FOUND, "table %s does not exist", key(name)).
		WithHint("check the spelling").WithFact("table", key(name))
}

// DescribeDatabase implements AgentService.
func (a *Agent) DescribeDatabase(ctx context.Context, _ *pb.DescribeDatabaseRequest) (*pb.DescribeDatabaseResponse, error) {
	f, err := a.enter(ctx, "DescribeDatabase", "")
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return &pb.DescribeDatabaseResponse{Database: &pb.DatabaseDescription{
		Region: a.region, DatabaseName: "ADB" + strings.ToUpper(a.name), ServiceLevel: "high", User: "ADMIN",
		Version: "19.0.0.0.0", CharacterSet: "AL32UTF8", NationalCharacterSet: "AL16UTF16",
		MaxStringBytes: a.maxBytes, CurrentScn: a.scn, AgentVersion: "test",
	}}, f.After
}

// ListTables implements AgentService.
func (a *Agent) ListTables(ctx context.Context, req *pb.ListTablesRequest) (*pb.ListTablesResponse, error) {
	f, err := a.enter(ctx, "ListTables", req.GetSchema()+"."+req.GetPattern())
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	size := int(req.GetPageSize())
	if size == 0 {
		size = 100
	}
	resp := &pb.ListTablesResponse{}
	for _, k := range slices.Sorted(maps.Keys(a.tables)) {
		t := a.tables[k].description
		matches, err := path.Match(req.GetPattern(), t.GetName().GetName())
		if t.GetName().GetSchema() != req.GetSchema() || err != nil || (req.GetPattern() != "" && !matches) || k <= req.GetPageToken() {
			continue
		}
		if len(resp.GetTables()) == size {
			resp.NextPageToken = key(resp.GetTables()[size-1].GetName())
			break
		}
		resp.Tables = append(resp.Tables, proto.CloneOf(t))
	}
	return resp, f.After
}

// CheckStorage implements AgentService.
func (a *Agent) CheckStorage(ctx context.Context, req *pb.CheckStorageRequest) (*pb.CheckStorageResponse, error) {
	f, err := a.enter(ctx, "CheckStorage", req.GetMigrationId())
	if err == nil {
		err = a.bucket.check(req.GetParUrl())
	}
	if err != nil {
		return nil, err
	}
	probe := req.GetMigrationId() + "/probe"
	a.bucket.put(probe, object{bytes: 1})
	return &pb.CheckStorageResponse{Namespace: "axsim", Bucket: "ferry", ProbeObject: probe}, f.After
}

// PlanTable implements AgentService. As the real one does with csv, it carries no LOB.
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
		TableId: id, Source: req.GetTable(), Target: req.GetTarget(), Format: pb.Format_FORMAT_CSV,
		Rows: rows, EstimatedBytes: rows * rowBytes,
	}
	for _, c := range t.description.GetColumns() {
		p.Columns = append(p.Columns, planColumn(c, req.GetExcludeColumns()))
	}
	for n := range a.chunks {
		p.Chunks = append(p.Chunks, &pb.Chunk{
			ChunkId: fmt.Sprintf("%s/%06d", id, n+1), Scn: req.GetScn(), Rows: &pb.Chunk_WholeTable{WholeTable: &pb.WholeTable{}},
		})
	}
	return &pb.PlanTableResponse{Plan: p}, f.After
}

// planColumn says of a column whether csv carries it.
func planColumn(c *pb.Column, exclude []string) *pb.ColumnPlan {
	p := &pb.ColumnPlan{Column: proto.CloneOf(c), Pieces: 1}
	switch {
	case slices.Contains(exclude, c.GetName()):
		p.LeftOut = "excluded on request"
	case c.GetDataType() == "CLOB":
		p.LeftOut = "csv carries no CLOB"
	}
	return p
}

// PrepareTable implements AgentService.
func (a *Agent) PrepareTable(ctx context.Context, req *pb.PrepareTableRequest) (*pb.PrepareTableResponse, error) {
	f, err := a.enter(ctx, "PrepareTable", key(req.GetPlan().GetTarget()))
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	target := req.GetPlan().GetTarget()
	t, exists := a.tables[key(target)]
	if exists && t.owner != req.GetMigrationId() && t.now() > 0 {
		return nil, apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TARGET_NOT_EMPTY,
			"table %s has %d rows already", key(target), t.now()).
			WithHint("empty or drop it, or choose another name with --target-table").
			WithFact("table", key(target)).WithFact("rows", fmt.Sprint(t.now()))
	}
	if !req.GetValidateOnly() {
		if !exists {
			t = &table{description: &pb.Table{Name: proto.CloneOf(target)}, history: []version{{scn: a.scn}}}
			a.tables[key(target)] = t
		}
		t.owner = req.GetMigrationId()
	}
	return &pb.PrepareTableResponse{Created: !exists}, f.After
}

// Count implements AgentService.
func (a *Agent) Count(ctx context.Context, req *pb.CountRequest) (*pb.CountResponse, error) {
	f, err := a.enter(ctx, "Count", key(req.GetTable()))
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	t, err := a.find(req.GetTable())
	if err != nil {
		return nil, err
	}
	return &pb.CountResponse{Rows: t.at(req.GetScn())}, f.After
}

// FinishTable implements AgentService.
func (a *Agent) FinishTable(ctx context.Context, req *pb.FinishTableRequest) (*pb.FinishTableResponse, error) {
	f, err := a.enter(ctx, "FinishTable", key(req.GetPlan().GetTarget()))
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	t, err := a.find(req.GetPlan().GetTarget())
	if err != nil {
		return nil, err
	}
	t.finished = true
	return &pb.FinishTableResponse{}, f.After
}

// Discard implements AgentService. The objects stay, since a PAR cannot delete.
func (a *Agent) Discard(ctx context.Context, req *pb.DiscardRequest) (*pb.DiscardResponse, error) {
	f, err := a.enter(ctx, "Discard", req.GetMigrationId())
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	maps.DeleteFunc(a.ledger, func(k string, _ int64) bool { return strings.HasPrefix(k, req.GetMigrationId()+"/") })
	resp := &pb.DiscardResponse{}
	if req.GetParUrl() != "" {
		prefix := req.GetMigrationId() + "/"
		count, bytes := a.bucket.under(prefix)
		resp.Leftovers = append(resp.Leftovers, &pb.Leftover{
			Kind: "objects", Location: prefix, Count: count, Bytes: bytes, Hint: "a PAR cannot delete; remove the prefix with the oci command line",
		})
	}
	return resp, f.After
}
