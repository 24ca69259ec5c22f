package session_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"database/sql"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	go_ora "github.com/sijms/go-ora/v2"

	"github.com/adbferry/adbferry/pkg/pki"
	"github.com/adbferry/adbferry/sim/internal/session"
	"github.com/adbferry/adbferry/sim/internal/wallet"
)

const (
	password       = "Welcome-to-San-Jose-1"
	walletPassword = "Wallet#2026"
)

var moment = time.Date(2026, 11, 22, 8, 15, 30, 123456789, time.UTC)

// A server is a fake database behind a listener, with a wallet for it.
type server struct {
	*fake
	listener *session.Listener
	config   *tls.Config
	wallet   string
}

// certificates are made once: RSA keys take their time.
var certificates = sync.OnceValues(func() (certs struct {
	ca             *pki.Authority
	server, client pki.Pair
}, err error,
) {
	if certs.ca, err = pki.NewAuthority(pkix.Name{CommonName: "Test CA"}, time.Hour, true); err != nil {
		return certs, err
	}
	certs.server, err = certs.ca.Issue(pki.Request{
		Subject: pkix.Name{CommonName: "adbsj"}, Hosts: []string{"127.0.0.1", "localhost"},
		Server: true, RSA: true, Lifetime: time.Hour,
	})
	if err != nil {
		return certs, err
	}
	certs.client, err = certs.ca.Issue(pki.Request{
		Subject: pkix.Name{CommonName: "client"}, Client: true, RSA: true, Lifetime: time.Hour,
	})
	return certs, err
})

func start(t testing.TB) *server { return startWith(t, session.Options{}) }

func startWith(t testing.TB, o session.Options) *server {
	t.Helper()
	certs, err := certificates()
	if err != nil {
		t.Fatal(err)
	}
	f, err := newFake(password)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(certs.ca.Certificate)
	config := &tls.Config{
		Certificates: []tls.Certificate{certs.server.TLS()},
		ClientAuth:   tls.RequireAndVerifyClientCert, ClientCAs: pool, MinVersion: tls.VersionTLS12,
	}
	l, err := session.Listen(context.WithoutCancel(t.Context()), "127.0.0.1:0", config, f, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	s := &server{fake: f, listener: l, config: config, wallet: filepath.Join(t.TempDir(), "wallet")}
	spec := wallet.Spec{
		Client: certs.client, CA: certs.ca.Certificate, Password: walletPassword,
		Host: "127.0.0.1", Port: l.Addr().Port, Database: "adbsj", ServerDN: "CN=adbsj",
	}
	if err := spec.Write(s.wallet); err != nil {
		t.Fatal(err)
	}
	return s
}

// descriptor looks an alias up, as the driver does not.
func (s *server) descriptor(t testing.TB, alias string) string {
	t.Helper()
	names, err := os.ReadFile(filepath.Join(s.wallet, "tnsnames.ora"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(names)) {
		if name, text, ok := strings.Cut(line, " = "); ok && name == alias {
			return strings.TrimSpace(text)
		}
	}
	t.Fatalf("no alias %s", alias)
	return ""
}

// dsn is a data source name for alias adbsj_high; options come in pairs.
func (s *server) dsn(t testing.TB, pw string, options ...string) string {
	t.Helper()
	q := url.Values{
		"connStr": {s.descriptor(t, "adbsj_high")}, "SSL": {"TRUE"}, "WALLET": {s.wallet},
		"WALLET PASSWORD": {walletPassword}, "TIMEOUT": {"0"},
	}
	for i := 0; i < len(options); i += 2 {
		if options[i+1] == "" {
			q.Del(options[i])
			continue
		}
		q.Set(options[i], options[i+1])
	}
	u := url.URL{Scheme: "oracle", User: url.UserPassword("admin", pw), Host: ":0", Path: "/", RawQuery: q.Encode()}
	return u.String()
}

// connect opens a pool of one connection.
func (s *server) connect(t testing.TB, options ...string) *sql.DB {
	t.Helper()
	db, err := sql.Open("oracle", s.dsn(t, password, options...))
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() }) // fails when the server went first
	return db
}

// A queryer is a pool, a connection or a transaction.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// connectThrough opens a pool whose connections break when gone is closed.
func (s *server) connectThrough(t testing.TB, gone <-chan struct{}) *sql.DB {
	t.Helper()
	connector, ok := go_ora.NewConnector(s.dsn(t, password)).(*go_ora.OracleConnector)
	if !ok {
		t.Fatal("no connector")
	}
	connector.Dialer(breaker{gone: gone})
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() }) // fails: the connection is broken by then
	return db
}

// A breaker makes connections that break when gone is closed.
type breaker struct{ gone <-chan struct{} }

func (b breaker) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	go func() {
		<-b.gone
		_ = conn.Close()
	}()
	return conn, nil
}
