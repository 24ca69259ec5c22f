package wallet

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"errors"

	"github.com/adbferry/adbferry/pkg/config"
)

// A material is what a wallet holds for TLS. A wallet for one-way TLS has no key.
type material struct {
	key   crypto.Signer
	certs []*x509.Certificate // ours and the trusted ones, in file order
}

// loadMaterial reads the first of ewallet.p12, ewallet.pem and cwallet.sso
// that is there and can be opened with what was given. A wrong password is an
// error even when the auto-login file would do: the user believes that it counts.
func loadMaterial(f files, password config.Secret) (material, error) {
	if !password.IsZero() {
		m, err := loadProtected(f, password.Reveal())
		if _, missing := errors.AsType[*MissingError](err); !missing || !f.has("cwallet.sso") {
			return m, err
		}
	}
	if f.has("cwallet.sso") {
		return loadFile(f, "cwallet.sso", "", parseSSO)
	}
	if f.has("ewallet.p12") || f.has("ewallet.pem") {
		return material{}, &PasswordError{Path: f.path, Empty: true}
	}
	_, err := f.read("cwallet.sso")
	return material{}, err
}

// loadProtected opens a file with the password. A PKCS#12 of a kind this build
// cannot read gives way to the PEM file, which holds the same.
func loadProtected(f files, password string) (material, error) {
	var unreadable error
	if f.has("ewallet.p12") {
		m, err := loadFile(f, "ewallet.p12", password, parsePKCS12)
		if _, odd := errors.AsType[*FormatError](err); !odd {
			return m, err
		}
		unreadable = err
	}
	m, err := loadFile(f, "ewallet.pem", password, parsePEM)
	if _, missing := errors.AsType[*MissingError](err); missing && unreadable != nil {
		return material{}, unreadable
	}
	return m, err
}

func loadFile(f files, name, password string, parse func([]byte, string) (material, error)) (material, error) {
	data, err := f.read(name)
	if err != nil {
		return material{}, err
	}
	m, err := parse(data, password)
	switch {
	case errors.Is(err, errPassword):
		return material{}, &PasswordError{Path: f.name(name)}
	case err != nil:
		return material{}, &FormatError{Path: f.name(name), Err: err}
	case len(m.certs) == 0:
		return material{}, &FormatError{Path: f.name(name), Err: errors.New("it holds no certificate")}
	}
	return m, nil
}

// errPassword is what the parsers return for a password that does not fit.
var errPassword = errors.New("wrong password")

// config makes the client configuration: our chain, and every other
// certificate of the wallet as a root.
func (m material) config() *tls.Config {
	cfg := &tls.Config{RootCAs: x509.NewCertPool(), MinVersion: tls.VersionTLS12}
	var own tls.Certificate
	for _, c := range m.certs {
		if m.key != nil && own.Leaf == nil && matches(c, m.key) {
			own.Leaf, own.PrivateKey = c, m.key
			continue
		}
		cfg.RootCAs.AddCert(c)
	}
	if own.Leaf == nil {
		return cfg
	}
	own.Certificate = [][]byte{own.Leaf.Raw}
	for _, c := range m.certs {
		if c != own.Leaf && c.IsCA && c.Subject.String() != c.Issuer.String() {
			own.Certificate = append(own.Certificate, c.Raw)
		}
	}
	cfg.Certificates = []tls.Certificate{own}
	return cfg
}

// matches reports whether the certificate is for the key. The order of a
// wallet's certificates is not defined, so the key decides which one is ours.
func matches(c *x509.Certificate, key crypto.Signer) bool {
	pub, ok := c.PublicKey.(interface{ Equal(crypto.PublicKey) bool })
	return ok && pub.Equal(key.Public())
}

// signer narrows a parsed private key.
func signer(key any) (crypto.Signer, error) {
	s, ok := key.(crypto.Signer)
	if !ok {
		return nil, errors.New("its private key is of an unknown kind")
	}
	return s, nil
}
