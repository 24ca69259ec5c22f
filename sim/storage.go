package sim

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/adbferry/adbferry/pkg/pki"
	"github.com/adbferry/adbferry/sim/internal/fault"
	"github.com/adbferry/adbferry/sim/internal/objectstore"
)

const (
	namespace = "axsim0ferry"
	bucket    = "ferry"

	// parLifetime is how long a PAR lives unless its Expires says otherwise.
	parLifetime = 7 * 24 * time.Hour
)

// A PAR is what a pre-authenticated request permits, in the words of the
// service: Access is one of ObjectRead … AnyObjectReadWrite.
type PAR = objectstore.PAR

// An Object describes one stored object.
type Object = objectstore.Object

// A StorageHook looks at a request before the store does and may answer it.
type StorageHook = objectstore.Hook

// A StorageVerdict is what a StorageHook says about a request.
type StorageVerdict = objectstore.Verdict

// The verdicts of a StorageHook.
const (
	StoragePass       = objectstore.Pass
	StorageAnswered   = objectstore.Answered
	StorageAnsweredOn = objectstore.AnsweredOn
)

// The access types of a PAR.
const (
	ObjectRead         = objectstore.ObjectRead
	ObjectWrite        = objectstore.ObjectWrite
	ObjectReadWrite    = objectstore.ObjectReadWrite
	AnyObjectRead      = objectstore.AnyObjectRead
	AnyObjectWrite     = objectstore.AnyObjectWrite
	AnyObjectReadWrite = objectstore.AnyObjectReadWrite
)

// Storage is the simulated Object Storage: one namespace, one bucket, served
// over HTTPS.
type Storage struct {
	store     *objectstore.Store
	authority pki.Pair
	address   string
	listener  net.Listener // nil once the server has it
	server    *http.Server
	serving   *errgroup.Group
	faults    fault.Set[StorageFault]
}

// newStorage makes the store and takes its port: requests wait there until
// serve.
func newStorage(id *identity, config Config) (*Storage, error) {
	store := objectstore.New(objectstore.Config{Namespace: namespace, Knobs: config.Knobs.Storage})
	if err := store.CreateBucket(bucket); err != nil {
		return nil, err
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", loopback(id.storage.port))
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	log := config.Logger.Named("objectstorage")
	s := &Storage{
		store: store, authority: id.authority, address: listener.Addr().String(), listener: listener, serving: &errgroup.Group{},
	}
	s.server = &http.Server{
		Handler:           s,
		TLSConfig:         &tls.Config{Certificates: []tls.Certificate{id.storage.pair.TLS()}, MinVersion: tls.VersionTLS12},
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.StandardLogger(nil),
	}
	return s, nil
}

// serve begins to answer requests. It is called once.
func (s *Storage) serve() {
	listener := s.listener
	s.listener = nil // the server's from now on
	s.serving.Go(func() error { return s.server.ServeTLS(listener, "", "") })
}

func (s *Storage) close() error {
	if s.listener != nil {
		return s.listener.Close()
	}
	closed := s.server.Close()
	if err := s.serving.Wait(); !errors.Is(err, http.ErrServerClosed) {
		return errors.Join(closed, err)
	}
	return closed
}

// Client returns an HTTP client that trusts the store and nobody else.
func (s *Storage) Client() *http.Client {
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: s.roots(), MinVersion: tls.VersionTLS12}}}
}

func (s *Storage) roots() *x509.CertPool {
	roots := x509.NewCertPool()
	roots.AddCert(s.authority.Certificate)
	return roots
}

// CAPEM returns the certificate that the store's own is signed by.
func (s *Storage) CAPEM() []byte { return s.authority.CertificatePEM() }

// NewPAR makes a PAR of the store's one bucket and returns its URL. What p
// leaves empty is: all objects, no listing, expiry in a week.
func (s *Storage) NewPAR(p PAR) (string, error) {
	p.Bucket = bucket
	if p.Expires.IsZero() {
		p.Expires = time.Now().Add(parLifetime)
	}
	path, err := s.store.CreatePAR(p)
	if err != nil {
		return "", fmt.Errorf("create PAR: %w", err)
	}
	return "https://" + s.address + path, nil
}

// AddAccount makes an account of the store: a user name and an auth token that
// DBMS_CLOUD.CREATE_CREDENTIAL takes. What no PAR can do, such as deleting, it
// can. An existing account gets the new token.
func (s *Storage) AddAccount(user, token string) { s.store.AddAccount(user, token) }

// NativeURI returns the URI of an object without a PAR, for use with a credential.
func (s *Storage) NativeURI(name string) string {
	return "https://" + s.address + "/n/" + namespace + "/b/" + bucket + "/o/" + name
}

// Revoke ends a PAR by its URL at once. It reports whether it was in force.
func (s *Storage) Revoke(url string) bool { return s.store.RevokePAR(url) }

// Expire lets the lifetime of a PAR end now. It reports whether it was in force.
func (s *Storage) Expire(url string) bool { return s.store.ExpirePAR(url) }

// Objects describes the objects whose names start with prefix, in name order.
func (s *Storage) Objects(prefix string) []Object { return s.store.List(bucket, prefix) }

// Read returns the bytes of an object; ok is false when there is none.
func (s *Storage) Read(name string) (data []byte, ok bool) {
	data, _, ok = s.store.Get(bucket, name)
	return data, ok
}

// Write creates or overwrites an object.
func (s *Storage) Write(name string, data []byte) error { return s.store.Put(bucket, name, data) }

// Delete removes an object and reports whether there was one.
func (s *Storage) Delete(name string) bool { return s.store.Delete(bucket, name) }

// Intercept shows the following requests to hook until it answers one.
func (s *Storage) Intercept(hook StorageHook) { s.store.Intercept(hook) }
