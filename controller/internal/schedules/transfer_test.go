package schedules

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// objectRows is how many rows fit into one object before an export rolls over.
const objectRows = 5

// A job is one attempt at one chunk.
type job struct {
	*agent
	chunk    string // with the migration
	number   int32
	subject  progress.Subject
	plan     *pb.TablePlan
	url      string
	manifest *pb.Manifest // of an import
}

// place names the attempt where faults are decided on.
func (j job) place(what string) string { return fmt.Sprintf("%s %s/%d", what, j.chunk, j.number) }

// request is what exports and imports have in common.
type request interface {
	GetMigrationId() string
	GetPlan() *pb.TablePlan
	GetChunk() *pb.Chunk
	GetAttempt() int32
	GetParUrl() string
}

func (a *agent) job(req request) job {
	id := req.GetChunk().GetChunkId()
	return job{
		agent: a, chunk: req.GetMigrationId() + "/" + id, number: req.GetAttempt(), plan: req.GetPlan(), url: req.GetParUrl(),
		subject: progress.Subject{Migration: req.GetMigrationId(), Table: req.GetPlan().GetTableId(), Chunk: id, Attempt: req.GetAttempt()},
	}
}

// stream answers an export or import: ticks, then the outcome. Faults of the way
// strike before, between and after them.
func (j job) stream(ctx context.Context, name string, phase pb.Phase, do work, send func(*pb.Event) error) error {
	place := j.Name() + " " + j.place(name)
	if err := j.entry(ctx, place); err != nil {
		return err
	}
	outcome, err := j.follow(ctx, fmt.Sprintf("%s %s/%d", name, j.chunk, j.number), j.subject, phase, do, func(e *pb.Event) error {
		if err := send(e); err != nil {
			return err
		}
		return j.host.suffer(ctx, "during "+place)
	})
	if lost := j.leave(ctx, place); lost != nil {
		return lost
	}
	if err != nil {
		return err
	}
	return send(j.subject.ChunkChanged(outcome))
}

// Export implements AgentService.
func (a *agent) Export(req *pb.ExportRequest, stream grpc.ServerStreamingServer[pb.ExportResponse]) error {
	j := a.job(req)
	return j.stream(stream.Context(), "export", pb.Phase_PHASE_EXPORT, func(ctx context.Context) (*pb.ChunkChanged, error) {
		return j.export(ctx, req.GetChunk())
	}, func(e *pb.Event) error { return stream.Send(&pb.ExportResponse{Event: e}) })
}

// export writes the chunk's rows as of its SCN into a folder of the attempt's
// own, which nobody took before, and seals what is there then. Statements of agents
// that died may still write into folders that were taken.
func (j job) export(ctx context.Context, c *pb.Chunk) (*pb.ChunkChanged, error) {
	folder := fmt.Sprintf("%s/%d/", j.chunk, j.number)
	if j.vice.reusesPrefixes {
		folder = j.chunk + "/1/"
	}
	fresh, err := j.bucket.take(ctx, j.url, folder, j.place("take"))
	if err != nil {
		return nil, err
	}
	if !fresh && !j.vice.reusesPrefixes {
		return nil, apierr.New(codes.Aborted, pb.Reason_REASON_OUTCOME_UNKNOWN, "%s was taken", folder).WithRetry(0)
	}
	err = j.database.call(ctx, "export "+j.chunk, j.place("EXPORT_DATA"), func(ctx context.Context) error { return j.write(ctx, c, folder) })
	if err != nil {
		return nil, err
	}
	objects, err := j.bucket.list(ctx, j.url, folder, j.place("seal"))
	if err != nil {
		return nil, err
	}
	return &pb.ChunkChanged{State: pb.ChunkState_CHUNK_STATE_EXPORTED, Manifest: &pb.Manifest{Objects: objects, Rows: c.GetRowCount()}}, nil
}

