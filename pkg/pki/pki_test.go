package pki_test

import (
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"testing"
	"time"

	"github.com/adbferry/adbferry/pkg/pki"
)

func authority(t *testing.T) *pki.Authority {
	t.Helper()
	a, err := pki.NewAuthority(pkix.Name{CommonName: "test CA"}, time.Hour, false)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestIssuedCertificatesVerifyForTheirHostsAndUses(t *testing.T) {
	a := authority(t)
	roots := x509.NewCertPool()
	roots.AddCert(a.Certificate)
	server, err := a.Issue(pki.Request{
		Subject: pkix.Name{CommonName: "s"}, Hosts: []string{"127.0.0.1", "db.example"},
		Identity: "adbferry://agent/x", Server: true, Lifetime: time.Hour,
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		host string
		use  x509.ExtKeyUsage
		ok   bool
	}{
		"address":        {"127.0.0.1", x509.ExtKeyUsageServerAuth, true},
		"name":           {"db.example", x509.ExtKeyUsageServerAuth, true},
		"another name":   {"evil.example", x509.ExtKeyUsageServerAuth, false},
		"as a client":    {"127.0.0.1", x509.ExtKeyUsageClientAuth, false},
		"by common name": {"s", x509.ExtKeyUsageServerAuth, false},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := server.Certificate.Verify(x509.VerifyOptions{
				Roots: roots, DNSName: tt.host, KeyUsages: []x509.ExtKeyUsage{tt.use},
			})
			if (err == nil) != tt.ok {
				t.Errorf("verify: %v", err)
			}
		})
	}
	if got := server.Certificate.URIs[0].String(); got != "adbferry://agent/x" {
		t.Errorf("identity = %q", got)
	}
}

func TestPairsSurvivePEM(t *testing.T) {
	a := authority(t)
	for name, useRSA := range map[string]bool{"ECDSA": false, "RSA": true} {
		t.Run(name, func(t *testing.T) {
			pair, err := a.Issue(pki.Request{Subject: pkix.Name{CommonName: "c"}, Client: true, RSA: useRSA, Lifetime: time.Hour})
			if err != nil {
				t.Fatal(err)
			}
			key, err := pair.KeyPEM()
			if err != nil {
				t.Fatal(err)
			}
			got, err := pki.Parse(pair.CertificatePEM(), key)
			if err != nil {
				t.Fatal(err)
			}
			if !got.Certificate.Equal(pair.Certificate) {
				t.Error("the certificate changed")
			}
			if _, isRSA := got.Key.(*rsa.PrivateKey); isRSA != useRSA {
				t.Errorf("key is a %T", got.Key)
			}
		})
	}
	if _, err := pki.Parse([]byte("x"), []byte("y")); err == nil {
		t.Error("nonsense was parsed")
	}
}
