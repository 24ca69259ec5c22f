// Package rpc is the gRPC plumbing of both daemons: mutual TLS between named
// identities, keepalive, health, reflection, interceptors, serving until a
// context ends, and dialling.
package rpc

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"strings"

	"github.com/adbferry/adbferry/pkg/config"
)

// The identities that certificates carry as their one URI name. "adbferry pki"
// issues them.
const (
	IdentityController = "adbferry://controller"
	IdentityClient     = "adbferry://client"
	identityAgents     = "adbferry://agent/"
)

// IdentityAgent is the identity of the agent of a database.
func IdentityAgent(name string) string { return identityAgents + name }

// TLSFiles is where the mTLS material of one process is, in PEM.
type TLSFiles struct {
	CA          string `yaml:"ca"`
	Certificate string `yaml:"certificate"`
	Key         string `yaml:"key"`
}

// Validate reports the files that are not named, all in one line.
func (f TLSFiles) Validate() error {
	var missing []string
	for _, file := range []struct{ name, value string }{{"tls.ca", f.CA}, {"tls.certificate", f.Certificate}, {"tls.key", f.Key}} {
		if file.value == "" {
			missing = append(missing, file.name)
		}
	}
	switch n := len(missing); n {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("%s is not set", missing[0])
	default:
		return fmt.Errorf("%s and %s are not set", strings.Join(missing[:n-1], ", "), missing[n-1])
	}
}

// In returns the files with relative names taken relative to dir.
func (f TLSFiles) In(dir string) TLSFiles {
	return TLSFiles{
		CA:          config.Resolve(dir, f.CA),
		Certificate: config.Resolve(dir, f.Certificate),
		Key:         config.Resolve(dir, f.Key),
	}
}

// ServerTLS makes the configuration of a server that takes calls only from
// peers whose certificate is signed by the CA and whose identity is accepted.
func ServerTLS(files TLSFiles, accept func(identity string) bool) (*tls.Config, error) {
	cfg, roots, err := files.load()
	if err != nil {
		return nil, err
	}
	cfg.ClientCAs = roots
	cfg.ClientAuth = tls.RequireAndVerifyClientCert
	cfg.VerifyConnection = verifyIdentity(accept)
	return cfg, nil
}

// ClientTLS makes the configuration of a client that talks only to the server
// with the expected identity. The server's host name is checked as well.
func ClientTLS(files TLSFiles, expect string) (*tls.Config, error) {
	cfg, roots, err := files.load()
	if err != nil {
		return nil, err
	}
	cfg.RootCAs = roots
	cfg.VerifyConnection = verifyIdentity(func(identity string) bool { return identity == expect })
	return cfg, nil
}

func (f TLSFiles) load() (*tls.Config, *x509.CertPool, error) {
	pair, err := tls.LoadX509KeyPair(f.Certificate, f.Key)
	if err != nil {
		return nil, nil, fmt.Errorf("load mTLS certificate: %w", err)
	}
	ca, err := os.ReadFile(f.CA)
	if err != nil {
		return nil, nil, fmt.Errorf("load mTLS CA: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(ca) {
		return nil, nil, fmt.Errorf("load mTLS CA: %s holds no certificate", f.CA)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS13}, roots, nil
}

// identityRefused is in the text of every error about a peer's identity.
const identityRefused = "which is not accepted here"

func verifyIdentity(accept func(string) bool) func(tls.ConnectionState) error {
	return func(state tls.ConnectionState) error {
		identity := ""
		if uris := state.PeerCertificates[0].URIs; len(uris) == 1 {
			identity = uris[0].String()
		}
		if !accept(identity) {
			return fmt.Errorf("peer's certificate is for %q, "+identityRefused, identity)
		}
		return nil
	}
}
