// Package diagnosis finds out what can be carried between two databases by
// carrying it: the source's agent makes small tables with every type and
// boundary value, each format moves them, and digests tell what arrived equal.
// Both databases are asked the questions that the documentation leaves open. The
// answers are kept, for plans to use. Tables and rows of the ledger are removed;
// objects in the bucket stay where the source's agent has no credential to delete
// them with, and the diagnosis says so.
package diagnosis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/adbferry/adbferry/controller/internal/fleet"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// cleanTime bounds the clean-up, which happens also when the caller is gone.
const cleanTime = 2 * time.Minute

// A Round is one diagnosis of one pair.
type Round struct {
	ID             string // names what is made on both sides, and the folder in the bucket
	Source, Target *fleet.Agent
	PAR            string      // a bearer secret; goes into requests and nowhere else
	Formats        []pb.Format // to try; none for all
	LOBBytes       []int64     // sizes of large objects to try; none for pb.DefaultLOBBytes
	Version        string      // of the controller
	Now            func() time.Time
	Step           func(text string) // hears what is being tried
}

// Run carries the round out and cleans up. What a database refuses is part of
// the diagnosis; an error means that an agent could not be asked.
func (r Round) Run(ctx context.Context) (*pb.Diagnosis, error) {
	r.Formats, r.LOBBytes = formats(r.Formats), sizes(r.LOBBytes)
	trip, err := r.meet(ctx)
	if err != nil {
		return nil, err
	}
	d, err := r.findOut(ctx, trip)
	left, cleanErr := r.clean(ctx)
	if err := errors.Join(err, cleanErr); err != nil {
		return nil, err
	}
	d.Leftovers = left
	return d, nil
}

// findOut asks both databases and carries tables between them. What it makes is
// left to be cleaned up, also after an error.
func (r Round) findOut(ctx context.Context, t *trip) (*pb.Diagnosis, error) {
	d := &pb.Diagnosis{Source: r.Source.Name(), Target: r.Target.Name(), Time: timestamppb.New(r.Now()), ControllerVersion: r.Version}
	if err := r.ask(ctx, d); err != nil {
		return nil, err
	}
	tables, err := r.tables(ctx, t.maxStringBytes)
	if err != nil {
		return nil, err
	}
	for _, f := range r.Formats {
		found, err := r.format(ctx, t, f, tables)
		if err != nil {
			return nil, err
		}
		d.Formats = append(d.Formats, found)
	}
	return d, nil
}

// tables has the source make the tables of the round trip: one with every type,
// one for each size of large objects, and one of long texts, if there can be such.
func (r Round) tables(ctx context.Context, maxStringBytes int32) ([]*pb.Table, error) {
	r.Step("making the tables of the round trip on " + r.Source.Name())
	made, err := r.Source.CreateProbe(ctx, &pb.CreateProbeRequest{MigrationId: r.ID, LobBytes: r.LOBBytes, MaxStringBytes: maxStringBytes})
	if err != nil {
		return nil, err
	}
	if n := len(made.GetTables()) - len(r.LOBBytes); n != 1 && n != 2 {
		return nil, apierr.New(codes.Internal, pb.Reason_REASON_INTERNAL, "agent %s made %d tables to try things with, not %d or %d",
			r.Source.Name(), len(made.GetTables()), 1+len(r.LOBBytes), 2+len(r.LOBBytes))
	}
	return made.GetTables(), nil
}

// sizes puts the sizes of large objects in order, each once; none is the default.
func sizes(chosen []int64) []int64 {
	if len(chosen) == 0 {
		chosen = pb.DefaultLOBBytes()
	}
	return slices.Compact(slices.Sorted(slices.Values(chosen)))
}

// formats puts the formats in order, each once; none is all.
func formats(chosen []pb.Format) []pb.Format {
	if len(chosen) == 0 {
		return pb.Formats()
	}
	return slices.Compact(slices.Sorted(slices.Values(chosen)))
}

// meet describes both databases: a round trip needs two.
func (r Round) meet(ctx context.Context) (*trip, error) {
	source, err := r.Source.DescribeDatabase(ctx)
	if err != nil {
		return nil, err
	}
	target, err := r.Target.DescribeDatabase(ctx)
	if err != nil {
		return nil, err
	}
	if source.GetDatabaseName() == target.GetDatabaseName() && source.GetUser() == target.GetUser() {
		return nil, apierr.New(codes.InvalidArgument, pb.Reason_REASON_REQUEST_INVALID,
			"%s and %s are the same user of the same database: there is nothing to carry between them", r.Source.Name(), r.Target.Name()).
			WithFact("field", "target")
	}
	return &trip{Round: r, user: target.GetUser(), maxStringBytes: min(source.GetMaxStringBytes(), target.GetMaxStringBytes())}, nil
}

// ask puts the open questions to both databases.
func (r Round) ask(ctx context.Context, d *pb.Diagnosis) error {
	for _, side := range []struct {
		agent   *fleet.Agent
		id      string
		answers *[]*pb.Answer
	}{{r.Source, r.ID, &d.SourceAnswers}, {r.Target, r.targetID(), &d.TargetAnswers}} {
		r.Step("asking " + side.agent.Name() + " what the documentation leaves open")
		resp, err := side.agent.ProbeBehaviour(ctx, &pb.ProbeBehaviourRequest{MigrationId: side.id, ParUrl: r.PAR})
		if err != nil {
			return err
		}
		*side.answers = resp.GetAnswers()
	}
	return nil
}

// clean removes what the round made, also when ctx has ended, and returns what
// is left in the bucket.
func (r Round) clean(ctx context.Context) (left []string, err error) {
	ctx, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), cleanTime, errors.New("cleaning up took too long"))
	defer cancel()
	r.Step("cleaning up")
	ids := []string{r.ID, r.targetID()}
	for _, id := range ids {
		_, sourceErr := r.Source.DropProbe(ctx, &pb.DropProbeRequest{MigrationId: id})
		_, targetErr := r.Target.DropProbe(ctx, &pb.DropProbeRequest{MigrationId: id})
		err = errors.Join(err, sourceErr, targetErr)
	}
	for _, f := range r.Formats {
		ids = append(ids, r.migration(f))
	}
	var objects int64
	for _, id := range ids {
		_, targetErr := r.Target.Discard(ctx, &pb.DiscardRequest{MigrationId: id})
		resp, sourceErr := r.Source.Discard(ctx, &pb.DiscardRequest{MigrationId: id, ParUrl: r.PAR})
		err = errors.Join(err, targetErr, sourceErr)
		for _, l := range resp.GetLeftovers() {
			objects += l.GetCount()
			left = append(left, l.GetHint())
		}
	}
	return summary(r.ID, objects, left), err
}

// summary says in one line what is left under all the round's folders, with the
// command for the first of them, whose name is the start of all others.
func summary(id string, objects int64, hints []string) []string {
	if objects == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%d objects under %s…: %s", objects, id, strings.Replace(hints[0], id+"/", id, 1))}
}

// targetID keeps the target's objects apart from the source's, which asks the
// same questions in the same bucket.
func (r Round) targetID() string { return r.ID + "-target" }

// migration names the round trip in one format: its prefix in the bucket, and
// its rows in the ledger.
func (r Round) migration(f pb.Format) string { return r.ID + "-" + f.Word() }
