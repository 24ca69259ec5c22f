package agenttest

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A Subject is a pair of agents to be tested, and what they stand next to.
type Subject struct {
	Source, Target pb.AgentServiceClient
	Table          *pb.TableName // on the source, with Rows rows, not on the target
	Rows           int64
	PAR            string
	Migration      string // an ID nobody used before
}

// Suite proves the promises of AgentService that the controller relies on. It
// moves the subject's table, so each subject serves one run.
func Suite(t *testing.T, s Subject) {
	t.Run("describes its database", s.testDescribe)
	t.Run("lists tables by name", s.testList)
	t.Run("plans the same table the same way", s.testPlan)
	t.Run("cuts a table by size", s.testChunks)
	t.Run("keeps to a condition", s.testWhere)
	t.Run("checks what a PAR permits", s.testStorage)
	plan := s.plan(t)
	t.Run("prepares a table once", func(t *testing.T) { s.testPrepare(t, plan) })
	t.Run("exports an attempt once", func(t *testing.T) { s.testExport(t, plan) })
	t.Run("imports a chunk once, whatever the attempt", func(t *testing.T) { s.testImport(t, plan) })
	t.Run("digests rows alike on both sides", func(t *testing.T) { s.testChecksum(t, plan) })
	t.Run("tells of rows that are there", func(t *testing.T) { s.testKept(t, plan) })
	t.Run("empties a table and moves it again", func(t *testing.T) { plan = s.testAgain(t, plan) })
	t.Run("adds foreign keys apart", func(t *testing.T) { s.testReferences(t, plan) })
	t.Run("finishes and discards any number of times", func(t *testing.T) { s.testFinish(t, plan) })
}

// Everything that planning takes from a description has to be there.
func (s Subject) testDescribe(t *testing.T) {
	for name, agent := range map[string]pb.AgentServiceClient{"source": s.Source, "target": s.Target} {
		resp, err := agent.DescribeDatabase(t.Context(), &pb.DescribeDatabaseRequest{})
		if err != nil {
			t.Fatal(err)
		}
		d := resp.GetDatabase()
		if d.GetRegion() == "" || d.GetVersion() == "" || d.GetCurrentScn() <= 0 || d.GetMaxStringBytes() < 4000 || d.GetUser() == "" {
			t.Errorf("%s: incomplete description %v", name, d)
		}
	}
}

// The pattern is a glob, pages are small on purpose, and nothing is no error.
func (s Subject) testList(t *testing.T) {
	list := func(pattern string) []*pb.Table {
		var all []*pb.Table
		for token := ""; ; {
			req := &pb.ListTablesRequest{Schema: s.Table.GetSchema(), Pattern: pattern, PageSize: 1, PageToken: token}
			resp, err := s.Source.ListTables(t.Context(), req)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, resp.GetTables()...)
			if token = resp.GetNextPageToken(); token == "" {
				return all
			}
		}
	}
	found := list(s.Table.GetName())
	if len(found) != 1 || len(found[0].GetColumns()) == 0 || !cmp.Equal(found[0].GetName(), s.Table, protocmp.Transform()) {
		t.Errorf("listing %s found %v", key(s.Table), found)
	}
	if all := list(""); len(all) < 1 {
		t.Error("listing the schema found nothing")
	}
	if none := list("NO_SUCH_TABLE_HERE"); len(none) != 0 {
		t.Errorf("listing an unknown name found %v", none)
	}
}

// planRequest asks for the subject's table as of now.
func (s Subject) planRequest(t *testing.T) *pb.PlanTableRequest {
	t.Helper()
	resp, err := s.Source.DescribeDatabase(t.Context(), &pb.DescribeDatabaseRequest{})
	if err != nil {
		t.Fatal(err)
	}
	d := resp.GetDatabase()
	return &pb.PlanTableRequest{Table: s.Table, Target: s.Table, Scn: d.GetCurrentScn(), MaxStringBytes: d.GetMaxStringBytes()}
}

func (s Subject) plan(t *testing.T) *pb.TablePlan {
	t.Helper()
	resp, err := s.Source.PlanTable(t.Context(), s.planRequest(t))
	if err != nil {
		t.Fatal(err)
	}
	return resp.GetPlan()
}

