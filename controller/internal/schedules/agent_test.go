package schedules

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/controller/internal/agenttest"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A vice is a promise of AgentService that an agent breaks, to see whether the
// harness notices.
type vice struct {
	importsBlindly   bool // a retried import does not ask whether it was done
	importsWildcards bool // whatever lies in the chunk's folders, not the manifest
	reusesPrefixes   bool // all attempts write into the folder of the first
	guessesOutcomes  bool // a commit whose answer is lost was done
	answersEarly     bool // the import is reported, and so journaled, before it is committed
	digestsLie       bool // the target answers what the source would
}

// honest agents keep their promises.
var honest = vice{}

// An agent is one life of an agent: it knows nothing of those before.
type agent struct {
	*agenttest.Agent // plans, and describes its database
	attempts

	host     *host
	database *database
	bucket   *bucket
	chance   *chance
	vice     vice
}

func key(n *pb.TableName) string { return n.GetSchema() + "." + n.GetName() }

// entry is where faults of the way, and deaths, strike a call: before it.
func (a *agent) entry(ctx context.Context, place string) error {
	if err := pause(ctx, a.chance.takes("way "+place, 30*time.Millisecond)); err != nil {
		return err
	}
	return a.host.suffer(ctx, "before "+place)
}

// leave strikes a call after its work, before the answer.
func (a *agent) leave(ctx context.Context, place string) error {
	if err := a.host.suffer(ctx, "after "+place); err != nil {
		return err
	}
	return pause(ctx, a.chance.takes("way back "+place, 30*time.Millisecond))
}

// ask answers a call whose work is one statement.
func ask[T any](ctx context.Context, a *agent, place string, do func(context.Context) (T, error)) (none T, err error) {
	place = a.Name() + " " + place
	if err := a.entry(ctx, place); err != nil {
		return none, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(a.life, func() { cancel(errKilled) })()
	answer, err := query(ctx, a.database, "", place, do)
	if err != nil {
		return none, err
	}
	return answer, a.leave(ctx, place)
}

// DescribeDatabase implements AgentService.
func (a *agent) DescribeDatabase(ctx context.Context, req *pb.DescribeDatabaseRequest) (*pb.DescribeDatabaseResponse, error) {
	return ask(ctx, a, "describe", func(ctx context.Context) (*pb.DescribeDatabaseResponse, error) {
		return a.Agent.DescribeDatabase(ctx, req)
	})
}

// CheckStorage implements AgentService.
func (a *agent) CheckStorage(ctx context.Context, req *pb.CheckStorageRequest) (*pb.CheckStorageResponse, error) {
	place := a.Name() + " check storage"
	if err := a.entry(ctx, place); err != nil {
		return nil, err
	}
	if err := a.bucket.open(ctx, req.GetParUrl(), place); err != nil {
		return nil, err
	}
	return &pb.CheckStorageResponse{Namespace: "axsim", Bucket: "ferry", ProbeObject: req.GetMigrationId() + "/probe"}, a.leave(ctx, place)
}

// PlanTable implements AgentService.
func (a *agent) PlanTable(ctx context.Context, req *pb.PlanTableRequest) (*pb.PlanTableResponse, error) {
	return ask(ctx, a, "plan "+key(req.GetTable()), func(ctx context.Context) (*pb.PlanTableResponse, error) {
		return a.Agent.PlanTable(ctx, req)
	})
}

// PrepareTable implements AgentService: the table has this migration's rows, as
// the ledger has them, and no others.
func (a *agent) PrepareTable(ctx context.Context, req *pb.PrepareTableRequest) (*pb.PrepareTableResponse, error) {
	d, target := a.database, key(req.GetPlan().GetTarget())
	return ask(ctx, a, "prepare "+target, func(context.Context) (*pb.PrepareTableResponse, error) {
		d.mu.Lock()
		defer d.mu.Unlock()
		t := d.tables[target]
		switch {
		case req.GetValidateOnly():
		case t == nil:
			d.tables[target] = &[]row{}
		case int64(len(*t)) > d.sum(target):
			return nil, apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TARGET_NOT_EMPTY, "table %s has rows already", target)
		case int64(len(*t)) < d.sum(target):
			return nil, apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TARGET_DIFFERS, "rows of table %s are gone", target)
		}
		return &pb.PrepareTableResponse{Created: t == nil}, nil
	})
}

// sum is how many rows the ledger says a table got; the caller holds the lock.
func (d *database) sum(table string) (rows int64) {
	for _, e := range d.ledger {
		if e.table == table {
			rows += e.rows
		}
	}
	return rows
}

// Count implements AgentService.
func (a *agent) Count(ctx context.Context, req *pb.CountRequest) (*pb.CountResponse, error) {
	table := key(req.GetTable())
	return ask(ctx, a, "count "+table, func(context.Context) (*pb.CountResponse, error) {
		ids, ok := a.database.asOf(table, req.GetScn())
		if !ok {
			return nil, noTable(table)
		}
		return &pb.CountResponse{Rows: int64(len(ids))}, nil
	})
}

