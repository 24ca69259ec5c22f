package journal

import (
	"fmt"

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
	what, more := describe(e)
	log.Info(what, append(args, more...)...)
}

// describe says what happened, and the arguments that only its kind of event has.
func describe(e *pb.Event) (what string, args []any) {
	switch kind := e.GetKind().(type) {
	case *pb.Event_MigrationPlanned:
		return "migration planned", []any{"tables", len(kind.MigrationPlanned.GetPlan().GetTables())}
	case *pb.Event_MigrationChanged:
		return "migration changed", why(kind.MigrationChanged.GetFailure(), "state", kind.MigrationChanged.GetState().String())
	case *pb.Event_MigrationCleanedUp:
		if !kind.MigrationCleanedUp.GetDone() {
			return "clean-up begins", nil
		}
		return "cleaned up", []any{"removed", len(kind.MigrationCleanedUp.GetRemoved()), "leftovers", len(kind.MigrationCleanedUp.GetLeftovers())}
	case *pb.Event_TableChanged:
		return "table changed", why(kind.TableChanged.GetFailure(), "state", kind.TableChanged.GetState().String())
	case *pb.Event_TableDigested:
		return "source digested", []any{"rows", kind.TableDigested.GetSource().GetRows()}
	case *pb.Event_TableReplanned:
		p := kind.TableReplanned.GetPlan()
		return "table planned again", why(kind.TableReplanned.GetFailure(), "format", p.GetFormat().String(), "scn", p.GetScn())
	case *pb.Event_ChunkChanged:
		return "chunk changed", why(kind.ChunkChanged.GetFailure(), "state", kind.ChunkChanged.GetState().String())
	case *pb.Event_Notice:
		return "notice", []any{"text", kind.Notice.GetText()}
	default: // a tick, which is not durable, or an event of a newer version
		return "event", []any{"kind", fmt.Sprintf("%T", kind)}
	}
}

// why adds the failure, if there is one, to what a line logs.
func why(failure *pb.Failure, args ...any) []any {
	if failure != nil {
		args = append(args, "reason", failure.GetReason().String(), "error", failure.GetText())
	}
	return args
}
