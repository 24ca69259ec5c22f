package agenttest

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// objectRows is how many rows fit into one object before the export rolls over.
const objectRows = 20000

// rowBytes is what a row takes in an object.
const rowBytes = 100

// Export implements AgentService.
func (a *Agent) Export(req *pb.ExportRequest, stream grpc.ServerStreamingServer[pb.ExportResponse]) error {
	id := req.GetChunk().GetChunkId()
	about := chunkKey(req.GetMigrationId(), id) + "/" + strconv.Itoa(int(req.GetAttempt()))
	f, err := a.enter(stream.Context(), "Export", about)
	if err == nil {
		err = a.bucket.check(req.GetParUrl())
	}
	if err != nil {
		return err
	}
	subject := progress.Subject{Migration: req.GetMigrationId(), Table: req.GetPlan().GetTableId(), Chunk: id, Attempt: req.GetAttempt()}
	t := a.attach(attemptKey("Export", req.GetMigrationId(), id, req.GetAttempt()), subject, f.Gate,
		func(_ context.Context, tick func(*pb.ChunkProgress)) (*pb.ChunkChanged, error) {
			return a.export(req, tick)
		})
	err = a.follow(stream.Context(), t, f, func(e *pb.Event) error { return stream.Send(&pb.ExportResponse{Event: e}) })
	if err == nil {
		err = f.After
	}
	return err
}

// export writes a chunk's share of the rows. A prefix that has objects already
// belongs to an attempt this agent knows nothing of any more: it is not used.
func (a *Agent) export(req *pb.ExportRequest, tick func(*pb.ChunkProgress)) (*pb.ChunkChanged, error) {
	prefix := fmt.Sprintf("%s/%s/%d/", req.GetMigrationId(), req.GetChunk().GetChunkId(), req.GetAttempt())
	if n, _ := a.bucket.under(prefix); n > 0 {
		return nil, apierr.New(codes.Aborted, pb.Reason_REASON_OUTCOME_UNKNOWN, "the prefix of this attempt has %d objects already", n).WithRetry(0)
	}
	rows, err := a.chunkRows(req)
	if err != nil {
		return nil, err
	}
	m := &pb.Manifest{Rows: rows}
	var bytes int64
	for n := 1; rows > 0; n++ {
		part := min(rows, objectRows)
		o := &pb.Object{Name: objectName(prefix, n), Bytes: part * rowBytes, Md5: "bWQ1"}
		a.bucket.put(o.GetName(), object{bytes: o.GetBytes(), rows: part})
		m.Objects = append(m.Objects, o)
		rows -= part
		bytes += o.GetBytes()
		tick(&pb.ChunkProgress{Phase: pb.Phase_PHASE_EXPORT, Bytes: bytes, Objects: int64(n)})
	}
	return &pb.ChunkChanged{State: pb.ChunkState_CHUNK_STATE_EXPORTED, Manifest: m}, nil
}

// chunkRows is what the source has of a chunk: all of it, and where rows are
// missing the last chunk has fewer.
func (a *Agent) chunkRows(req *pb.ExportRequest) (int64, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	t, err := a.find(req.GetPlan().GetSource())
	if err != nil {
		return 0, err
	}
	rows, chunks := t.count(req.GetChunk().GetScn(), req.GetChunk().GetWhere()), req.GetPlan().GetChunks()
	share := rows / int64(len(chunks))
	if chunks[len(chunks)-1].GetChunkId() == req.GetChunk().GetChunkId() {
		return rows - share*int64(len(chunks)-1), nil
	}
	return share, nil
}

// A spoil is a value that a load in a lossy format changes.
type spoil struct {
	row           int64
	column, value string
	plain         bool // only where the column is written as it is
}

// SpoilPlain makes every load of text as it is change a value on its way.
func (a *Agent) SpoilPlain(format pb.Format, row int64, column, value string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.spoiled[format] = spoil{row, column, value, true}
}

// strikes reports whether a load of a plan changes the value.
func (s spoil) strikes(p *pb.TablePlan) bool {
	return !s.plain || slices.ContainsFunc(p.GetColumns(), func(c *pb.ColumnPlan) bool {
		return c.GetColumn().GetName() == s.column && c.GetEncoding() == pb.Encoding_ENCODING_PLAIN
	})
}

