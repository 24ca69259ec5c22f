package journal

import (
	"github.com/hashicorp/go-hclog"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// logEvent writes the one Info line of a durable event.
func logEvent(log hclog.Logger, e *pb.Event) {
	args := []any{"sequence", e.GetSequence()}
	for _, subject := range []struct{ key, value string }{{"table", e.GetTableId()}, {"chunk", e.GetChunkId()}} {
		if subject.value != "" {
			args = append(args, subject.key, subject.value)
		}
	}
	if e.GetAttempt() > 0 {
		args = append(args, "attempt", e.GetAttempt())
	}
	var failure *pb.Failure
	switch kind := e.GetKind().(type) {
	case *pb.Event_MigrationPlanned:
		log.Info("migration planned", append(args, "tables", len(kind.MigrationPlanned.GetPlan().GetTables()))...)
	case *pb.Event_MigrationChanged:
		failure = kind.MigrationChanged.GetFailure()
		log.Info("migration changed", append(args, why("state", kind.MigrationChanged.GetState().String(), failure)...)...)
	case *pb.Event_TableChanged:
		failure = kind.TableChanged.GetFailure()
		log.Info("table changed", append(args, why("state", kind.TableChanged.GetState().String(), failure)...)...)
	case *pb.Event_ChunkChanged:
		failure = kind.ChunkChanged.GetFailure()
		log.Info("chunk changed", append(args, why("state", kind.ChunkChanged.GetState().String(), failure)...)...)
	case *pb.Event_Notice:
		log.Info("notice", append(args, "text", kind.Notice.GetText())...)
	case *pb.Event_ChunkProgress:
	}
}

// why adds the failure, if there is one, to what a line logs.
func why(key, value string, failure *pb.Failure) []any {
	args := []any{key, value}
	if failure != nil {
		args = append(args, "reason", failure.GetReason().String(), "error", failure.GetText())
	}
	return args
}
