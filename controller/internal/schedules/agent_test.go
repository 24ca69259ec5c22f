package schedules

import (
	"context"
	"fmt"
	"hash/fnv"
	"maps"
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

// unary carries out a call whose work is one statement.
func (a *agent) unary(ctx context.Context, place string, do func(context.Context) error) error {
	place = a.Name() + " " + place
	if err := a.entry(ctx, place); err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(a.life, func() { cancel(errKilled) })()
	if err := a.database.call(ctx, "", place, do); err != nil {
		return err
	}
	return a.leave(ctx, place)
}

// DescribeDatabase implements AgentService.
func (a *agent) DescribeDatabase(ctx context.Context, req *pb.DescribeDatabaseRequest) (resp *pb.DescribeDatabaseResponse, err error) {
	err = a.unary(ctx, "describe", func(ctx context.Context) error {
		resp, err = a.Agent.DescribeDatabase(ctx, req)
		return err
	})
	return resp, err
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
	return a.Agent.CheckStorage(ctx, req)
}

// PlanTable implements AgentService.
func (a *agent) PlanTable(ctx context.Context, req *pb.PlanTableRequest) (resp *pb.PlanTableResponse, err error) {
	err = a.unary(ctx, "plan "+key(req.GetTable()), func(ctx context.Context) error {
		resp, err = a.Agent.PlanTable(ctx, req)
		return err
	})
	return resp, err
}

// PrepareTable implements AgentService: the table has this migration's rows, as
// the ledger has them, and no others.
func (a *agent) PrepareTable(ctx context.Context, req *pb.PrepareTableRequest) (*pb.PrepareTableResponse, error) {
	d, target := a.database, key(req.GetPlan().GetTarget())
	resp := &pb.PrepareTableResponse{}
	return resp, a.unary(ctx, "prepare "+target, func(context.Context) error {
		d.mu.Lock()
		defer d.mu.Unlock()
		t := d.tables[target]
		resp.Created = t == nil
		switch {
		case req.GetValidateOnly():
		case t == nil:
			d.tables[target] = &[]row{}
		case int64(len(*t)) > d.sum(target):
			return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TARGET_NOT_EMPTY, "table %s has rows already", target)
		case int64(len(*t)) < d.sum(target):
			return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TARGET_DIFFERS, "rows of table %s are gone", target)
		}
		return nil
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
	resp := &pb.CountResponse{}
	return resp, a.unary(ctx, "count "+key(req.GetTable()), func(context.Context) error {
		ids, ok := a.database.asOf(key(req.GetTable()), req.GetScn())
		if !ok {
			return noTable(key(req.GetTable()))
		}
		resp.Rows = int64(len(ids))
		return nil
	})
}

// Checksum implements AgentService, for whole tables.
func (a *agent) Checksum(ctx context.Context, req *pb.ChecksumRequest) (*pb.ChecksumResponse, error) {
	resp, table, scn := &pb.ChecksumResponse{}, key(req.GetSelection().GetTable()), req.GetSelection().GetScn()
	return resp, a.unary(ctx, "digest "+table, func(ctx context.Context) error {
		if err := pause(ctx, a.chance.takes("digest "+a.Name()+table, 4*time.Second)); err != nil {
			return err
		}
		if scn != 0 && a.chance.strikes(undoGone, "digest "+table) {
			return snapshotGone()
		}
		ids, ok := a.database.asOf(table, scn)
		if !ok {
			return noTable(table)
		}
		if a.vice.digestsLie && scn == 0 {
			ids, _ = a.host.world.source.asOf(table, a.host.world.scn)
		}
		resp.Digest = digest(ids)
		return nil
	})
}

// digest does not depend on the order of rows, and counts equal ones.
func digest(ids []int64) *pb.Digest {
	var sum uint64
	for _, id := range ids {
		h := fnv.New64a()
		_, _ = fmt.Fprint(h, id) // a hash takes everything
		sum += h.Sum64()
	}
	return &pb.Digest{Rows: int64(len(ids)), Sum: fmt.Sprintf("%x-%x", sum, sum*31)}
}

func snapshotGone() error {
	return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_SNAPSHOT_GONE, "ORA-01555: snapshot too old")
}

// FinishTable implements AgentService.
func (a *agent) FinishTable(ctx context.Context, req *pb.FinishTableRequest) (*pb.FinishTableResponse, error) {
	return &pb.FinishTableResponse{}, a.unary(ctx, "finish "+key(req.GetPlan().GetTarget()), func(context.Context) error { return nil })
}

// EmptyTable implements AgentService. Imports that still run would fill it again,
// so it waits for them.
func (a *agent) EmptyTable(ctx context.Context, req *pb.EmptyTableRequest) (*pb.EmptyTableResponse, error) {
	d, target, resp := a.database, key(req.GetPlan().GetTarget()), &pb.EmptyTableResponse{}
	if err := d.idle(ctx, "import "+req.GetMigrationId()+"/"+req.GetPlan().GetTableId()); err != nil {
		return nil, err
	}
	return resp, a.unary(ctx, "empty "+target, func(context.Context) error {
		d.mu.Lock()
		defer d.mu.Unlock()
		t := d.tables[target]
		if t == nil {
			return noTable(target)
		}
		resp.RowsRemoved = int64(len(*t))
		*t = nil
		maps.DeleteFunc(d.ledger, func(_ string, e entry) bool { return e.table == target })
		return nil
	})
}

// Discard implements AgentService.
func (a *agent) Discard(ctx context.Context, req *pb.DiscardRequest) (*pb.DiscardResponse, error) {
	d, prefix := a.database, req.GetMigrationId()+"/"
	return &pb.DiscardResponse{}, a.unary(ctx, "discard", func(context.Context) error {
		d.mu.Lock()
		defer d.mu.Unlock()
		maps.DeleteFunc(d.ledger, func(k string, _ entry) bool { return strings.HasPrefix(k, prefix) })
		maps.DeleteFunc(d.staging, func(k string, _ *[]int64) bool { return strings.HasPrefix(k, prefix) })
		return nil
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
