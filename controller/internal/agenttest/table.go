package agenttest

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/dustin/go-humanize"
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
	if req.GetListOnly() {
		return &pb.CheckStorageResponse{Namespace: "axsim", Bucket: "ferry"}, f.After
	}
	probe := req.GetMigrationId() + "/probe"
	a.bucket.put(probe, object{bytes: 1})
	return &pb.CheckStorageResponse{Namespace: "axsim", Bucket: "ferry", ProbeObject: probe}, f.After
}

// PlanTable implements AgentService. It carries no LOB, and cuts tables evenly.
func (a *Agent) PlanTable(ctx context.Context, req *pb.PlanTableRequest) (*pb.PlanTableResponse, error) {
	f, err := a.enter(ctx, "PlanTable", key(req.GetTable()))
	if err == nil {
		err = checkWhere(req.GetWhere())
	}
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.planned = proto.CloneOf(req)
	t, err := a.find(req.GetTable())
	if err != nil {
		return nil, err
	}
	p := &pb.TablePlan{
		TableId: key(req.GetTable()), Source: req.GetTable(), Target: req.GetTarget(), Rows: t.count(req.GetScn(), req.GetWhere()),
		Where: req.GetWhere(), Scn: req.GetScn(), Options: req.GetOptions(), Definition: t.description.GetDefinition(),
	}
	if p.Format, err = a.format(req); err != nil {
		return nil, err
	}
	p.FormatReason = p.GetFormat().String() + " was set"
	p.EstimatedBytes = p.GetRows() * rowBytes
	for _, c := range t.description.GetColumns() {
		p.Columns = append(p.Columns, planColumn(c, req))
		if a.plain && p.GetFormat() == pb.Format_FORMAT_CSV && !slices.Contains(req.GetFailedFormats(), pb.Format_FORMAT_CSV) {
			p.Columns[len(p.GetColumns())-1].Encoding = pb.Encoding_ENCODING_PLAIN
		}
	}
	a.cut(p, int(max(req.GetFirstChunk(), 1)))
	return &pb.PlanTableResponse{Plan: p}, f.After
}

// Planned returns the last request for a plan.
func (a *Agent) Planned() *pb.PlanTableRequest {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.planned
}

// format chooses one that has not failed, the first of those that were set.
func (a *Agent) format(req *pb.PlanTableRequest) (pb.Format, error) {
	if asked := req.GetOptions().GetFormat(); asked != pb.Format_FORMAT_UNSPECIFIED {
		return asked, nil
	}
	for _, f := range a.formats {
		if !slices.Contains(req.GetFailedFormats(), f) {
			return f, nil
		}
	}
	if a.plain {
		return pb.Format_FORMAT_CSV, nil
	}
	return 0, apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TABLE_UNSUPPORTED, "no format is left for table %s", key(req.GetTable())).
		WithFact("table", key(req.GetTable()))
}

// cut cuts a plan's rows evenly; the last chunk takes the rest.
func (a *Agent) cut(p *pb.TablePlan, first int) {
	share := p.GetRows() / int64(a.chunks)
	for n := range a.chunks {
		rows := share
		if n == a.chunks-1 {
			rows = p.GetRows() - share*int64(a.chunks-1)
		}
		p.Chunks = append(p.Chunks, &pb.Chunk{
			ChunkId: fmt.Sprintf("%s/%06d", p.GetTableId(), first+n), Scn: p.GetScn(), Where: p.GetWhere(), RowCount: &rows,
			EstimatedBytes: rows * rowBytes, Rows: &pb.Chunk_WholeTable{WholeTable: &pb.WholeTable{}},
		})
	}
}