// Spoil makes every load in a format change a value on its way.
func (a *Agent) Spoil(format pb.Format, row int64, column, value string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.spoiled[format] = spoil{row, column, value, false}
}

// Import implements AgentService.
func (a *Agent) Import(req *pb.ImportRequest, stream grpc.ServerStreamingServer[pb.ImportResponse]) error {
	id := req.GetChunk().GetChunkId()
	about := chunkKey(req.GetMigrationId(), id) + "/" + strconv.Itoa(int(req.GetAttempt()))
	f, err := a.enter(stream.Context(), "Import", about)
	if err == nil {
		err = a.bucket.check(req.GetParUrl())
	}
	if err != nil {
		return err
	}
	subject := progress.Subject{Migration: req.GetMigrationId(), Table: req.GetPlan().GetTableId(), Chunk: id, Attempt: req.GetAttempt()}
	t := a.attach(attemptKey("Import", req.GetMigrationId(), id, req.GetAttempt()), subject, f.Gate,
		func(_ context.Context, tick func(*pb.ChunkProgress)) (*pb.ChunkChanged, error) {
			return a.load(req, f.Lose, tick)
		})
	err = a.follow(stream.Context(), t, f, func(e *pb.Event) error { return stream.Send(&pb.ImportResponse{Event: e}) })
	if err == nil {
		err = f.After
	}
	return err
}

// load commits the manifest's rows and the ledger entry that says so together.
func (a *Agent) load(req *pb.ImportRequest, lose int64, tick func(*pb.ChunkProgress)) (*pb.ChunkChanged, error) {
	rows, err := a.staged(req.GetManifest())
	if err != nil {
		return nil, err
	}
	tick(&pb.ChunkProgress{Phase: pb.Phase_PHASE_LOAD, Rows: rows})
	a.mu.Lock()
	defer a.mu.Unlock()
	entry := chunkKey(req.GetMigrationId(), req.GetChunk().GetChunkId())
	if committed, ok := a.ledger[entry]; ok {
		return &pb.ChunkChanged{State: pb.ChunkState_CHUNK_STATE_IMPORTED, RowsImported: committed}, nil
	}
	t, err := a.find(req.GetPlan().GetTarget())
	if err != nil {
		return nil, err
	}
	a.addRows(t, rows-lose)
	if s, ok := a.spoiled[req.GetPlan().GetFormat()]; ok && s.strikes(req.GetPlan()) {
		t.change(s.row, s.column, s.value)
	}
	a.ledger[entry] = rows
	return &pb.ChunkChanged{State: pb.ChunkState_CHUNK_STATE_IMPORTED, RowsImported: rows}, nil
}

// staged counts the manifest's rows, of objects that are still what was exported.
func (a *Agent) staged(m *pb.Manifest) (rows int64, err error) {
	for _, o := range m.GetObjects() {
		stored, ok := a.bucket.get(o.GetName())
		if !ok || stored.bytes != o.GetBytes() {
			return 0, apierr.New(codes.DataLoss, pb.Reason_REASON_OBJECT_CHANGED, "object %s is not what was exported", o.GetName()).
				WithFact("object", o.GetName())
		}
		rows += stored.rows
	}
	return rows, nil
}

// Cancel implements AgentService.
func (a *Agent) Cancel(ctx context.Context, req *pb.CancelRequest) (*pb.CancelResponse, error) {
	f, err := a.enter(ctx, "Cancel", chunkKey(req.GetMigrationId(), req.GetChunkId())+"/"+strconv.Itoa(int(req.GetAttempt())))
	if err != nil {
		return nil, err
	}
	cancelled := false
	for _, rpc := range []string{"Export", "Import"} {
		a.mu.Lock()
		t := a.running[attemptKey(rpc, req.GetMigrationId(), req.GetChunkId(), req.GetAttempt())]
		a.mu.Unlock()
		if t != nil && !t.ended() {
			cancelled = true
			t.cancel(apierr.New(codes.Canceled, pb.Reason_REASON_CANCELLED, "cancelled by a caller"))
			if err := t.wait(ctx); err != nil {
				return nil, err
			}
		}
	}
	return &pb.CancelResponse{Cancelled: cancelled}, f.After
}

// wait returns when the attempt has ended, or with the context's cause.
func (t *attempt) wait(ctx context.Context) error {
	for {
		_, changed, done, _ := t.look(0)
		if done {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
