package transfer

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/agent/internal/bucket"
	"github.com/adbferry/adbferry/agent/internal/dbmscloud"
	"github.com/adbferry/adbferry/agent/internal/ledger"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/agent/internal/staging"
	"github.com/adbferry/adbferry/agent/internal/table"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Import loads exactly the objects of a manifest, once: through a staging
// table, and into the target in one transaction with the ledger's entry
// (reference, section 11.2). A chunk that the ledger has is reported and not touched.
func (t Transfer) Import(ctx context.Context, j Job, m *pb.Manifest, report Report) (*pb.ChunkChanged, error) {
	changed, err := t.load(ctx, j, m, report)
	if err != nil {
		return nil, fmt.Errorf("import %s: %w", j.Chunk.GetChunkId(), err)
	}
	return changed, nil
}

func (t Transfer) load(ctx context.Context, j Job, m *pb.Manifest, report Report) (*pb.ChunkChanged, error) {
	target, err := oracle.NewTable(j.Plan.GetTarget())
	if err != nil {
		return nil, err
	}
	stage, err := staging.New(j.Migration, j.Chunk.GetChunkId(), j.Attempt, j.Plan.GetFormat(), table.InFiles(j.Plan))
	if err != nil {
		return nil, err
	}
	s, err := t.Database.Session(ctx, j.action("import"))
	if err != nil {
		return nil, err
	}
	defer t.release(ctx, s, j, func(ctx context.Context, s *oracle.Session) error {
		return staging.DropChunk(ctx, s, j.Migration, j.Chunk.GetChunkId())
	})
	if err := ledger.Ensure(ctx, s); err != nil {
		return nil, err
	}
	rows, found, err := ledger.Find(ctx, s, j.Migration, j.Chunk.GetChunkId())
	if err == nil && rows > 0 && !j.shared() {
		err = ledger.Holds(ctx, s, j.Migration, target)
	}
	if err != nil || found {
		return imported(rows), err
	}
	entry := ledger.Entry{Migration: j.Migration, Table: j.Plan.GetTableId(), Chunk: j.Chunk.GetChunkId(), Rows: m.GetRows()}
	if m.GetRows() > 0 {
		if err := t.stage(ctx, s, j, m, stage, report); err != nil {
			return nil, err
		}
	}
	report(&pb.ChunkProgress{Phase: pb.Phase_PHASE_LOAD, Bytes: m.TotalBytes(), Objects: int64(len(m.GetObjects()))})
	return t.commit(ctx, s, j, stage, target, entry)
}

// stage fills the staging table from the manifest's objects and proves that
// all rows are there.
func (t Transfer) stage(ctx context.Context, s *oracle.Session, j Job, m *pb.Manifest, stage *staging.Table, report Report) error {
	if err := t.Store.Unchanged(ctx, j.URL, j.Migration, j.Chunk.GetChunkId(), m); err != nil {
		return err
	}
	rows, overflow, err := urls(j, m)
	if err != nil {
		return err
	}
	if err := t.vacate(ctx, s, j); err != nil {
		return err
	}
	if err := stage.Create(ctx, s); err != nil {
		return err
	}
	report(&pb.ChunkProgress{Phase: pb.Phase_PHASE_STAGE, Bytes: m.TotalBytes(), Objects: int64(len(m.GetObjects()))})
	if err := stage.Fill(ctx, s, rows, overflow); err != nil {
		return t.explain(ctx, s, err)
	}
	return stage.Check(ctx, s, m.GetRows())
}

// vacateLimit bounds how long an import waits for one that nobody follows any more.
const vacateLimit = 15 * time.Minute

