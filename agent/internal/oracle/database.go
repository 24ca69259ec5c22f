// Package oracle is the agent's way to its database: sessions at a service
// level, identifiers and literals, and ORA- numbers as reasons. It is the only
// importer of the driver. What the statements mean is the callers' business.
//
// Facts: wire notes, section 19; reference, section 4.
package oracle

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"
	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/agent/internal/wallet"
	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/config"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

const (
	defaultConnectTimeout = time.Minute
	defaultCancelGrace    = 15 * time.Second
	defaultSilence        = 30 * time.Second
	// maxIdle is short: Autonomous Databases end idle connections, and a stale
	// one costs more than a new one.
	maxIdle = 30 * time.Second
	// maxIdleConns is how many calls a controller has side by side when it plans
	// many tables: connecting anew for each would take longer than the calls.
	maxIdleConns = 8
	// maxConns is how many sessions there are at a time; who comes then waits
	// for up to maxWait, in a queue of at most maxWaiting.
	maxConns     = 32
	maxWaiting   = 4 * maxConns
	maxWait      = 20 * time.Second
	firstRetry   = 500 * time.Millisecond
	longestRetry = 5 * time.Second
)

// A Config says which database to use and as whom.
type Config struct {
	Wallet   *wallet.Wallet
	Service  string // alias of the wallet's tnsnames.ora
	User     string
	Password config.Secret
	// ConnectTimeout is how long attempts to connect are repeated while their
	// failures may pass; 0 for a minute.
	ConnectTimeout time.Duration
	// CancelGrace is how long the database may take to answer a cancellation
	// before its connection is closed; 0 for 15 s. The driver would wait for ever.
	CancelGrace time.Duration
	// Silence is how long the network may leave data or probes unanswered before
	// a connection is lost; 0 for 30 s.
	Silence time.Duration
	// Wait is how long a session is waited for when all are in use; 0 for 20 s.
	Wait time.Duration
}

// A Database hands out sessions. It is safe for concurrent use.
type Database struct {
	cfg       Config
	connector *connector
	pool      *sql.DB
	places    chan struct{} // one element per session in use
	waiting   atomic.Int32  // callers without a place
}

// Open prepares the use of a database. It connects to nothing.
//
// Error: REASON_ALIAS_UNKNOWN.
func Open(cfg Config) (*Database, error) {
	d, err := cfg.Wallet.Descriptor(cfg.Service)
	if err != nil {
		return nil, FromWallet(err)
	}
	cfg.ConnectTimeout = cmp.Or(cfg.ConnectTimeout, defaultConnectTimeout)
	cfg.CancelGrace = cmp.Or(cfg.CancelGrace, defaultCancelGrace)
	cfg.Silence, cfg.Wait = cmp.Or(cfg.Silence, defaultSilence), cmp.Or(cfg.Wait, maxWait)
	c := &connector{
		descriptor: d, tls: cfg.Wallet.TLS(), user: cfg.User, password: cfg.Password, silence: cfg.Silence,
		links: make(map[driver.Conn]*link),
	}
	pool := sql.OpenDB(c)
	pool.SetConnMaxIdleTime(maxIdle)
	pool.SetMaxIdleConns(maxIdleConns)
	pool.SetMaxOpenConns(maxConns)
	return &Database{cfg: cfg, connector: c, pool: pool, places: make(chan struct{}, maxConns)}, nil
}

// Service returns the alias the database is used at.
func (db *Database) Service() string { return db.cfg.Service }

// User returns the user name as configured.
func (db *Database) User() string { return db.cfg.User }

// Close ends all idle connections. Sessions that are still open end when they
// are closed.
func (db *Database) Close() {
	_ = db.pool.Close() // says goodbye to connections, of which some are gone already
}

