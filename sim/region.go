package sim

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/hashicorp/go-hclog"

	"github.com/adbferry/adbferry/pkg/pki"
	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/dbmscloud"
	"github.com/adbferry/adbferry/sim/internal/engine"
	"github.com/adbferry/adbferry/sim/internal/fault"
	"github.com/adbferry/adbferry/sim/internal/physics"
	"github.com/adbferry/adbferry/sim/internal/session"
	"github.com/adbferry/adbferry/sim/internal/wallet"
)

// admin is the user every Autonomous Database has.
const admin = "ADMIN"

// A place is what distinguishes one simulated region from another.
type place struct {
	name     string // the short name used in folders and configuration
	region   string // the OCI region
	database string
}

func places() []place {
	return []place{
		{SanJose, "us-sanjose-1", "ADBSJ"},
		{Phoenix, "us-phoenix-1", "ADBPHOENIX"},
	}
}

// A Region is one Autonomous Database with its listener.
type Region struct {
	place          place
	identity       regionIdentity
	authority      pki.Pair
	instance       *engine.Instance
	listener       *session.Listener // nil before listen
	log            hclog.Logger
	hooks          hooks
	calls          *callLog
	model          *physics.Model
	callFaults     fault.Set[CallFault]
	transferFaults fault.Set[CallFault]
}

// newRegion makes the database of a place, whose identity is the n-th.
func newRegion(id *identity, n int, storage *Storage, p place, config Config) (*Region, error) {
	log := config.Logger.Named(p.name)
	r := &Region{
		place: p, identity: id.regions[n], authority: id.authority, log: log,
		calls: newCallLog(), model: config.Physics.NewModel(p.name),
		instance: engine.New(engine.Config{
			Name: p.database, Region: p.region, ServiceNames: p.services(),
			MaxStringSize: config.Knobs.MaxStringSize, Version: config.Knobs.Version, Logger: log,
			UndoRetention: cmp.Or(config.Knobs.UndoRetention, config.Physics.Regions[p.name].UndoRetention),
		}),
	}
	r.instance.CreateUser(admin, r.identity.password)
	err := dbmscloud.Register(r.instance, dbmscloud.Config{
		HTTPClient: r.client(storage), Hosts: []string{storage.address}, Knobs: config.Knobs.Cloud,
		Logger: log.Named("dbmscloud"), Observe: r.calls.addCloud, WorkUnits: r.workUnits,
	})
	if err != nil {
		return nil, fmt.Errorf("install DBMS_CLOUD: %w", err)
	}
	return r, nil
}

// listen begins to take connections.
func (r *Region) listen() (err error) {
	roots := x509.NewCertPool()
	roots.AddCert(r.authority.Certificate)
	r.listener, err = session.Listen(context.Background(), loopback(r.identity.port), &tls.Config{
		Certificates: []tls.Certificate{r.identity.pair.TLS()},
		ClientCAs:    roots,
		ClientAuth:   tls.RequireAndVerifyClientCert,
		MinVersion:   tls.VersionTLS12,
	}, r.instance, session.Options{Logger: r.log, Intercept: r.intercept})
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	return nil
}

func (p place) services() []string {
	var names []string
	for _, level := range wallet.Levels() {
		names = append(names, wallet.ServiceName(strings.ToLower(p.database), level)) // as in Region.Service
	}
	return names
}

// close ends the connections first, so that nobody starts a job any more, and
// then the jobs.
func (r *Region) close() (err error) {
	if r.listener != nil {
		err = r.listener.Close()
	}
	r.instance.Close()
	return err
}

// Name returns the region's short name.
func (r *Region) Name() string { return r.place.name }

// OCIRegion returns the name of the OCI region that is simulated.
func (r *Region) OCIRegion() string { return r.place.region }

// Address returns the listener's host and port.
func (r *Region) Address() string { return r.listener.Addr().String() }

// Alias returns the wallet's alias of a service level: high, medium, low, tp or tpurgent.
func (r *Region) Alias(level string) string {
	return strings.ToLower(r.place.database) + "_" + level
}

