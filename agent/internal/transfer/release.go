package transfer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/adbferry/adbferry/agent/internal/bucket"
	"github.com/adbferry/adbferry/agent/internal/dbmscloud"
	"github.com/adbferry/adbferry/agent/internal/oracle"
)

// cleanLimit bounds what is done after an attempt has ended, however it ended.
const cleanLimit = 30 * time.Second

var errCleanUp = fmt.Errorf("cleaning up took longer than %s: %w", cleanLimit, context.DeadlineExceeded)

// release removes what an attempt's calls left in the database and closes its
// session: the operations' rows, which keep the PAR, those of earlier attempts
// whose agents died among them, and what tidy removes. The attempt's outcome
// stands, so a failure here is only logged; Discard tries again.
func (t Transfer) release(ctx context.Context, s *oracle.Session, j Job, tidy func(context.Context, *oracle.Session) error) {
	ctx, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), cleanLimit, errCleanUp)
	defer cancel()
	defer s.Close()
	sid, serial := s.ID() // the calls' own, also when another session cleans up
	clean, err := t.working(ctx, s)
	if err != nil {
		t.Log.Warn("attempt not cleaned up", "error", err)
		return
	}
	defer clean.Close()
	err = errors.Join(dbmscloud.Forget(ctx, clean, sid, serial), dbmscloud.ForgetChunk(ctx, clean, bucket.ChunkPath(j.Migration, j.Chunk.GetChunkId())))
	if err != nil {
		t.Log.Warn("operations not deleted", "error", err)
	}
	if tidy == nil {
		return
	}
	if err := tidy(ctx, clean); err != nil {
		t.Log.Warn("attempt not cleaned up", "error", err)
	}
}

// working returns the attempt's session, or another one if that broke. Only then:
// a connection that is back in the pool may be at work for somebody else.
func (t Transfer) working(ctx context.Context, s *oracle.Session) (*oracle.Session, error) {
	if !s.Broken() {
		return s, nil
	}
	s.Close() // its place may be the last one
	return t.Database.Session(ctx, "clean up")
}
