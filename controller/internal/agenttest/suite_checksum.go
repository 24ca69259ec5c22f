package agenttest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// testChecksum comes after the import: both sides have the same rows, digest
// them alike and narrow them down alike.
func (s Subject) testChecksum(t *testing.T, plan *pb.TablePlan) {
	var columns []*pb.Column
	for _, c := range plan.GetColumns() {
		if c.GetLeftOut() == "" {
			columns = append(columns, c.GetColumn())
		}
	}
	selection := func(scn int64) *pb.RowSelection {
		return &pb.RowSelection{Table: s.Table, Columns: columns, Key: []string{columns[0].GetName()}, Scn: scn}
	}
	scn := plan.GetChunks()[0].GetScn()
	source, target := s.checksum(t, s.Source, selection(scn)), s.checksum(t, s.Target, selection(0))
	if diff := cmp.Diff(source, target, protocmp.Transform()); diff != "" || source.GetDigest().GetRows() != s.Rows {
		t.Errorf("digests of %d rows differ (-source +target):\n%s", s.Rows, diff)
	}
	fewer := selection(0)
	fewer.Columns = columns[:2]
	if other := s.checksum(t, s.Target, fewer); other.GetDigest().GetSum() == target.GetDigest().GetSum() {
		t.Error("fewer columns have the same digest")
	}
	parent := []string{target.GetBuckets()[0].GetName()}
	listed, err := s.Target.ListRowDigests(t.Context(), &pb.ListRowDigestsRequest{Selection: selection(0), Parents: parent, ByColumn: true, Limit: 5000})
	if err != nil || int64(len(listed.GetRows())) != target.GetBuckets()[0].GetDigest().GetRows() || listed.GetTruncated() {
		t.Fatalf("bucket %s lists %d rows, %v", parent[0], len(listed.GetRows()), err)
	}
	first := listed.GetRows()[0]
	if len(first.GetKey()) != 1 || first.GetKey()[0] == "" || len(first.GetColumns()) != len(columns) || first.GetAddress() == "" {
		t.Errorf("a row is listed as %v", first)
	}
}

// checksum digests by buckets of one digit.
func (s Subject) checksum(t *testing.T, agent pb.AgentServiceClient, r *pb.RowSelection) *pb.ChecksumResponse {
	t.Helper()
	resp, err := agent.Checksum(t.Context(), &pb.ChecksumRequest{Selection: r, Digits: 2})
	if err != nil {
		t.Fatal(err)
	}
	return resp
}
