package cli

import (
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/adbferry/adbferry/pkg/pki"
	"github.com/adbferry/adbferry/pkg/rpc"
)

const (
	secretMode    = 0o600
	secretDirMode = 0o700
)

// A holder is one party that gets a certificate.
type holder struct {
	name     string // of the files
	identity string
	hosts    []string // it is reached at; none for who only calls
}

// holders lists everyone who gets a certificate.
func (o *pkiOptions) holders() ([]holder, error) {
	if o.days < 1 {
		return nil, usage("", "--days is at least 1")
	}
	all := []holder{
		{name: "controller", identity: rpc.IdentityController, hosts: o.hosts},
		{name: "client", identity: rpc.IdentityClient},
	}
	seen := map[string]bool{}
	for _, text := range o.agents {
		name, hosts, ok := strings.Cut(text, "=")
		if !ok || name == "" || hosts == "" || strings.ContainsAny(name, `/\ `) || seen[name] {
			return nil, usage("", "--agent %q is not NAME=HOST[,HOST], or names an agent twice", text)
		}
		seen[name] = true
		all = append(all, holder{name: "agent-" + name, identity: rpc.IdentityAgent(name), hosts: strings.Split(hosts, ",")})
	}
	return all, nil
}

// pems are files to be written, in order.
type pems struct {
	paths []string
	data  [][]byte
}

// add puts a certificate and its key on the list.
func (p *pems) add(dir, name string, pair pki.Pair) error {
	key, err := pair.KeyPEM()
	if err != nil {
		return err
	}
	p.paths = append(p.paths, filepath.Join(dir, name+".pem"), filepath.Join(dir, name+"-key.pem"))
	p.data = append(p.data, pair.CertificatePEM(), key)
	return nil
}

// write makes the files, and says which.
func (p *pems) write() (written []string, err error) {
	for i, path := range p.paths {
		if err := os.MkdirAll(filepath.Dir(path), secretDirMode); err != nil {
			return written, fmt.Errorf("make directory: %w", err)
		}
		if err := os.WriteFile(path, p.data[i], secretMode); err != nil {
			return written, fmt.Errorf("write certificate: %w", err)
		}
		written = append(written, path)
	}
	return written, nil
}

// issue makes what is missing, everything with --force, before anything is written.
func issue(o pkiOptions, holders []holder) (*pems, error) {
	out := &pems{}
	ca, err := authority(o, out)
	if err != nil {
		return nil, err
	}
	there := certified{dir: o.dir}
	for _, h := range holders {
		if !o.force && exists(o.dir, h.name) {
			if err := there.check(h, h.name != "controller" || o.hostsAsked); err != nil {
				return nil, err
			}
			continue
		}
		pair, err := ca.Issue(pki.Request{
			Subject: pkix.Name{CommonName: "adbferry " + h.name}, Identity: h.identity, Hosts: h.hosts,
			Server: len(h.hosts) > 0, Client: !strings.HasPrefix(h.name, "agent-"), Lifetime: o.lifetime(),
		})
		if err != nil {
			return nil, err
		}
		if err := out.add(o.dir, h.name, pair); err != nil {
			return nil, err
		}
	}
	if err := there.err(); err != nil {
		return nil, err
	}
	if len(out.paths) == 0 {
		return nil, there.complete()
	}
	return out, nil
}

// authority reads the CA of the directory, or makes one.
func authority(o pkiOptions, out *pems) (*pki.Authority, error) {
	if o.force || !exists(o.dir, "ca") {
		ca, err := pki.NewAuthority(pkix.Name{CommonName: "adbferry CA"}, o.lifetime(), false)
		if err != nil {
			return nil, err
		}
		return ca, out.add(o.dir, "ca", ca.Pair)
	}
	cert, certErr := os.ReadFile(filepath.Join(o.dir, "ca.pem"))
	key, keyErr := os.ReadFile(filepath.Join(o.dir, "ca-key.pem"))
	if err := errors.Join(certErr, keyErr); err != nil {
		return nil, usage("put both files of the CA back: it issues what is missing; --force makes everything anew, also the CA", "read CA: %v", err)
	}
	pair, err := pki.Parse(cert, key)
	if err != nil {
		return nil, usage("", "read CA in %s: %v", o.dir, err)
	}
	return &pki.Authority{Pair: pair}, nil
}

// exists reports whether a holder has a certificate or a key already.
func exists(dir, name string) bool {
	for _, suffix := range []string{".pem", "-key.pem"} {
		if _, err := os.Stat(filepath.Join(dir, name+suffix)); err == nil {
			return true
		}
	}
	return false
}