// Session takes a connection out of the pool, or makes one, proves that it is
// alive and marks it in V$SESSION as working on action. Failures that may pass
// are retried until the connect timeout; a refused logon is not, as it would
// lock the user. The caller closes the session, and never holds one that works
// while it asks for another.
//
// Error: code ResourceExhausted, retryable, when all sessions are in use.
func (db *Database) Session(ctx context.Context, action string) (*Session, error) {
	leave, err := db.enter(ctx)
	if err != nil {
		return nil, err
	}
	s, err := db.connected(ctx, action)
	if err != nil {
		leave()
		return nil, err
	}
	s.leave = leave
	return s, nil
}

// enter waits for a place among the sessions and returns what gives it back,
// once.
func (db *Database) enter(ctx context.Context) (leave func(), err error) {
	leave = sync.OnceFunc(func() { <-db.places })
	select {
	case db.places <- struct{}{}:
		return leave, nil
	default:
	}
	defer db.waiting.Add(-1)
	if db.waiting.Add(1) > maxWaiting {
		return nil, crowded()
	}
	timer := time.NewTimer(db.cfg.Wait)
	defer timer.Stop()
	select {
	case db.places <- struct{}{}:
		return leave, nil
	case <-timer.C:
		return nil, crowded()
	case <-ctx.Done():
		return nil, cancellation(ctx, ctx.Err())
	}
}

// crowded is the failure of who finds all sessions in use.
func crowded() error {
	return apierr.New(codes.ResourceExhausted, pb.Reason_REASON_DATABASE_UNREACHABLE, "all %d sessions of the agent are in use", maxConns).
		WithFact("sessions", strconv.Itoa(maxConns)).WithHint("try again when less runs beside it").WithRetry(later)
}

// connected takes a connection, and tries again while that may help.
func (db *Database) connected(ctx context.Context, action string) (*Session, error) {
	policy := backoff.NewExponentialBackOff()
	policy.InitialInterval, policy.MaxInterval = firstRetry, longestRetry
	s, err := backoff.Retry(ctx, func() (*Session, error) {
		s, err := db.acquire(ctx, action)
		if err != nil && !passing(err) {
			return nil, backoff.Permanent(err)
		}
		return s, err
	}, backoff.WithBackOff(policy), backoff.WithMaxElapsedTime(db.cfg.ConnectTimeout))
	if err != nil {
		if _, ok := errors.AsType[*apierr.Error](err); !ok {
			err = cancellation(ctx, err)
		}
		return nil, err
	}
	return s, nil
}

// staleTries is how many dead connections the pool may hand out in a row. It
// holds at most maxIdleConns idle ones.
const staleTries = maxIdleConns + 1

func (db *Database) acquire(ctx context.Context, action string) (*Session, error) {
	for try := 1; ; try++ {
		conn, err := db.pool.Conn(ctx)
		if err != nil {
			return nil, classify(ctx, Kind{Name: "connect"}, err)
		}
		s := &Session{conn: conn, action: action, grace: db.cfg.CancelGrace, leave: func() {}}
		err = s.start(ctx, db.connector)
		if err == nil {
			return s, nil
		}
		s.Discard()
		if !Lost(err) || try == staleTries {
			return nil, err
		}
	}
}

// FromWallet turns an error of package wallet into a failure.
func FromWallet(err error) error {
	if e, ok := errors.AsType[*wallet.MissingError](err); ok {
		return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_WALLET_MISSING, "%s", e.Error()).WithFact("path", e.Path).
			WithHint("download the database's wallet and name its directory or zip file in the configuration")
	}
	if e, ok := errors.AsType[*wallet.PasswordError](err); ok {
		return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_WALLET_PASSWORD_WRONG, "%s", e.Error()).WithFact("path", e.Path).
			WithHint("it is the password chosen when the wallet was downloaded, not the database user's")
	}
	if e, ok := errors.AsType[*wallet.FormatError](err); ok {
		return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_WALLET_MISSING, "%s", e.Error()).WithFact("path", e.Path).
			WithHint("download the database's wallet again")
	}
	if e, ok := errors.AsType[*wallet.AliasError](err); ok {
		return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_ALIAS_UNKNOWN, "%s", e.Error()).
			WithFact("alias", e.Alias).WithFact("known", fmt.Sprint(e.Known)).
			WithHint("set service in the configuration to one of the aliases named")
	}
	return err
}
