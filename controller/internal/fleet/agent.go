package fleet

import (
	"context"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// DescribeDatabase returns what the agent says of its database, under the database's name.
func (a *Agent) DescribeDatabase(ctx context.Context) (*pb.DatabaseDescription, error) {
	resp, err := call(ctx, a, "describe database", a.client.DescribeDatabase, &pb.DescribeDatabaseRequest{})
	if err != nil {
		return nil, err
	}
	d := resp.GetDatabase()
	if d == nil {
		return nil, apierr.New(codes.Internal, pb.Reason_REASON_INTERNAL, "agent %s described no database", a.name)
	}
	d.Name = a.name
	return d, nil
}

// definedPage is how many tables with their definitions one answer has: a message
// has to hold a page of large ones.
const definedPage = 50

// ListTables returns all tables of a schema whose names match a glob.
func (a *Agent) ListTables(ctx context.Context, schema, pattern string) ([]*pb.Table, error) {
	return a.listTables(ctx, &pb.ListTablesRequest{Schema: schema, Pattern: pattern})
}

// ListDefined is ListTables with the tables' definitions.
func (a *Agent) ListDefined(ctx context.Context, schema, pattern string) ([]*pb.Table, error) {
	return a.listTables(ctx, &pb.ListTablesRequest{Schema: schema, Pattern: pattern, PageSize: definedPage, Definitions: true})
}

// listTables reads all pages.
func (a *Agent) listTables(ctx context.Context, req *pb.ListTablesRequest) ([]*pb.Table, error) {
	var all []*pb.Table
	for {
		resp, err := call(ctx, a, "list tables", a.client.ListTables, req)
		if err != nil {
			return nil, err
		}
		all = append(all, resp.GetTables()...)
		if req.PageToken = resp.GetNextPageToken(); req.GetPageToken() == "" {
			return all, nil
		}
	}
}

// ProvePAR has agents prove, one after the other, that a PAR lets them list, write
// and read back. The error is that of the first one that cannot.
func ProvePAR(ctx context.Context, migrationID, parURL string, agents ...*Agent) error {
	for _, a := range agents {
		req := &pb.CheckStorageRequest{MigrationId: migrationID, ParUrl: parURL}
		if _, err := call(ctx, a, "check object storage", a.client.CheckStorage, req); err != nil {
			return err
		}
	}
	return nil
}

// ListStorage has the agent list a migration's objects through a PAR, and write
// nothing.
func (a *Agent) ListStorage(ctx context.Context, migrationID, parURL string) error {
	req := &pb.CheckStorageRequest{MigrationId: migrationID, ParUrl: parURL, ListOnly: true}
	_, err := call(ctx, a, "list the migration's objects", a.client.CheckStorage, req)
	return err
}

// PlanTable returns the plan of one table of this agent's database.
func (a *Agent) PlanTable(ctx context.Context, req *pb.PlanTableRequest) (*pb.TablePlan, error) {
	resp, err := long(ctx, a, "plan table", a.client.PlanTable, req)
	return resp.GetPlan(), err
}

// PrepareTable makes sure of the target table, and returns what was done, or with
// validate_only what would be.
func (a *Agent) PrepareTable(ctx context.Context, req *pb.PrepareTableRequest) (*pb.PrepareTableResponse, error) {
	return long(ctx, a, "prepare table", a.client.PrepareTable, req)
}

// Export carries out one export attempt, or attaches to it, and returns its
// sealed manifest. Broken streams are taken up again; see attempt.
func (a *Agent) Export(ctx context.Context, req *pb.ExportRequest, tick func(*pb.Event)) (*pb.Manifest, error) {
	t := attempt[*pb.ExportRequest, pb.ExportResponse, *pb.ExportResponse]{
		agent: a, open: a.client.Export, req: req, done: pb.ChunkState_CHUNK_STATE_EXPORTED, tick: tick,
	}
	e, err := t.run(ctx)
	if err != nil {
		return nil, chunkError("export", req.GetChunk().GetChunkId(), "from "+a.name, err)
	}
	return e.GetChunkChanged().GetManifest(), nil
}

// Import carries out one import attempt, or attaches to it, and returns how many
// rows of the chunk are committed on the target.
func (a *Agent) Import(ctx context.Context, req *pb.ImportRequest, tick func(*pb.Event)) (rows int64, err error) {
	t := attempt[*pb.ImportRequest, pb.ImportResponse, *pb.ImportResponse]{
		agent: a, open: a.client.Import, req: req, done: pb.ChunkState_CHUNK_STATE_IMPORTED, tick: tick,
	}
	e, err := t.run(ctx)
	if err != nil {
		return 0, chunkError("import", req.GetChunk().GetChunkId(), "into "+a.name, err)
	}
	return e.GetChunkChanged().GetRowsImported(), nil
}

// Cancel ends an attempt in the database; cancelled reports whether it was running.
func (a *Agent) Cancel(ctx context.Context, req *pb.CancelRequest) (cancelled bool, err error) {
	resp, err := call(ctx, a, "cancel chunk "+req.GetChunkId(), a.client.Cancel, req)
	return resp.GetCancelled(), err
}

// Count counts the rows of a selection exactly, whatever its columns.
func (a *Agent) Count(ctx context.Context, s *pb.RowSelection) (int64, error) {
	resp, err := long(ctx, a, "count rows", a.client.Count, &pb.CountRequest{Table: s.GetTable(), Scn: s.GetScn(), Where: s.GetWhere()})
	return resp.GetRows(), err
}

// Checksum digests rows of a table, as a whole or by buckets.
func (a *Agent) Checksum(ctx context.Context, req *pb.ChecksumRequest) (*pb.ChecksumResponse, error) {
	return long(ctx, a, "digest rows", a.client.Checksum, req)
}

// ListRowDigests lists the rows of a few buckets by key.
func (a *Agent) ListRowDigests(ctx context.Context, req *pb.ListRowDigestsRequest) (*pb.ListRowDigestsResponse, error) {
	return long(ctx, a, "list differing rows", a.client.ListRowDigests, req)
}

// FinishTable adds to a loaded table what it has beside its rows, and says what
// could not be added.
func (a *Agent) FinishTable(ctx context.Context, req *pb.FinishTableRequest) (*pb.FinishTableResponse, error) {
	return long(ctx, a, "finish table", a.client.FinishTable, req)
}

// EmptyTable removes the migration's rows from a table that has no others.
func (a *Agent) EmptyTable(ctx context.Context, req *pb.EmptyTableRequest) error {
	_, err := long(ctx, a, "empty table", a.client.EmptyTable, req)
	return err
}

// Discard removes what the migration left at this agent's database and in the
// bucket. It tells what was removed, and what could not be.
func (a *Agent) Discard(ctx context.Context, req *pb.DiscardRequest) (*pb.DiscardResponse, error) {
	return long(ctx, a, "clean up", a.client.Discard, req)
}
