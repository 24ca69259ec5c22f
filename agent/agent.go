// Package agent composes the agent daemon: one database behind a wallet,
// served to the controller as AgentService over mTLS. It starts nothing in the
// database by itself.
package agent

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/hashicorp/go-hclog"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"

	"github.com/adbferry/adbferry/agent/internal/attempt"
	"github.com/adbferry/adbferry/agent/internal/bucket"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/agent/internal/service"
	"github.com/adbferry/adbferry/agent/internal/transfer"
	"github.com/adbferry/adbferry/agent/internal/wallet"
	"github.com/adbferry/adbferry/pkg/config"
	"github.com/adbferry/adbferry/pkg/daemon"
	"github.com/adbferry/adbferry/pkg/par"
	"github.com/adbferry/adbferry/pkg/rpc"
)

const (
	// keepOutcomes is how long a caller may take to ask for the outcome of an
	// attempt it lost sight of.
	keepOutcomes = time.Hour
	// fastestWatch bounds how often the bucket is listed during an export.
	fastestWatch = 500 * time.Millisecond
	// storageTimeout bounds one small request to the object store.
	storageTimeout = time.Minute
)

// An Agent is a configured agent.
type Agent struct {
	cfg      Config
	log      hclog.Logger
	database *oracle.Database
	store    bucket.Store
	tls      *tls.Config
}

// New opens the wallet and reads secrets and certificates. It connects to
// nothing. Its errors tell what is wrong with the configuration, with a hint.
func New(cfg Config, log hclog.Logger) (*Agent, error) {
	a := &Agent{cfg: cfg, log: log}
	// The database comes last: it alone would have to be closed when another step fails.
	for _, step := range []func() error{a.openTLS, a.openStore, a.openDatabase} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return a, nil
}

func (a *Agent) openDatabase() error {
	walletPassword, password, err := a.cfg.secrets()
	if err != nil {
		return err
	}
	w, err := wallet.Open(config.Resolve(a.cfg.dir, a.cfg.Wallet), walletPassword)
	if err != nil {
		return oracle.FromWallet(err)
	}
	a.database, err = oracle.Open(oracle.Config{
		Wallet: w, Service: a.cfg.Service, User: a.cfg.User, Password: password, ConnectTimeout: a.cfg.ConnectTimeout,
		Silence: a.cfg.NetworkTimeout, CancelGrace: a.cfg.NetworkTimeout / 2,
	})
	return err
}

const storageAdvice = "object_storage_ca is a PEM file of certificates; leave it out for an object store that the system trusts"

func (a *Agent) openStore() error {
	roots, err := x509.SystemCertPool()
	if err != nil {
		return fmt.Errorf("read the system's certificates: %w", err)
	}
	if a.cfg.ObjectStorageCA != "" {
		name := config.Resolve(a.cfg.dir, a.cfg.ObjectStorageCA)
		pem, err := os.ReadFile(name)
		if err != nil {
			return misconfigured(fmt.Errorf("object_storage_ca: %w", err), storageAdvice)
		}
		if !roots.AppendCertsFromPEM(pem) {
			return misconfigured(fmt.Errorf("object_storage_ca: %s holds no certificate", name), storageAdvice)
		}
	}
	transport := &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		TLSClientConfig:     &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout: storageTimeout / 4,
		MaxIdleConnsPerHost: 2,
		IdleConnTimeout:     storageTimeout,
	}
	a.store = bucket.Store{Client: par.Client{HTTP: &http.Client{Transport: transport, Timeout: storageTimeout}}}
	return nil
}

func (a *Agent) openTLS() (err error) {
	a.tls, err = rpc.ServerTLS(a.cfg.TLS.In(a.cfg.dir), func(identity string) bool { return identity == rpc.IdentityController })
	return misconfigured(err, "tls names the files ca, certificate and key that adbferry pki init made, as seen from the configuration's directory")
}

// Run connects to the database once, so that a wrong configuration ends the
// process at once, listens, and serves until ctx ends. Running attempts are
// cancelled then.
func (a *Agent) Run(ctx context.Context) error {
	defer a.database.Close()
	if err := a.prove(ctx); err != nil {
		return err
	}
	lis, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a.cfg.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	return a.serve(ctx, lis)
}

// prove logs on once.
func (a *Agent) prove(ctx context.Context) error {
	s, err := a.database.Session(ctx, "start")
	if err != nil {
		return err
	}
	s.Close()
	return nil
}

// Serve answers calls on lis until ctx ends, and closes it. The agent is of no
// use afterwards.
func (a *Agent) Serve(ctx context.Context, lis net.Listener) error {
	defer a.database.Close()
	return a.serve(ctx, lis)
}

// serve is Serve without the end of the database's connections.
func (a *Agent) serve(ctx context.Context, lis net.Listener) error {
	attempts := attempt.NewRegistry(attempt.Config{Orphan: a.cfg.OrphanTimeout, Keep: keepOutcomes, Tick: a.cfg.TickInterval})
	s := &service.Service{
		Database: a.database, Store: a.store, Attempts: attempts, Region: a.cfg.Region, Version: daemon.Version(),
		Credential: a.cfg.Credential,
		Transfer:   transfer.Transfer{Database: a.database, Store: a.store, Watch: max(a.cfg.TickInterval, fastestWatch), Log: a.log},
	}
	a.log.Info("ready", "address", lis.Addr().String(), "service", a.cfg.Service, "user", a.cfg.User)
	group, serving := errgroup.WithContext(ctx)
	group.Go(func() error {
		// Whoever still works when the time for a graceful stop is over ends soon:
		// its context has ended. It gives its session back before that is closed.
		return rpc.Serve(serving, lis, a.log, a.tls, s.Register, rpc.Silence(a.cfg.NetworkTimeout), grpc.WaitForHandlers(true))
	})
	group.Go(func() error {
		<-serving.Done()
		attempts.Close() // ends the streams that a graceful stop would wait for
		return nil
	})
	err := group.Wait()
	a.store.Client.HTTP.CloseIdleConnections()
	return err
}
