// Package compare asks two agents at once what their tables hold and narrows
// differences down. Only counts, hashes and key values reach the controller, and
// those of a few thousand rows at a time, however large the tables are. What the
// answers prove is decided in verify.
package compare

import (
	"context"
	"slices"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/adbferry/adbferry/controller/internal/fleet"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A Side is one of two tables: which agent reads it, and how. Both sides of a
// pair select the same columns in the same order.
type Side struct {
	Agent     *fleet.Agent
	Selection *pb.RowSelection
	// In makes what goes over a whole table wait for its turn; nil when it need not.
	In func(ctx context.Context, do func() error) error
	// Ahead answers what the side is asked first, when it was asked before; nil when it was not.
	Ahead func(context.Context) (*pb.ChecksumResponse, error)
}

// turn does something when it is its turn.
func (s Side) turn(ctx context.Context, do func() error) error {
	if s.In == nil {
		return do()
	}
	return s.In(ctx, do)
}

// A Pair is two tables to be compared.
type Pair struct{ Source, Target Side }

// Digest digests both tables at the same time and enters the answers into c:
// counts, digests over all columns that both sides can digest, and the others by
// name. It takes these columns out of both selections. When no column is left
// there are no digests, and the rows are only counted.
func (p *Pair) Digest(ctx context.Context, c *pb.Comparison) error {
	for len(p.Source.Selection.GetColumns()) > 0 {
		answers, err := both(ctx, p, func(ctx context.Context, s Side) (*pb.ChecksumResponse, error) {
			if s.Ahead != nil {
				return s.Ahead(ctx)
			}
			return s.Digest(ctx)
		})
		if err != nil {
			return err
		}
		p.Source.Ahead, p.Target.Ahead = nil, nil
		leftOut := union(answers[0].GetLeftOut(), answers[1].GetLeftOut())
		c.NotCompared = append(c.NotCompared, leftOut...)
		if len(leftOut) == 0 {
			c.SourceDigest, c.TargetDigest = answers[0].GetDigest(), answers[1].GetDigest()
			c.SourceRows, c.TargetRows = c.GetSourceDigest().GetRows(), c.GetTargetDigest().GetRows()
			return nil
		}
		p.drop(leftOut) // and ask again, for what both sides can answer
	}
	return p.count(ctx, c)
}

// Digest digests all rows of a side in one pass. An agent that cannot leaves out
// every column, and says why.
func (s Side) Digest(ctx context.Context) (resp *pb.ChecksumResponse, err error) {
	err = s.turn(ctx, func() (err error) {
		resp, err = s.Agent.Checksum(ctx, &pb.ChecksumRequest{Selection: s.Selection})
		return err
	})
	if e := apierr.From(err); e == nil || e.Code() != codes.Unimplemented {
		return resp, err
	}
	resp = &pb.ChecksumResponse{}
	for _, c := range s.Selection.GetColumns() {
		resp.LeftOut = append(resp.LeftOut, &pb.ColumnLeftOut{Name: c.GetName(), Why: "the agent of " + s.Agent.Name() + " is too old to digest rows"})
	}
	return resp, nil
}

// Count counts all rows of a side.
func (s Side) Count(ctx context.Context) (rows int64, err error) {
	err = s.turn(ctx, func() (err error) {
		rows, err = s.Agent.Count(ctx, s.Selection)
		return err
	})
	return rows, err
}

func (p *Pair) count(ctx context.Context, c *pb.Comparison) error {
	rows, err := both(ctx, p, func(ctx context.Context, s Side) (int64, error) { return s.Count(ctx) })
	c.SourceRows, c.TargetRows = rows[0], rows[1]
	return err
}

// drop takes columns out of both selections.
func (p *Pair) drop(columns []*pb.ColumnLeftOut) {
	for _, s := range []*Side{&p.Source, &p.Target} {
		s.Selection = proto.CloneOf(s.Selection)
		s.Selection.Columns = slices.DeleteFunc(s.Selection.GetColumns(), func(c *pb.Column) bool { return named(columns, c.GetName()) })
	}
}

// union joins what two sides leave out; one reason for each column is enough.
func union(a, b []*pb.ColumnLeftOut) []*pb.ColumnLeftOut {
	all := slices.Clone(a)
	for _, c := range b {
		if !named(all, c.GetName()) {
			all = append(all, c)
		}
	}
	return all
}

func named(columns []*pb.ColumnLeftOut, name string) bool {
	return slices.ContainsFunc(columns, func(c *pb.ColumnLeftOut) bool { return c.GetName() == name })
}

// both asks both sides at the same time; the source's answer comes first.
func both[T any](ctx context.Context, p *Pair, ask func(context.Context, Side) (T, error)) (answers [2]T, err error) {
	group, ctx := errgroup.WithContext(ctx)
	for i, s := range []Side{p.Source, p.Target} {
		group.Go(func() (err error) {
			answers[i], err = ask(ctx, s)
			return err
		})
	}
	return answers, group.Wait()
}
