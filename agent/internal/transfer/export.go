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
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Export writes the chunk as of its SCN into the attempt's folder and returns
// the manifest of what was written. A chunk without rows writes nothing: what
// the database would write is not defined (reference 1.5).
func (t Transfer) Export(ctx context.Context, j Job, report Report) (*pb.ChunkChanged, error) {
	query, err := j.query()
	if err != nil {
		return nil, err
	}
	rows := chunk.Rows(j.Plan, j.Chunk)
	if rows == 0 {
		return exported(&pb.Manifest{}), nil
	}
	f := bucket.Attempt(j.URL, j.Migration, j.Chunk.GetChunkId(), j.Attempt)
	target, err := f.Target()
	if err != nil {
		return nil, err
	}
	if err := t.Store.Empty(ctx, f); err != nil {
		return nil, err
	}
	if err := t.write(ctx, j, f, target, query, report); err != nil {
		return nil, fmt.Errorf("export %s: %w", j.Chunk.GetChunkId(), err)
	}
	manifest, err := t.Store.Seal(ctx, f, rows)
	if err != nil {
		return nil, err
	}
	return exported(manifest), nil
}

func exported(m *pb.Manifest) *pb.ChunkChanged {
	return &pb.ChunkChanged{State: pb.ChunkState_CHUNK_STATE_EXPORTED, Manifest: m}
}

// write runs the export in a session of its own, and lists the folder beside it.
func (t Transfer) write(ctx context.Context, j Job, f bucket.Folder, target, query string, report Report) error {
	s, err := t.Database.Session(ctx, j.action("export"))
	if err != nil {
		return err
	}
	defer t.release(ctx, s, nil)
	watching, stop := context.WithCancelCause(ctx)
	var watcher sync.WaitGroup
	watcher.Go(func() { t.observe(watching, f, report) })
	err = dbmscloud.Export(ctx, s, target, query)
	stop(nil)
	watcher.Wait()
	return err
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

// cleanLimit bounds what is done after an attempt has ended, however it ended.
const cleanLimit = 30 * time.Second

// release removes what an attempt's calls left in the database and closes its
// session: the operations' rows, which keep the PAR, and what tidy removes. It
// uses another session only when this one broke: a connection that is back in
// the pool may be at work for somebody else. The attempt's outcome stands, so
// a failure here is only logged; Discard tries again.
func (t Transfer) release(ctx context.Context, s *oracle.Session, tidy func(context.Context, *oracle.Session) error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanLimit)
	defer cancel()
	defer s.Close()
	sid, serial := s.ID()
	clean := s
	if s.Broken() {
		var err error
		if clean, err = t.Database.Session(ctx, "clean up"); err != nil {
			t.Log.Warn("attempt not cleaned up", "error", err)
			return
		}
		defer clean.Close()
	}
	if err := dbmscloud.Forget(ctx, clean, sid, serial); err != nil {
		t.Log.Warn("operations not deleted", "error", err)
	}
	if tidy == nil {
		return
	}
	if err := tidy(ctx, clean); err != nil {
		t.Log.Warn("attempt not cleaned up", "error", err)
	}
}