// Service returns the service name of a level, which is what a connect
// descriptor asks the listener for.
func (r *Region) Service(level string) string {
	return wallet.ServiceName(strings.ToLower(r.place.database), level)
}

// Password returns the password of user ADMIN.
func (r *Region) Password() string { return r.identity.password }

// WalletPassword returns the password of the wallet's ewallet.p12 and ewallet.pem.
func (r *Region) WalletPassword() string { return r.identity.walletPassword }

// WriteWallet writes the wallet's files into dir, which is created when needed.
func (r *Region) WriteWallet(dir string) error { return r.wallet().Write(dir) }

func (r *Region) wallet() wallet.Spec {
	address := r.listener.Addr()
	return wallet.Spec{
		Client: r.identity.client, CA: r.authority.Certificate, Password: r.identity.walletPassword,
		Host: address.IP.String(), Port: address.Port,
		Database: strings.ToLower(r.place.database), ServerDN: r.place.dn(),
	}
}

// CreateUser makes a database user without privileges of its own.
func (r *Region) CreateUser(name, password string) { r.instance.CreateUser(name, password) }

// A Policy is what the dictionary of a region says of a policy on a table. It has
// no effect on rows or values.
type Policy = engine.Policy

// AddPolicy puts a policy into the dictionary.
func (r *Region) AddPolicy(p Policy) { r.instance.AddPolicy(p) }

// Exec runs one statement as ADMIN, beside the wire, and commits it.
func (r *Region) Exec(ctx context.Context, statement string) error {
	s := r.instance.Internal(admin)
	defer s.Close()
	if err := s.Exec(ctx, statement); err != nil {
		return err
	}
	return s.Commit(ctx)
}

// Rows runs a query as ADMIN, beside the wire, and returns its rows as text:
// NULL is "", numbers are exact decimals, dates follow the default masks.
func (r *Region) Rows(ctx context.Context, query string) (rows [][]string, err error) {
	s := r.instance.Internal(admin)
	defer s.Close()
	cursor, err := s.Query(ctx, query)
	if err != nil {
		return nil, err
	}
	defer cursor.Rows.Close()
	for {
		row, err := cursor.Rows.Next(ctx)
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		texts, err := texts(s, row)
		if err != nil {
			return nil, err
		}
		rows = append(rows, texts)
	}
}

func texts(s *engine.Session, row datum.Row) ([]string, error) {
	settings := s.NLS()
	out := make([]string, len(row))
	for i, v := range row {
		if v.IsNull() {
			continue
		}
		text, err := settings.Text(v)
		if err != nil {
			return nil, err
		}
		out[i] = text
	}
	return out, nil
}

// Count returns the number of rows of a table named SCHEMA.TABLE, or of ADMIN's
// table of that name. It may be followed by a WHERE clause.
//
// Error: the database's.
func (r *Region) Count(ctx context.Context, table string) (int64, error) {
	rows, err := r.Rows(ctx, "SELECT COUNT(*) FROM "+table)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(rows[0][0], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("count the rows of %s: %w", table, err)
	}
	return n, nil
}

// Sessions returns how many connections are open.
func (r *Region) Sessions() int { return r.listener.Connections() }

// Cut breaks all connections, as a restart of the database does; it keeps its
// data and takes new connections at once.
func (r *Region) Cut() { r.listener.Cut() }

// Statements returns the distinct statements seen over the wire so far, without
// passwords and the tokens of PARs, in order of first appearance. After 10,000
// it remembers no new ones.
func (r *Region) Statements() []string { return r.calls.statements() }

// A CloudCall is one call of a DBMS_CLOUD procedure, without its URLs.
type CloudCall = dbmscloud.Call

// CloudCalls returns the first 10,000 calls of DBMS_CLOUD procedures, in order.
func (r *Region) CloudCalls() []CloudCall { return r.calls.cloudCalls() }

var _ database.Database = (*engine.Instance)(nil)
