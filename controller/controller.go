// Package controller composes the controller from its parts: agents by name,
// journals, running migrations and the service in front of them. The same
// composition answers on the network ("adbferry serve") and inside the CLI's own
// process.
package controller

import (
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/hashicorp/go-hclog"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/controller/internal/diagnosis"
	"github.com/adbferry/adbferry/controller/internal/fleet"
	"github.com/adbferry/adbferry/controller/internal/journal"
	"github.com/adbferry/adbferry/controller/internal/migrate"
	"github.com/adbferry/adbferry/controller/internal/plan"
	"github.com/adbferry/adbferry/controller/internal/service"
	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/daemon"
	"github.com/adbferry/adbferry/pkg/receipt"
	"github.com/adbferry/adbferry/pkg/rpc"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A Controller is ready to serve once.
type Controller struct {
	config  Config
	log     hclog.Logger
	fleet   *fleet.Fleet
	runs    *migrate.Runs
	service *service.Service
	closing context.CancelCauseFunc
}

// keyFile is the file beside the journals with the key that receipts are signed
// with. It is made when the first receipt is asked for.
const keyFile = "receipt.key"

// diagnosisDir is the folder beside the journals with what was found out about
// pairs of databases.
const diagnosisDir = "diagnosis"

// New makes a controller. It reads certificates and opens the journal directory,
// but connects to nobody. The caller must call Run or Embed.
func New(c Config, log hclog.Logger) (*Controller, error) {
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	store, err := journal.NewStore(journal.Options{Dir: c.JournalDir, Now: time.Now, Log: log})
	if err != nil {
		return nil, err
	}
	addresses := map[string]string{}
	for name, d := range c.Databases {
		addresses[name] = d.Agent
	}
	limits := c.Limits.limits()
	agents, err := fleet.Open(fleet.Options{
		Agents: addresses, Patience: limits.Patience,
		TLS: func(identity string) (*tls.Config, error) { return rpc.ClientTLS(c.TLS, identity) },
	})
	if err != nil {
		return nil, err
	}
	diagnoses := diagnosis.NewStore(filepath.Join(c.JournalDir, diagnosisDir))
	runs := migrate.NewRuns(migrate.Options{
		Store: store, Fleet: agents, Limits: limits, Version: daemon.Version(), Now: time.Now, Log: log,
		Tried: func(source, target string) (proven, failed []pb.Format) {
			d, err := diagnoses.Get(source, target)
			if err != nil {
				log.Warn("the diagnosis cannot be read", "source", source, "target", target, "error", err)
			}
			return plan.TriedFormats(d)
		},
	})
	closing, closeAll := context.WithCancelCause(context.Background())
	key := sync.OnceValues(func() (ed25519.PrivateKey, error) { return receipt.OpenKey(filepath.Join(c.JournalDir, keyFile)) })
	return &Controller{
		config: c, log: log, fleet: agents, runs: runs, closing: closeAll,
		service: service.New(service.Options{
			Store: store, Fleet: agents, Runs: runs, ReceiptKey: key, Closing: closing,
			Diagnosis: diagnoses.Get, KeepDiagnosis: diagnoses.Keep,
		}),
	}, nil
}

// Run serves on the configured address until ctx ends; then it stops running
// migrations, with which the next Run goes on by itself, and returns nil. ready is called with the
// address once it accepts calls.
func (c *Controller) Run(ctx context.Context, ready func(address string)) error {
	config, err := rpc.ServerTLS(c.config.TLS, func(identity string) bool { return slices.Contains(c.config.Clients, identity) })
	if err != nil {
		return errors.Join(err, c.fleet.Close())
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", c.config.Listen)
	if err != nil {
		return errors.Join(c.deaf(err), c.fleet.Close())
	}
	ready(listener.Addr().String())
	return c.serve(ctx, listener, config, duties{beside: c.goOn, end: c.runs.Suspend})
}

// deaf is the error of an address that cannot be listened at.
func (c *Controller) deaf(err error) error {
	hint := "listen in the configuration is an address of this machine with a port that this user may open"
	if errors.Is(err, syscall.EADDRINUSE) {
		hint = "another process answers there, maybe another adbferry serve; end it, or change listen in the configuration"
	}
	return apierr.New(codes.InvalidArgument, pb.Reason_REASON_REQUEST_INVALID, "listen: %v", err).WithHint("%s", hint).WithCause(err)
}

// Embed serves inside this process. The connection is to this controller; close
// stops running migrations, which can be resumed, and everything else.
func (c *Controller) Embed() (conn *grpc.ClientConn, closeAll func() error, err error) {
	listener := rpc.ListenInMemory()
	conn, err = listener.Dial()
	if err != nil {
		return nil, nil, errors.Join(err, c.fleet.Close())
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	served := make(chan error, 1)
	alone := duties{beside: func(context.Context) {}, end: c.runs.Close}
	go func() { served <- c.serve(ctx, listener, nil, alone) }()
	return conn, func() error {
		cancel(migrate.ErrClosing)
		return errors.Join(<-served, conn.Close())
	}, nil
}

// duties are what differs between a controller that serves and one inside a command.
type duties struct {
	beside func(context.Context) // is done beside answering calls, and ends with its context
	end    func()                // stops what runs and waits for it
}

// serve answers calls until ctx ends. Migrations are stopped before the server,
// so that watchers see them end.
func (c *Controller) serve(ctx context.Context, listener net.Listener, config *tls.Config, d duties) error {
	serving, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	group, ended := errgroup.WithContext(ctx)
	group.Go(func() error {
		return rpc.Serve(serving, listener, c.log.Named("rpc"), config, func(s *grpc.Server) {
			pb.RegisterMigrationServiceServer(s, c.service)
		})
	})
	group.Go(func() error {
		d.beside(ended)
		return nil
	})
	group.Go(func() error {
		<-ended.Done()
		d.end()
		c.closing(migrate.ErrClosing)
		stop(migrate.ErrClosing)
		return nil
	})
	return errors.Join(group.Wait(), c.fleet.Close())
}
