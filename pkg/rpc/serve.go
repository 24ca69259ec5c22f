package rpc

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/hashicorp/go-hclog"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/reflection"
)

const (
	keepaliveTime    = 20 * time.Second // silence before a peer is probed
	keepaliveTimeout = 10 * time.Second // silence after a probe before it is lost
	stopGrace        = 5 * time.Second  // for calls in progress when the server ends
	maxMessage       = 16 << 20         // bytes; a plan of a thousand-column table is far below
)

// Serve answers gRPC calls on lis until ctx ends, then lets calls in progress
// finish for a few seconds. Health and reflection are always served. A nil
// tlsConfig is for in-memory listeners only. It returns nil when ctx ended it;
// lis is closed on return. Options come after those that are set here.
func Serve(ctx context.Context, lis net.Listener, log hclog.Logger, tlsConfig *tls.Config, register func(*grpc.Server), opts ...grpc.ServerOption) error {
	server := grpc.NewServer(append([]grpc.ServerOption{
		grpc.Creds(serverCredentials(tlsConfig)),
		grpc.ChainUnaryInterceptor(unaryLog(log), unaryRecover(log)),
		grpc.ChainStreamInterceptor(streamLog(log), streamRecover(log)),
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: keepaliveTime, Timeout: keepaliveTimeout}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: keepaliveTime / 2, PermitWithoutStream: true}),
		grpc.MaxRecvMsgSize(maxMessage),
	}, opts...)...)
	register(server)
	state := health.NewServer()
	healthpb.RegisterHealthServer(server, state)
	reflection.Register(server)

	group, groupCtx := errgroup.WithContext(ctx)
	group.Go(func() error {
		err := server.Serve(lis)
		if err == nil || errors.Is(err, grpc.ErrServerStopped) { // stopped before it began
			return nil
		}
		return fmt.Errorf("serve gRPC on %s: %w", lis.Addr(), err)
	})
	group.Go(func() error {
		<-groupCtx.Done()
		state.Shutdown()
		stop(server)
		return nil
	})
	return group.Wait()
}

// Silence is the option to take a client for lost that answers nothing for so
// long; without it that is half a minute.
func Silence(limit time.Duration) grpc.ServerOption {
	return grpc.KeepaliveParams(keepalive.ServerParameters{Time: limit * 2 / 3, Timeout: limit / 3})
}

func serverCredentials(tlsConfig *tls.Config) credentials.TransportCredentials {
	if tlsConfig == nil {
		return insecure.NewCredentials()
	}
	return credentials.NewTLS(tlsConfig)
}

// stop ends the server gracefully, and by force when that takes too long.
func stop(server *grpc.Server) {
	force := time.AfterFunc(stopGrace, server.Stop)
	defer force.Stop()
	server.GracefulStop()
}
