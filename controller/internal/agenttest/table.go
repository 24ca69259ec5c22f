package agenttest

import (
	"cmp"
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

// PrepareTable implements AgentService.
func (a *Agent) PrepareTable(ctx context.Context, req *pb.PrepareTableRequest) (*pb.PrepareTableResponse, error) {
	f, err := a.enter(ctx, "PrepareTable", key(req.GetPlan().GetTarget()))
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	target, options := req.GetPlan().GetTarget(), req.GetPlan().GetOptions()
	t, exists := a.tables[key(target)]
	resp := &pb.PrepareTableResponse{Created: !exists}
	if exists && t.owner != req.GetMigrationId() {
		if err := atStake(t, options.GetIfExists(), resp); err != nil {
			return nil, err
		}
	}
	if !exists && options.GetDdl() > pb.DdlMode_DDL_MODE_CREATE {
		return nil, apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TARGET_DIFFERS, "table %s does not exist", key(target)).
			WithHint("create it, or allow it with --ddl create").WithFact("table", key(target))
	}
	if !req.GetValidateOnly() {
		if !exists {
			t = &table{description: &pb.Table{Name: proto.CloneOf(target)}, history: []version{{scn: a.scn}}}
			a.tables[key(target)] = t
		}
		a.addRows(t, -resp.GetRowsRemoved())
		t.owner = req.GetMigrationId()
	}
	return resp, f.After
}

// atStake says what becomes of the rows of a table that is no migration's of this name.
func atStake(t *table, mode pb.IfExists, resp *pb.PrepareTableResponse) error {
	name := key(t.description.GetName())
	switch rows := t.now(); {
	case rows == 0:
	case mode == pb.IfExists_IF_EXISTS_APPEND:
		resp.RowsKept = rows
	case mode == pb.IfExists_IF_EXISTS_TRUNCATE || mode == pb.IfExists_IF_EXISTS_REPLACE:
		resp.RowsRemoved = rows
	default:
		return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TARGET_NOT_EMPTY, "table %s has %d rows already", name, rows).
			WithHint("empty or drop it, or choose another name with --target-table").
			WithFact("table", name).WithFact("rows", fmt.Sprint(rows))
	}
	return nil
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