// Checksum implements AgentService, for whole tables.
func (a *agent) Checksum(ctx context.Context, req *pb.ChecksumRequest) (*pb.ChecksumResponse, error) {
	table, scn := key(req.GetSelection().GetTable()), req.GetSelection().GetScn()
	return ask(ctx, a, "digest "+table, func(ctx context.Context) (*pb.ChecksumResponse, error) {
		if err := pause(ctx, a.chance.takes("digest "+a.Name()+table, 4*time.Second)); err != nil {
			return nil, err
		}
		if err := a.database.undo(scn, "digest "+table); err != nil {
			return nil, err
		}
		ids, ok := a.database.asOf(table, scn)
		if !ok {
			return nil, noTable(table)
		}
		if a.vice.digestsLie && scn == 0 {
			ids, _ = a.host.world.source.asOf(table, a.host.world.scn)
		}
		return &pb.ChecksumResponse{Digest: digest(ids)}, nil
	})
}

// digest does not depend on the order of rows, and counts equal ones. A weaker
// hash than the agents' would let rows that differ cancel out.
func digest(ids []int64) *pb.Digest {
	var first, second uint64
	for _, id := range ids {
		h := sha256.Sum256(strconv.AppendInt(nil, id, 10))
		first += binary.BigEndian.Uint64(h[:])
		second += binary.BigEndian.Uint64(h[8:])
	}
	return &pb.Digest{Rows: int64(len(ids)), Sum: fmt.Sprintf("%x-%x", first, second)}
}

// FinishTable implements AgentService.
func (a *agent) FinishTable(ctx context.Context, req *pb.FinishTableRequest) (*pb.FinishTableResponse, error) {
	return ask(ctx, a, "finish "+key(req.GetPlan().GetTarget()), func(context.Context) (*pb.FinishTableResponse, error) {
		return &pb.FinishTableResponse{}, nil
	})
}

// EmptyTable implements AgentService. Imports that still run would fill it again,
// so it waits for them. A call whose caller has long gone on removes nothing of
// what came since.
func (a *agent) EmptyTable(ctx context.Context, req *pb.EmptyTableRequest) (*pb.EmptyTableResponse, error) {
	d, target := a.database, key(req.GetPlan().GetTarget())
	if err := d.idle(ctx, "import "+req.GetMigrationId()+"/"+req.GetPlan().GetTableId()); err != nil {
		return nil, err
	}
	return ask(ctx, a, "empty "+target, func(context.Context) (*pb.EmptyTableResponse, error) {
		d.mu.Lock()
		defer d.mu.Unlock()
		t := d.tables[target]
		if t == nil {
			return nil, noTable(target)
		}
		for chunk, e := range d.ledger {
			if last := req.GetPlan().GetChunks(); e.table == target && len(last) > 0 && chunk > req.GetMigrationId()+"/"+last[len(last)-1].GetChunkId() {
				return nil, apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TARGET_NOT_EMPTY, "table %s has rows of a newer plan", target)
			}
		}
		resp := &pb.EmptyTableResponse{RowsRemoved: int64(len(*t))}
		a.chance.note("%d rows of %s are removed", len(*t), target)
		*t = nil
		maps.DeleteFunc(d.ledger, func(_ string, e entry) bool { return e.table == target })
		return resp, nil
	})
}

// Discard implements AgentService.
func (a *agent) Discard(ctx context.Context, req *pb.DiscardRequest) (*pb.DiscardResponse, error) {
	d, prefix := a.database, req.GetMigrationId()+"/"
	return ask(ctx, a, "discard", func(context.Context) (*pb.DiscardResponse, error) {
		d.mu.Lock()
		defer d.mu.Unlock()
		maps.DeleteFunc(d.ledger, func(k string, _ entry) bool { return strings.HasPrefix(k, prefix) })
		maps.DeleteFunc(d.staging, func(k string, _ *[]int64) bool { return strings.HasPrefix(k, prefix) })
		return &pb.DiscardResponse{}, nil
	})
}

// Cancel implements AgentService.
func (a *agent) Cancel(ctx context.Context, req *pb.CancelRequest) (*pb.CancelResponse, error) {
	place := fmt.Sprintf("%s cancel %s/%d", a.Name(), req.GetChunkId(), req.GetAttempt())
	if err := a.entry(ctx, place); err != nil {
		return nil, err
	}
	resp := &pb.CancelResponse{}
	for _, phase := range []string{"export", "import"} {
		ended, err := a.end(ctx, fmt.Sprintf("%s %s/%s/%d", phase, req.GetMigrationId(), req.GetChunkId(), req.GetAttempt()))
		if err != nil {
			return nil, err
		}
		resp.Cancelled = resp.GetCancelled() || ended
	}
	return resp, a.leave(ctx, place)
}