// write is what EXPORT_DATA does: object after object, and what is written stays.
func (j job) write(ctx context.Context, c *pb.Chunk, folder string) error {
	if err := j.database.undo(c.GetScn(), j.place("EXPORT_DATA")); err != nil {
		return err
	}
	rows, err := j.share(c)
	if err != nil {
		return err
	}
	for n, part := range slices.Collect(slices.Chunk(rows, objectRows)) {
		place := fmt.Sprintf("%s object %d", j.place("write"), n)
		if err := pause(ctx, j.chance.takes(place, 6*time.Second)); err != nil {
			return err
		}
		if err := j.bucket.put(ctx, j.url, folder, place, part); err != nil {
			return err
		}
	}
	return nil
}

// share is what a chunk has of its table's rows: they are cut evenly, and the
// last chunk takes the rest.
func (j job) share(c *pb.Chunk) ([]int64, error) {
	ids, ok := j.database.asOf(key(j.plan.GetSource()), c.GetScn())
	if !ok {
		return nil, noTable(key(j.plan.GetSource()))
	}
	chunks := j.plan.GetChunks()
	n := slices.IndexFunc(chunks, func(o *pb.Chunk) bool { return o.GetChunkId() == c.GetChunkId() })
	share := len(ids) / len(chunks)
	if n == len(chunks)-1 {
		return ids[share*n:], nil
	}
	return ids[share*n : share*(n+1)], nil
}

// Import implements AgentService.
func (a *agent) Import(req *pb.ImportRequest, stream grpc.ServerStreamingServer[pb.ImportResponse]) error {
	j := a.job(req)
	j.manifest = req.GetManifest()
	return j.stream(stream.Context(), "import", pb.Phase_PHASE_STAGE, j.load, func(e *pb.Event) error {
		return stream.Send(&pb.ImportResponse{Event: e})
	})
}

// load brings the manifest's rows to the target, once: staged, and then in one
// transaction with the ledger's entry.
func (j job) load(ctx context.Context) (*pb.ChunkChanged, error) {
	done := &pb.ChunkChanged{State: pb.ChunkState_CHUNK_STATE_IMPORTED, RowsImported: j.manifest.GetRows()}
	found, err := query(ctx, j.database, "", j.place("find entry"), func(context.Context) (bool, error) { return j.database.entered(j.chunk), nil })
	if err != nil {
		return nil, err
	}
	if found && !j.vice.importsBlindly {
		return done, nil
	}
	if err := j.unchanged(ctx); err != nil {
		return nil, err
	}
	staged, err := j.stage(ctx)
	if err != nil {
		return nil, err
	}
	switch surplus := int64(len(staged)) - j.manifest.GetRows(); {
	case surplus == 0 || j.vice.importsWildcards:
	case surplus > 0:
		return nil, apierr.New(codes.DataLoss, pb.Reason_REASON_OBJECT_CHANGED, "%d more rows were staged than exported", surplus)
	default:
		return nil, apierr.New(codes.DataLoss, pb.Reason_REASON_ROWS_REJECTED, "%d of %d rows were staged", len(staged), j.manifest.GetRows())
	}
	if j.vice.answersEarly {
		j.workers.Go(func() { _ = j.commit(ctx, staged) }) // the answer is out
		return done, nil
	}
	return done, j.commit(ctx, staged)
}

// unchanged checks that the manifest's folder has what the manifest says.
func (j job) unchanged(ctx context.Context) error {
	j.bucket.spoil(j.manifest, j.place("before the look"))
	if len(j.manifest.GetObjects()) == 0 || j.vice.importsWildcards {
		return nil
	}
	first := j.manifest.GetObjects()[0].GetName()
	objects, err := j.bucket.list(ctx, j.url, first[:strings.LastIndex(first, "/")+1], j.place("look"))
	if err != nil {
		return err
	}
	same := func(a, b *pb.Object) bool {
		return a.GetName() == b.GetName() && a.GetBytes() == b.GetBytes() && a.GetMd5() == b.GetMd5()
	}
	if !slices.EqualFunc(objects, j.manifest.GetObjects(), same) {
		return apierr.New(codes.DataLoss, pb.Reason_REASON_OBJECT_CHANGED, "the objects are not what was exported")
	}
	return nil
}