// A plan that changes between two calls would break the migration's journal.
func (s Subject) testPlan(t *testing.T) {
	req := s.planRequest(t)
	first, err := s.Source.PlanTable(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	second, err := s.Source.PlanTable(t.Context(), req)
	if diff := cmp.Diff(first, second, protocmp.Transform()); err != nil || diff != "" {
		t.Errorf("planned again: %v (-first +second):\n%s", err, diff)
	}
	p := first.GetPlan()
	if p.GetRows() != s.Rows || len(p.GetChunks()) == 0 || p.GetTableId() != key(s.Table) {
		t.Errorf("plan of %s has %d rows in %d chunks, want %d rows", p.GetTableId(), p.GetRows(), len(p.GetChunks()), s.Rows)
	}
	name := p.GetColumns()[1].GetColumn().GetName()
	req.ExcludeColumns = []string{name}
	without, err := s.Source.PlanTable(t.Context(), req)
	if err != nil || without.GetPlan().GetColumns()[1].GetLeftOut() == "" {
		t.Errorf("column %s is excluded, but the plan carries it (%v)", name, err)
	}
	req = s.planRequest(t)
	req.Table = &pb.TableName{Schema: s.Table.GetSchema(), Name: "NO_SUCH_TABLE_HERE"}
	_, err = s.Source.PlanTable(t.Context(), req)
	expectReason(t, err, pb.Reason_REASON_TABLE_NOT_FOUND)
}

// The token must not turn up in the error, wherever the agent got its text from.
func (s Subject) testStorage(t *testing.T) {
	for range 2 {
		resp, err := s.Source.CheckStorage(t.Context(), &pb.CheckStorageRequest{MigrationId: s.Migration, ParUrl: s.PAR})
		if err != nil {
			t.Fatal(err)
		}
		if resp.GetBucket() == "" || resp.GetNamespace() == "" {
			t.Errorf("the PAR leads to %v", resp)
		}
	}
	_, err := s.Source.CheckStorage(t.Context(), &pb.CheckStorageRequest{MigrationId: s.Migration, ParUrl: "ftp://example.com/"})
	expectReason(t, err, pb.Reason_REASON_PAR_MALFORMED)
	wrong := strings.Replace(s.PAR, "/p/", "/p/x", 1)
	_, err = s.Source.CheckStorage(t.Context(), &pb.CheckStorageRequest{MigrationId: s.Migration, ParUrl: wrong})
	if err == nil {
		t.Error("a PAR the store does not know was accepted")
	} else if token := strings.Split(wrong, "/")[4]; strings.Contains(err.Error(), token) {
		t.Error("the error shows the PAR's token")
	}
}

// Validating does nothing; preparing twice does the second time nothing.
func (s Subject) testPrepare(t *testing.T, plan *pb.TablePlan) {
	req := &pb.PrepareTableRequest{MigrationId: s.Migration, Plan: plan, ValidateOnly: true}
	for _, want := range []struct{ validateOnly, created bool }{{true, true}, {true, true}, {false, true}, {false, false}} {
		req.ValidateOnly = want.validateOnly
		resp, err := s.Target.PrepareTable(t.Context(), req)
		if err != nil || resp.GetCreated() != want.created {
			t.Errorf("prepare with validate_only %v: created %v, %v; want %v", want.validateOnly, resp.GetCreated(), err, want.created)
		}
	}
}

// A lost answer is fetched again, and a new number never writes to an old prefix.
func (s Subject) testExport(t *testing.T, plan *pb.TablePlan) {
	for _, c := range plan.GetChunks() {
		first, again, other := s.export(t, plan, c, 1), s.export(t, plan, c, 1), s.export(t, plan, c, 2)
		if diff := cmp.Diff(first, again, protocmp.Transform()); diff != "" {
			t.Errorf("the same attempt has two outcomes (-first +again):\n%s", diff)
		}
		if first.GetRows() != other.GetRows() {
			t.Errorf("two attempts at one SCN have %d and %d rows", first.GetRows(), other.GetRows())
		}
		names := map[string]bool{}
		for _, o := range append(first.GetObjects(), other.GetObjects()...) {
			if names[o.GetName()] || o.GetBytes() <= 0 {
				t.Errorf("object %s is in two attempts, or empty", o.GetName())
			}
			names[o.GetName()] = true
		}
	}
}

// The promise the controller relies on most: a committed chunk is not loaded again.
func (s Subject) testImport(t *testing.T, plan *pb.TablePlan) {
	var sum int64
	for _, c := range plan.GetChunks() {
		m := s.export(t, plan, c, 2)
		sum += m.GetRows()
		for _, attempt := range []int32{1, 1, 2} {
			rows, err := s.load(t.Context(), plan, c, attempt, m)
			if err != nil || rows != m.GetRows() {
				t.Errorf("import attempt %d of chunk %s: %d rows, %v; want %d", attempt, c.GetChunkId(), rows, err, m.GetRows())
			}
		}
	}
	if sum != s.Rows {
		t.Errorf("the chunks have %d rows together, want %d", sum, s.Rows)
	}
	if got := s.count(t, s.Target, 0); got != s.Rows {
		t.Errorf("the target has %d rows, want %d", got, s.Rows)
	}
	if got := s.count(t, s.Source, plan.GetChunks()[0].GetScn()); got != s.Rows {
		t.Errorf("the source has %d rows at the SCN, want %d", got, s.Rows)
	}
	resp, err := s.Target.Cancel(t.Context(), &pb.CancelRequest{
		MigrationId: s.Migration, ChunkId: plan.GetChunks()[0].GetChunkId(), Attempt: 1,
	})
	if err != nil || resp.GetCancelled() {
		t.Errorf("cancelling what has ended: cancelled %v, %v", resp.GetCancelled(), err)
	}
}

// Cleaning up leaves the table's rows alone.
func (s Subject) testFinish(t *testing.T, plan *pb.TablePlan) {
	for range 2 {
		if _, err := s.Target.FinishTable(t.Context(), &pb.FinishTableRequest{MigrationId: s.Migration, Plan: plan}); err != nil {
			t.Error(err)
		}
	}
	for range 2 {
		if _, err := s.Source.Discard(t.Context(), &pb.DiscardRequest{MigrationId: s.Migration, ParUrl: s.PAR}); err != nil {
			t.Error(err)
		}
		if _, err := s.Target.Discard(t.Context(), &pb.DiscardRequest{MigrationId: s.Migration}); err != nil {
			t.Error(err)
		}
	}
	if got := s.count(t, s.Target, 0); got != s.Rows {
		t.Errorf("after discarding the target has %d rows, want %d", got, s.Rows)
	}
}

// export follows an attempt to its manifest.
func (s Subject) export(t *testing.T, plan *pb.TablePlan, c *pb.Chunk, attempt int32) *pb.Manifest {
	t.Helper()
	stream, err := s.Source.Export(t.Context(), &pb.ExportRequest{
		MigrationId: s.Migration, Plan: plan, Chunk: c, Attempt: attempt, ParUrl: s.PAR,
	})
	for err == nil {
		var resp *pb.ExportResponse
		if resp, err = stream.Recv(); resp.GetEvent().GetChunkChanged().GetState() == pb.ChunkState_CHUNK_STATE_EXPORTED {
			return resp.GetEvent().GetChunkChanged().GetManifest()
		}
	}
	t.Fatalf("export attempt %d of %s: %v", attempt, c.GetChunkId(), err)
	return nil
}

// load follows an import to its outcome; a stream that ends without one is an error.
func (s Subject) load(ctx context.Context, plan *pb.TablePlan, c *pb.Chunk, attempt int32, m *pb.Manifest) (int64, error) {
	stream, err := s.Target.Import(ctx, &pb.ImportRequest{
		MigrationId: s.Migration, Plan: plan, Chunk: c, Attempt: attempt, Manifest: m, ParUrl: s.PAR,
	})
	for err == nil {
		var resp *pb.ImportResponse
		if resp, err = stream.Recv(); resp.GetEvent().GetChunkChanged().GetState() == pb.ChunkState_CHUNK_STATE_IMPORTED {
			return resp.GetEvent().GetChunkChanged().GetRowsImported(), nil
		}
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return 0, err
}

func (s Subject) count(t *testing.T, agent pb.AgentServiceClient, scn int64) int64 {
	t.Helper()
	resp, err := agent.Count(t.Context(), &pb.CountRequest{Table: s.Table, Scn: scn})
	if err != nil {
		t.Fatal(err)
	}
	return resp.GetRows()
}

func expectReason(t *testing.T, err error, want pb.Reason) {
	t.Helper()
	if got := apierr.ReasonOf(err); got != want {
		t.Errorf("error %v has %s, want %s", err, got, want)
	}
}