// planColumn says of a column whether it is carried.
func planColumn(c *pb.Column, req *pb.PlanTableRequest) *pb.ColumnPlan {
	p := &pb.ColumnPlan{Column: proto.CloneOf(c), Pieces: 1}
	chosen := req.GetColumns()
	switch {
	case slices.Contains(req.GetExcludeColumns(), c.GetName()), len(chosen) > 0 && !slices.Contains(chosen, c.GetName()):
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
	target, options := req.GetPlan().GetTarget(), req.GetPlan().GetOptions()
	t, exists := a.tables[key(target)]
	resp := &pb.PrepareTableResponse{Created: !exists}
	if exists && t.owner != req.GetMigrationId() && t.now() > 0 {
		switch options.GetIfExists() {
		case pb.IfExists_IF_EXISTS_APPEND:
			resp.RowsKept = t.now()
		case pb.IfExists_IF_EXISTS_TRUNCATE, pb.IfExists_IF_EXISTS_REPLACE:
			resp.RowsRemoved = t.now()
		default:
			return nil, notEmpty(target, t.now())
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
		if resp.GetRowsRemoved() > 0 {
			a.empty(t)
		}
		t.owner = req.GetMigrationId()
	}
	return resp, f.After
}

func notEmpty(name *pb.TableName, rows int64) error {
	return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TARGET_NOT_EMPTY, "table %s has %s rows already", key(name), humanize.Comma(rows)).
		WithHint("empty or drop it, or choose another name with --target-table").
		WithFact("table", key(name)).WithFact("rows", fmt.Sprint(rows))
}

// empty removes all rows; the caller holds the lock.
func (a *Agent) empty(t *table) {
	t.content = content{}
	a.addRows(t, -t.now())
}

// EmptyTable implements AgentService.
func (a *Agent) EmptyTable(ctx context.Context, req *pb.EmptyTableRequest) (*pb.EmptyTableResponse, error) {
	f, err := a.enter(ctx, "EmptyTable", key(req.GetPlan().GetTarget()))
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	t, err := a.find(req.GetPlan().GetTarget())
	if err != nil {
		return nil, err
	}
	var ours int64
	prefix := chunkKey(req.GetMigrationId(), req.GetPlan().GetTableId()) + "/"
	for entry, rows := range a.ledger {
		if strings.HasPrefix(entry, prefix) {
			ours += rows
		}
	}
	if t.owner != req.GetMigrationId() || t.now() > ours {
		return nil, notEmpty(req.GetPlan().GetTarget(), t.now()-ours)
	}
	removed := t.now()
	a.empty(t)
	maps.DeleteFunc(a.ledger, func(entry string, _ int64) bool { return strings.HasPrefix(entry, prefix) })
	return &pb.EmptyTableResponse{RowsRemoved: removed}, f.After
}

// Count implements AgentService.
func (a *Agent) Count(ctx context.Context, req *pb.CountRequest) (*pb.CountResponse, error) {
	f, err := a.enter(ctx, "Count", key(req.GetTable()))
	if err == nil {
		err = checkWhere(req.GetWhere())
	}
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	t, err := a.find(req.GetTable())
	if err != nil {
		return nil, err
	}
	return &pb.CountResponse{Rows: t.count(req.GetScn(), req.GetWhere())}, f.After
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
	resp := &pb.FinishTableResponse{}
	for _, c := range req.GetPlan().GetDefinition().GetConstraints() {
		if (c.GetKind() == pb.ConstraintKind_CONSTRAINT_KIND_REFERENCE) != req.GetReferences() {
			continue
		}
		if a.unmade[c.GetName()] {
			resp.Failures = append(resp.Failures, &pb.DefinitionFailure{What: what(c), Failure: &pb.Failure{
				Reason: pb.Reason_REASON_DATABASE_ERROR, Text: "ORA-02270: no matching key", Hint: "add the key",
			}})
			continue
		}
		if !slices.Contains(t.made, what(c)) {
			t.made = append(t.made, what(c))
		}
		resp.Constraints = append(resp.Constraints, what(c))
	}
	return resp, f.After
}

func what(c *pb.Constraint) string {
	if c.GetKind() == pb.ConstraintKind_CONSTRAINT_KIND_REFERENCE {
		return "foreign key " + c.GetName()
	}
	return "constraint " + c.GetName()
}

// Unmake makes FinishTable fail to add a constraint, or succeed again.
func (a *Agent) Unmake(constraint string, fails bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.unmade[constraint] = fails
}

// Made returns the constraints that a table has.
func (a *Agent) Made(name *pb.TableName) []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.tables[key(name)].made)
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
		if count, bytes := a.bucket.under(prefix); count > 0 {
			resp.Leftovers = append(resp.Leftovers, &pb.Leftover{
				Kind: "objects", Location: prefix, Count: count, Bytes: bytes, Hint: "a PAR cannot delete; remove the prefix with the oci command line",
			})
		}
	}
	return resp, f.After
}
