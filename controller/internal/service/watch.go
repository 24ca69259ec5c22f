package service

import (
	"context"

	"google.golang.org/grpc"

	"github.com/adbferry/adbferry/controller/internal/migrate"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// WatchMigration implements MigrationService. A caller that reads slowly holds
// up nobody: the journal is read at the caller's pace.
func (s *Service) WatchMigration(req *pb.WatchMigrationRequest, stream grpc.ServerStreamingServer[pb.WatchMigrationResponse]) error {
	ctx, cancel := context.WithCancelCause(stream.Context())
	defer cancel(nil)
	defer context.AfterFunc(s.Closing, func() { cancel(migrate.ErrClosing) })()
	err := s.Store.Watch(ctx, req.GetMigrationId(), req.GetAfterSequence(), func(e *pb.Event) error {
		return stream.Send(&pb.WatchMigrationResponse{Event: e})
	})
	return s.ended(req.GetMigrationId(), err)
}