// vacate drops the staging tables of earlier attempts at the chunk. A load whose
// agent died goes on in the database and keeps its table locked; this one waits for
// it, as long as somebody follows, and does not read the same objects beside it.
func (t Transfer) vacate(ctx context.Context, s *oracle.Session, j Job) error {
	for end := time.Now().Add(vacateLimit); ; {
		err := staging.DropChunk(ctx, s, j.Migration, j.Chunk.GetChunkId())
		if !oracle.HasCode(err, oracle.TableLocked) {
			return err
		}
		if time.Now().After(end) {
			return apierr.New(codes.Aborted, pb.Reason_REASON_DATABASE_ERROR, "a load of an earlier attempt at chunk %s still runs in the database after %s", j.Chunk.GetChunkId(), vacateLimit).
				WithHint("look in V$SESSION for an action that begins with 'import %s/', end that session, and resume", j.Chunk.GetChunkId()).WithRetry(0).WithCause(err)
		}
		t.Log.Info("waiting for the load of an earlier attempt", "chunk", j.Chunk.GetChunkId())
		select {
		case <-time.After(t.watch()):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// urls returns the secret URLs of a manifest's objects: those with rows and
// those with overflow.
func urls(j Job, m *pb.Manifest) (rows, overflow []string, err error) {
	var names [2][]string
	for _, o := range m.GetObjects() {
		kind := 0
		if o.GetOverflow() {
			kind = 1
		}
		names[kind] = append(names[kind], o.GetName())
	}
	if rows, err = bucket.URLs(j.URL, names[0]); err != nil {
		return nil, nil, err
	}
	overflow, err = bucket.URLs(j.URL, names[1])
	return rows, overflow, err
}

// explain adds the numbers of a failed load's log to its failure.
func (t Transfer) explain(ctx context.Context, s *oracle.Session, err error) error {
	e := apierr.From(err)
	if oracle.Lost(err) || ctx.Err() != nil {
		return err
	}
	sid, serial := s.ID()
	numbers, logErr := dbmscloud.Messages(ctx, s, sid, serial)
	if logErr != nil {
		t.Log.Debug("log of the load not read", "error", logErr)
		return err
	}
	if len(numbers) > 0 {
		e = e.WithFact("log", strings.Join(numbers, " "))
	}
	return e
}

// errShort undoes a load that moved another number of rows than were staged.
var errShort = errors.New("another number of rows than staged")

// commit moves the staged rows into the target and enters the chunk in the
// ledger, both or neither. When the connection breaks in between, the ledger
// is asked what happened.
func (t Transfer) commit(ctx context.Context, s *oracle.Session, j Job, stage *staging.Table, target oracle.Table, entry ledger.Entry) (*pb.ChunkChanged, error) {
	var loaded int64
	err := s.Transact(ctx, func(tx *oracle.Tx) (err error) {
		if err := ledger.Enter(ctx, tx, entry); err != nil || entry.Rows == 0 {
			return err
		}
		if err := ledger.Claim(ctx, tx, entry.Migration, target, j.shared()); err != nil {
			return err
		}
		switch loaded, err = stage.Load(ctx, tx, target); {
		case err != nil:
			return err
		case loaded != entry.Rows:
			return errShort
		case j.shared():
			return nil
		default:
			return ledger.Hold(ctx, tx, entry.Migration, target)
		}
	})
	switch {
	case err == nil, errors.Is(err, ledger.ErrEntered):
		return imported(entry.Rows), nil
	case errors.Is(err, errShort):
		return nil, apierr.New(codes.DataLoss, pb.Reason_REASON_ROWS_REJECTED, "the target took %d of %d rows", loaded, entry.Rows).
			WithHint("look for triggers or policies on the target table")
	}
	if _, unknown := errors.AsType[*oracle.CommitError](err); unknown {
		s.Close() // its place may be the last one
		return t.settle(ctx, entry, err)
	}
	return nil, narrow(j, target, err)
}

// settleLimit bounds asking the ledger after a commit broke.
const settleLimit = time.Minute

var errSettle = fmt.Errorf("asking the ledger took longer than %s: %w", settleLimit, context.DeadlineExceeded)

// settle finds out in a new session whether a broken commit was done.
func (t Transfer) settle(ctx context.Context, entry ledger.Entry, cause error) (*pb.ChunkChanged, error) {
	ctx, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), settleLimit, errSettle)
	defer cancel()
	s, err := t.Database.Session(ctx, "settle")
	if err != nil {
		return nil, ledger.Unknown(entry, err)
	}
	defer s.Close()
	committed, err := ledger.Settle(ctx, s, entry)
	switch {
	case err != nil:
		return nil, err
	case committed:
		return imported(entry.Rows), nil
	default:
		return nil, cause
	}
}

// shared reports whether the target may have rows of others.
func (j Job) shared() bool {
	return j.Plan.GetOptions().GetIfExists() == pb.IfExists_IF_EXISTS_APPEND
}

func imported(rows int64) *pb.ChunkChanged {
	return &pb.ChunkChanged{State: pb.ChunkState_CHUNK_STATE_IMPORTED, RowsImported: rows}
}
