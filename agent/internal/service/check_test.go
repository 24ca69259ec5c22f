package service

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func exportRequest() *pb.ExportRequest {
	return &pb.ExportRequest{
		MigrationId: "move-1", Attempt: 1, ParUrl: "https://h/p/t/n/ns/b/bk/o/",
		Plan:  &pb.TablePlan{TableId: "A.B", Format: pb.Format_FORMAT_CSV},
		Chunk: &pb.Chunk{ChunkId: "A.B/000001", Scn: 1},
	}
}

func TestRequestsThatCannotWorkAreRefused(t *testing.T) {
	if _, err := newJob(exportRequest(), exportRequest().GetParUrl()); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*pb.ExportRequest){
		"migration with a path": func(r *pb.ExportRequest) { r.MigrationId = "../x" },
		"no migration":          func(r *pb.ExportRequest) { r.MigrationId = "" },
		"long migration":        func(r *pb.ExportRequest) { r.MigrationId = strings.Repeat("x", 64) },
		"no plan":               func(r *pb.ExportRequest) { r.Plan = nil },
		"unknown format":        func(r *pb.ExportRequest) { r.Plan.Format = 77 },
		"negative rows":         func(r *pb.ExportRequest) { r.Plan.Rows = -1 },
		"chunk of another":      func(r *pb.ExportRequest) { r.Chunk.ChunkId = "A.C/000001" },
		"no chunk":              func(r *pb.ExportRequest) { r.Chunk = nil },
		"attempt 0":             func(r *pb.ExportRequest) { r.Attempt = 0 },
	} {
		t.Run(name, func(t *testing.T) {
			req := proto.CloneOf(exportRequest())
			spoil(req)
			if _, err := newJob(req, req.GetParUrl()); apierr.ReasonOf(err) != pb.Reason_REASON_REQUEST_INVALID {
				t.Errorf("got %v", err)
			}
		})
	}
	if _, err := newJob(exportRequest(), "http://h/t0ken"); apierr.ReasonOf(err) != pb.Reason_REASON_PAR_MALFORMED || strings.Contains(err.Error(), "t0ken") {
		t.Errorf("a malformed PAR gave %v", err)
	}
}
