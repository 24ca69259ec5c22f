// Package service is AgentService: each handler checks its request, calls one
// function and wraps the answer. Errors are logged by the interceptor, not here.
package service

import (
	"context"

	"google.golang.org/grpc"

	"github.com/adbferry/adbferry/agent/internal/attempt"
	"github.com/adbferry/adbferry/agent/internal/bucket"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/agent/internal/transfer"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A Service answers AgentService calls for one database.
type Service struct {
	pb.UnsafeAgentServiceServer

	Database *oracle.Database
	Store    bucket.Store
	Transfer transfer.Transfer
	Attempts *attempt.Registry
	Region   string // OCI region of the database, as configured
	Version  string // of the agent
	// Credential is what objects are deleted with; "" for none.
	Credential string
}

var _ pb.AgentServiceServer = (*Service)(nil)

// Register adds the service to a gRPC server.
func (s *Service) Register(server *grpc.Server) { pb.RegisterAgentServiceServer(server, s) }

// with runs work in a session of its own. The agent's end ends it.
func with[T any](ctx context.Context, s *Service, action string, work func(context.Context, *oracle.Session) (T, error)) (answer T, err error) {
	err = s.Attempts.Brief(ctx, func(ctx context.Context) error {
		session, err := s.Database.Session(ctx, action)
		if err != nil {
			return err
		}
		defer session.Close()
		answer, err = work(ctx, session)
		return err
	})
	return answer, err
}