// stage copies the objects into a new staging table.
func (j job) stage(ctx context.Context) ([]int64, error) {
	d, table := j.database, &[]int64{}
	objects := j.manifest.GetObjects()
	if j.vice.importsWildcards {
		var err error
		if objects, err = j.bucket.list(ctx, j.url, j.chunk+"/", j.place("wildcard")); err != nil {
			return nil, err
		}
	}
	name := fmt.Sprintf("%s/%d", j.chunk, j.number)
	if err := d.idle(ctx, "import "+j.chunk); err != nil { // its staging table is locked
		return nil, err
	}
	err := d.call(ctx, "", j.place("create staging"), func(context.Context) error {
		d.mu.Lock()
		defer d.mu.Unlock()
		maps.DeleteFunc(d.staging, func(n string, _ *[]int64) bool { return strings.HasPrefix(n, j.chunk+"/") })
		d.staging[name] = table
		return nil
	})
	if err != nil {
		return nil, err
	}
	j.bucket.spoil(j.manifest, j.place("after the look"))
	err = d.call(ctx, "import "+j.chunk, j.place("COPY_DATA"), func(ctx context.Context) error {
		for n, o := range objects {
			place := fmt.Sprintf("%s object %d", j.place("read"), n)
			if err := pause(ctx, j.chance.takes(place, 4*time.Second)); err != nil {
				return err
			}
			rows, err := j.bucket.get(ctx, j.url, o.GetName(), place)
			if err != nil {
				return err
			}
			d.mu.Lock()
			if d.staging[name] != table {
				d.mu.Unlock()
				return noTable("staging " + name)
			}
			*table = append(*table, rows...)
			d.mu.Unlock()
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(*table), nil
}

// commit loads the staged rows. When its answer is lost, the ledger is asked.
func (j job) commit(ctx context.Context, staged []int64) error {
	d, target := j.database, key(j.plan.GetTarget())
	entry := j.chunk
	if j.vice.importsBlindly {
		entry = j.place("blind")
	}
	lost := j.chance.strikes(commitLost, j.place("commit"))
	err := d.call(ctx, "import "+j.chunk, j.place("commit"), func(ctx context.Context) error {
		if lost && j.chance.dice(j.place("rolled back")).IntN(2) == 0 {
			return connectionLost()
		}
		already, err := d.commit(ctx, entry, target, staged, j.place("commit"))
		if err == nil && !already {
			d.damage(target, j.place("commit"))
		}
		return err
	})
	if err == nil && lost {
		err = connectionLost()
	}
	if apierr.ReasonOf(err) != pb.Reason_REASON_CONNECTION_LOST || j.vice.importsBlindly {
		return err
	}
	if j.vice.guessesOutcomes {
		return nil
	}
	return j.settle(ctx, entry, err)
}

// settle finds out whether a transaction was committed, by entering the chunk
// once more: that waits for the transaction's end.
func (j job) settle(ctx context.Context, entry string, cause error) error {
	d := j.database
	committed, err := query(ctx, d, "", j.place("settle"), func(ctx context.Context) (bool, error) {
		for {
			d.mu.Lock()
			other := d.entering[entry]
			_, committed := d.ledger[entry]
			d.mu.Unlock()
			if other == nil {
				return committed, nil
			}
			select {
			case <-other:
			case <-ctx.Done():
				return false, context.Cause(ctx)
			}
		}
	})
	switch {
	case err != nil:
		return apierr.New(codes.Unavailable, pb.Reason_REASON_OUTCOME_UNKNOWN, "whether the rows were committed cannot be found out now").WithRetry(0).WithCause(err)
	case committed:
		return nil
	default:
		return cause
	}
}
