package service

import (
	"regexp"
	"strings"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/agent/internal/dbmscloud"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// chunkID is SCHEMA.TABLE/000001.
var chunkID = regexp.MustCompile(`^[^\x00]{1,400}/\d{6}$`)

func invalid(field, format string, args ...any) error {
	return apierr.New(codes.InvalidArgument, pb.Reason_REASON_REQUEST_INVALID, format, args...).WithFact("field", field)
}

func checkMigration(id string) error {
	if !pb.ValidMigrationID(id) {
		return invalid("migration_id", "migration ID %q is not 1 to 63 letters, digits, - and _, with a letter or digit first", id)
	}
	return nil
}

func checkPlan(p *pb.TablePlan) error {
	switch {
	case p == nil:
		return invalid("plan", "the table plan is missing")
	case !dbmscloud.Known(p.GetFormat()):
		return invalid("plan.format", "format %s is not known to this agent", p.GetFormat())
	case p.GetTableId() == "" || p.GetRows() < 0:
		return invalid("plan", "the table plan is not one of an agent")
	default:
		return nil
	}
}

// attempted is what an export and an import request have in common.
type attempted interface {
	GetMigrationId() string
	GetPlan() *pb.TablePlan
	GetChunk() *pb.Chunk
	GetAttempt() int32
}

func checkAttempt(req attempted) error {
	if err := checkMigration(req.GetMigrationId()); err != nil {
		return err
	}
	if err := checkPlan(req.GetPlan()); err != nil {
		return err
	}
	id := req.GetChunk().GetChunkId()
	if !chunkID.MatchString(id) || !strings.HasPrefix(id, req.GetPlan().GetTableId()+"/") {
		return invalid("chunk", "chunk %q is not one of table %s", id, req.GetPlan().GetTableId())
	}
	if req.GetAttempt() < 1 {
		return invalid("attempt", "attempts are numbered from 1, got %d", req.GetAttempt())
	}
	return nil
}
