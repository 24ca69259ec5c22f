// Package pki is a small certificate authority: one self-signed root and the
// certificates it issues. "adbferry pki" makes the mTLS material of controller
// and agents with it, the simulator its wallets and server certificates.
package pki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/url"
	"time"
)

// backdate makes fresh certificates valid on machines whose clock is behind.
const backdate = 10 * time.Minute

// An Authority issues certificates under one root.
type Authority struct {
	Pair
}

// A Pair is a certificate and its private key.
type Pair struct {
	Certificate *x509.Certificate
	Key         crypto.Signer
}

// A Request says what to put into a certificate.
type Request struct {
	Subject  pkix.Name
	Hosts    []string // host names and IP addresses the holder is reached at
	Identity string   // URI that names the holder's role, "" for none
	Server   bool     // may answer TLS connections
	Client   bool     // may make TLS connections
	RSA      bool     // RSA-2048 instead of ECDSA P-256, for what reads only RSA
	Lifetime time.Duration
}

// NewAuthority makes a new root, valid for lifetime from now. Nothing is written.
//
// Errors: those of the random number generator, and of a subject that cannot be
// encoded.
func NewAuthority(subject pkix.Name, lifetime time.Duration, rsaKey bool) (*Authority, error) {
	key, err := newKey(rsaKey)
	if err != nil {
		return nil, err
	}
	template, err := newTemplate(subject, lifetime)
	if err != nil {
		return nil, err
	}
	template.IsCA = true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	pair, err := sign(template, template, key, key)
	if err != nil {
		return nil, fmt.Errorf("sign root certificate: %w", err)
	}
	return &Authority{Pair: pair}, nil
}

// Issue makes a new key and a certificate for it, signed by a. Nothing is written.
//
// Errors: those of NewAuthority, and an Identity that is not a URI.
func (a *Authority) Issue(r Request) (Pair, error) {
	key, err := newKey(r.RSA)
	if err != nil {
		return Pair{}, err
	}
	template, err := newTemplate(r.Subject, r.Lifetime)
	if err != nil {
		return Pair{}, err
	}
	if err := r.fill(template); err != nil {
		return Pair{}, err
	}
	pair, err := sign(template, a.Certificate, key, a.Key)
	if err != nil {
		return Pair{}, fmt.Errorf("sign certificate %s: %w", r.Subject.CommonName, err)
	}
	return pair, nil
}

func (r Request) fill(template *x509.Certificate) error {
	template.KeyUsage = x509.KeyUsageDigitalSignature
	if r.RSA {
		template.KeyUsage |= x509.KeyUsageKeyEncipherment
	}
	if r.Server {
		template.ExtKeyUsage = append(template.ExtKeyUsage, x509.ExtKeyUsageServerAuth)
	}
	if r.Client {
		template.ExtKeyUsage = append(template.ExtKeyUsage, x509.ExtKeyUsageClientAuth)
	}
	for _, h := range r.Hosts {
		if ip := net.ParseIP(h); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, h)
		}
	}
	if r.Identity == "" {
		return nil
	}
	u, err := url.Parse(r.Identity)
	if err != nil {
		return fmt.Errorf("identity: %w", err)
	}
	template.URIs = []*url.URL{u}
	return nil
}

func newTemplate(subject pkix.Name, lifetime time.Duration) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, fmt.Errorf("draw serial number: %w", err)
	}
	now := time.Now()
	return &x509.Certificate{
		SerialNumber:          serial,
		Subject:               subject,
		NotBefore:             now.Add(-backdate),
		NotAfter:              now.Add(lifetime),
		BasicConstraintsValid: true,
	}, nil
}

func newKey(useRSA bool) (crypto.Signer, error) {
	if useRSA {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			return nil, fmt.Errorf("generate RSA key: %w", err)
		}
		return key, nil
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("generate ECDSA key: %w", err)
	}
	return key, nil
}

func sign(template, parent *x509.Certificate, key, parentKey crypto.Signer) (Pair, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), parentKey)
	if err != nil {
		return Pair{}, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return Pair{}, err
	}
	return Pair{Certificate: cert, Key: key}, nil
}

// TLS returns p as a certificate for a tls.Config.
func (p Pair) TLS() tls.Certificate {
	return tls.Certificate{Certificate: [][]byte{p.Certificate.Raw}, PrivateKey: p.Key, Leaf: p.Certificate}
}

// CertificatePEM returns the certificate as a PEM block.
func (p Pair) CertificatePEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.Certificate.Raw})
}

// KeyPEM returns the private key as an unencrypted PKCS#8 PEM block, a secret. It
// fails for a Key that was not made by this package or read with Parse.
func (p Pair) KeyPEM() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(p.Key)
	if err != nil {
		return nil, fmt.Errorf("encode private key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// Parse reads back what CertificatePEM and KeyPEM wrote. It fails when one of them
// cannot be read, or when the key is not that of the certificate.
func Parse(certPEM, keyPEM []byte) (Pair, error) {
	cert, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		return Pair{}, fmt.Errorf("read certificate and key: %w", err)
	}
	key, ok := cert.PrivateKey.(crypto.Signer)
	if !ok {
		return Pair{}, errors.New("read certificate and key: the key cannot sign")
	}
	return Pair{Certificate: cert.Leaf, Key: key}, nil
}
