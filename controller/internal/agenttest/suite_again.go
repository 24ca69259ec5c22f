package agenttest

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// testChunks relies on a table being cut by size: the chunks have numbers that
// follow each other from the one asked for, and all rows between them.
func (s Subject) testChunks(t *testing.T) {
	req := s.planRequest(t)
	one, err := s.Source.PlanTable(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	req.Options = &pb.TableOptions{ChunkBytes: one.GetPlan().GetEstimatedBytes()/4 + 1}
	req.FirstChunk = 11
	cut, err := s.Source.PlanTable(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	var sum int64
	for n, c := range cut.GetPlan().GetChunks() {
		if want := fmt.Sprintf("%s/%06d", key(s.Table), 11+n); c.GetChunkId() != want || c.RowCount == nil || c.GetScn() != req.GetScn() {
			t.Errorf("chunk %d is %v, want %s", n, c, want)
		}
		sum += c.GetRowCount()
	}
	if sum != s.Rows || cut.GetPlan().GetScn() != req.GetScn() {
		t.Errorf("chunks have %d rows as of SCN %d, want %d as of %d", sum, cut.GetPlan().GetScn(), s.Rows, req.GetScn())
	}
}

// testWhere relies on a condition meaning the same wherever it is given.
func (s Subject) testWhere(t *testing.T) {
	const few = 10
	req := s.planRequest(t)
	all := s.plan(t)
	column := all.GetColumns()[0].GetColumn()
	req.Where = fmt.Sprintf("%s <= %d", column.GetName(), few)
	planned, err := s.Source.PlanTable(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	counted, err := s.Source.Count(t.Context(), &pb.CountRequest{Table: s.Table, Scn: req.GetScn(), Where: req.GetWhere()})
	if err != nil {
		t.Fatal(err)
	}
	digest, err := s.Source.Checksum(t.Context(), &pb.ChecksumRequest{Selection: &pb.RowSelection{
		Table: s.Table, Columns: []*pb.Column{column}, Scn: req.GetScn(), Where: req.GetWhere(),
	}})
	if err != nil {
		t.Fatal(err)
	}
	p := planned.GetPlan()
	if p.GetRows() != few || counted.GetRows() != few || digest.GetDigest().GetRows() != few || p.GetWhere() != req.GetWhere() || p.GetChunks()[0].GetWhere() != req.GetWhere() {
		t.Errorf("of %d rows, %d are planned, %d counted and %d digested", few, p.GetRows(), counted.GetRows(), digest.GetDigest().GetRows())
	}
	req.Where += "; DROP TABLE X"
	_, err = s.Source.PlanTable(t.Context(), req)
	expectReason(t, err, pb.Reason_REASON_REQUEST_INVALID)
}

// testKept relies on rows of another migration being told before they are added to.
func (s Subject) testKept(t *testing.T, plan *pb.TablePlan) {
	appending := proto.CloneOf(plan)
	appending.Options = &pb.TableOptions{IfExists: pb.IfExists_IF_EXISTS_APPEND}
	resp, err := s.Target.PrepareTable(t.Context(), &pb.PrepareTableRequest{MigrationId: s.Migration + "-2", Plan: appending, ValidateOnly: true})
	if err != nil || resp.GetCreated() || resp.GetRowsKept() != s.Rows {
		t.Errorf("appending to %d rows: %v, %v", s.Rows, resp, err)
	}
	appending.Options.IfExists = pb.IfExists_IF_EXISTS_FAIL
	_, err = s.Target.PrepareTable(t.Context(), &pb.PrepareTableRequest{MigrationId: s.Migration + "-2", Plan: appending, ValidateOnly: true})
	expectReason(t, err, pb.Reason_REASON_TARGET_NOT_EMPTY)
}

// testAgain empties the table and moves it once more, by a plan whose chunks
// have other names: what was loaded under the old ones must not count.
func (s Subject) testAgain(t *testing.T, plan *pb.TablePlan) *pb.TablePlan {
	t.Helper()
	for n := range 2 {
		resp, err := s.Target.EmptyTable(t.Context(), &pb.EmptyTableRequest{MigrationId: s.Migration, Plan: plan})
		if want := s.Rows * int64(1-n); err != nil || resp.GetRowsRemoved() != want {
			t.Fatalf("emptied of %d rows, %v; want %d", resp.GetRowsRemoved(), err, want)
		}
	}
	if got := s.count(t, s.Target, 0); got != 0 {
		t.Errorf("%d rows are left", got)
	}
	req := s.planRequest(t)
	req.Scn, req.FirstChunk = plan.GetScn(), int32(len(plan.GetChunks())+1)
	resp, err := s.Source.PlanTable(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	next := resp.GetPlan()
	if _, err := s.Target.PrepareTable(t.Context(), &pb.PrepareTableRequest{MigrationId: s.Migration, Plan: next}); err != nil {
		t.Fatal(err)
	}
	for _, c := range next.GetChunks() {
		m := s.export(t, next, c, 1)
		if rows, err := s.load(t.Context(), next, c, 1, m); err != nil || rows != m.GetRows() {
			t.Errorf("import of chunk %s: %d rows, %v; want %d", c.GetChunkId(), rows, err, m.GetRows())
		}
	}
	if got := s.count(t, s.Target, 0); got != s.Rows {
		t.Errorf("the target has %d rows after another try, want %d", got, s.Rows)
	}
	return next
}

// testReferences relies on foreign keys being a step of their own, which does
// nothing for a table that has none, any number of times.
func (s Subject) testReferences(t *testing.T, plan *pb.TablePlan) {
	var first *pb.FinishTableResponse
	for range 2 {
		resp, err := s.Target.FinishTable(t.Context(), &pb.FinishTableRequest{MigrationId: s.Migration, Plan: plan, References: true})
		if err != nil || len(resp.GetFailures()) > 0 {
			t.Errorf("failures %v, %v", resp.GetFailures(), err)
		}
		if first == nil {
			first = resp
		}
		if diff := cmp.Diff(first.GetConstraints(), resp.GetConstraints()); diff != "" {
			t.Error(diff)
		}
	}
}
