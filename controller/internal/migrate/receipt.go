package migrate

import (
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/adbferry/adbferry/controller/internal/verify"
	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// receipt sums a settled migration up. Everything in it comes from the journal.
func receipt(s *pb.MigrationStatus, end time.Time, version string, leftovers []*pb.Leftover) *pb.Receipt {
	r := &pb.Receipt{
		MigrationId: s.GetMigrationId(), Source: s.GetPlan().GetSource(), Target: s.GetPlan().GetTarget(), Scn: s.GetPlan().GetScn(),
		StartTime: s.GetStartTime(), EndTime: timestamppb.New(end), ControllerVersion: version, Leftovers: leftovers,
		TablesLeftBehind: s.GetPlan().GetTablesLeftBehind(),
	}
	if len(r.GetTablesLeftBehind()) > 0 {
		r.Verdict = pb.Verdict_VERDICT_VERIFIED_PARTIAL // at best
	}
	for _, t := range s.GetTables() {
		table := tableReceipt(progress.Plan(s, t.GetTableId()), t)
		table.Scn = progress.SCN(s.GetPlan(), progress.Plan(s, t.GetTableId()))
		r.Tables = append(r.Tables, table)
		r.Verdict = verify.Worst(r.GetVerdict(), table.GetVerdict())
	}
	return r
}

// tableReceipt is one table's part; what was not counted stays absent.
func tableReceipt(p *pb.TablePlan, t *pb.TableStatus) *pb.TableReceipt {
	r := &pb.TableReceipt{
		Source: p.GetSource(), Target: p.GetTarget(), ColumnsCarried: p.Carried(), ColumnsLeftOut: p.LeftOut(),
		Format: p.GetFormat(), StartTime: t.GetStartTime(), EndTime: t.GetEndTime(), Failure: t.GetFailure(), Verdict: verdict(p, t),
		FormatReason: p.GetFormatReason(), Tries: t.GetTries(), Where: p.GetWhere(), Before: t.GetBefore(),
		Definitions: t.GetDefinitions(), DefinitionFailures: t.GetDefinitionFailures(),
	}
	if c := t.GetComparison(); c != nil {
		r.SourceRows, r.TargetRows = new(c.GetSourceRows()), new(c.GetTargetRows())
		r.SourceDigest, r.TargetDigest, r.ColumnsNotCompared = c.GetSourceDigest(), c.GetTargetDigest(), c.GetNotCompared()
	}
	for _, c := range t.GetChunks() {
		r.Objects += int64(len(c.GetManifest().GetObjects()))
		r.Bytes += c.GetManifest().TotalBytes()
		if c.GetManifest() != nil {
			r.Chunks = append(r.Chunks, &pb.ChunkReceipt{ChunkId: c.GetChunkId(), Rows: c.GetManifest().GetRows(), Objects: c.GetManifest().GetObjects()})
		}
	}
	return r
}

// verdict is as good as the comparison, unless the table failed for another reason.
func verdict(p *pb.TablePlan, t *pb.TableStatus) pb.Verdict {
	if t.GetState() == pb.TableState_TABLE_STATE_VERIFIED {
		return verify.Verdict(t.GetComparison(), len(p.LeftOut()))
	}
	switch t.GetFailure().GetReason() {
	case pb.Reason_REASON_COUNTS_DIFFER, pb.Reason_REASON_CHECKSUMS_DIFFER:
		return pb.Verdict_VERDICT_DIFFERS
	case pb.Reason_REASON_CHECKSUMS_UNKNOWN:
		return pb.Verdict_VERDICT_UNPROVEN
	default:
		return pb.Verdict_VERDICT_FAILED
	}
}

// migrationFailure is why a settled migration failed: the failure of its worst
// table, or nil when every table is verified.
func migrationFailure(s *pb.MigrationStatus) *pb.Failure {
	var failure *pb.Failure
	worst, failed := pb.Verdict_VERDICT_UNSPECIFIED, 0
	for _, t := range s.GetTables() {
		v := verdict(progress.Plan(s, t.GetTableId()), t)
		if verify.Equal(v) {
			continue
		}
		failed++
		if verify.Compare(v, worst) > 0 {
			worst, failure = v, proto.CloneOf(t.GetFailure())
		}
	}
	if failure != nil && len(s.GetTables()) > 1 {
		failure.Text = fmt.Sprintf("%d of %d tables are not verified; the worst: %s", failed, len(s.GetTables()), failure.GetText())
	}
	return failure
}

// stagedKind is what leftovers in the bucket are called.
const stagedKind = "objects"

// staged is what lies in the bucket as far as the journal knows: what exports
// that ended have written, whatever became of it, and the object that proved the
// PAR, of which the journal does not know the few bytes. Exports that died may have
// written more.
func staged(s *pb.MigrationStatus) []*pb.Leftover {
	if s.GetStagedObjects() == 0 {
		return nil
	}
	left := &pb.Leftover{
		Kind: stagedKind, Location: s.GetStorage().GetPrefix() + s.GetMigrationId() + "/", Count: s.GetStagedObjects(), Bytes: s.GetStagedBytes(),
		Hint: "needed to start the migration again; then: " + removal(s.GetMigrationId(), s.GetStorage()),
	}
	if s.GetStorage() != nil {
		left.Count++
	}
	return []*pb.Leftover{left}
}
