package transfer

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/adbferry/adbferry/agent/internal/bucket"
	"github.com/adbferry/adbferry/agent/internal/chunk"
	"github.com/adbferry/adbferry/agent/internal/dbmscloud"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/agent/internal/scan"
	"github.com/adbferry/adbferry/agent/internal/table"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Export writes the chunk as of its SCN into the attempt's folder and returns
// the manifest of what was written. A chunk without rows writes nothing: what
// the database would write is not defined (reference, section 1.5).
func (t Transfer) Export(ctx context.Context, j Job, report Report) (*pb.ChunkChanged, error) {
	query, err := j.query()
	if err != nil {
		return nil, err
	}
	overflowQuery, err := j.overflowQuery()
	if err != nil {
		return nil, err
	}
	rows := chunk.Rows(j.Plan, j.Chunk)
	if rows == 0 {
		return exported(&pb.Manifest{}), nil
	}
	f := bucket.Attempt(j.URL, j.Migration, j.Chunk.GetChunkId(), j.Attempt).In(j.Plan.GetFormat())
	if err := t.Store.Begin(ctx, f); err != nil {
		return nil, err
	}
	overflow, err := t.write(ctx, j, f, query, overflowQuery, report)
	if err != nil {
		return nil, fmt.Errorf("export %s: %w", j.Chunk.GetChunkId(), err)
	}
	manifest, err := t.Store.Seal(ctx, f, rows, overflow)
	if err != nil {
		return nil, err
	}
	return exported(manifest), nil
}

func exported(m *pb.Manifest) *pb.ChunkChanged {
	return &pb.ChunkChanged{State: pb.ChunkState_CHUNK_STATE_EXPORTED, Manifest: m}
}

// write runs the exports in a session of their own, and lists the folder beside
// it. It returns how many overflow pieces there are.
func (t Transfer) write(ctx context.Context, j Job, f bucket.Folder, query, overflowQuery string, report Report) (overflow int64, err error) {
	target, err := f.Target()
	if err != nil {
		return 0, err
	}
	s, err := t.Database.Session(ctx, j.action("export"))
	if err != nil {
		return 0, err
	}
	defer t.release(ctx, s, j, nil)
	watching, stop := context.WithCancelCause(ctx)
	var watcher sync.WaitGroup
	watcher.Go(func() { t.observe(watching, f, report) })
	if err = dbmscloud.Export(ctx, s, j.Plan.GetFormat(), target, query); err == nil && overflowQuery != "" {
		overflow, err = j.writeOverflow(ctx, s, f, overflowQuery)
	}
	stop(nil)
	watcher.Wait()
	return overflow, err
}

// writeOverflow exports the overflow pieces, if the chunk has any, and returns
// their number.
func (j Job) writeOverflow(ctx context.Context, s *oracle.Session, f bucket.Folder, query string) (overflow int64, err error) {
	from, err := j.from()
	if err != nil {
		return 0, err
	}
	if overflow, err = scan.Overflow(ctx, s, from, table.InFiles(j.Plan)); err != nil || overflow == 0 {
		return overflow, err
	}
	target, err := f.OverflowTarget()
	if err != nil {
		return 0, err
	}
	return overflow, dbmscloud.Export(ctx, s, j.Plan.GetFormat(), target, query)
}

// observe reports what is in the folder until ctx ends. A listing that fails
// is no news: the export itself will say what is wrong.
func (t Transfer) observe(ctx context.Context, f bucket.Folder, report Report) {
	ticker := time.NewTicker(t.watch())
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		objects, size, err := t.Store.Progress(ctx, f)
		if err != nil {
			t.Log.Debug("folder not listed", "folder", f.Name(), "error", err)
			continue
		}
		report(&pb.ChunkProgress{Phase: pb.Phase_PHASE_EXPORT, Objects: objects, Bytes: size})
	}
}
