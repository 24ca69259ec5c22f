package wallet_test

import (
	"archive/zip"
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"
	"time"

	"software.sslmate.com/src/go-pkcs12"

	"github.com/adbferry/adbferry/pkg/pki"
)

const password = "Wallet-Password-1"

const names = `# as downloaded
db_high = (description= (retry_count=20)(retry_delay=3)(address=(protocol=tcps)(port=1522)(host=adb.example.com))(connect_data=(service_name=x_db_high.adb.oraclecloud.com))(security=(ssl_server_dn_match=yes)))

db_low = (description= (address=(protocol=tcps)(port=1522)(host=adb.example.com))(connect_data=(service_name=x_db_low.adb.oraclecloud.com))(security=(ssl_server_cert_dn="CN=adb.example.com, O=Oracle Corporation, C=US")))
`

// material is what the files of a test wallet are made of.
type material struct {
	ca   *pki.Authority
	pair pki.Pair
}

func newMaterial(t *testing.T) material {
	t.Helper()
	ca, err := pki.NewAuthority(pkix.Name{CommonName: "test CA"}, time.Hour, true)
	if err != nil {
		t.Fatal(err)
	}
	pair, err := ca.Issue(pki.Request{Subject: pkix.Name{CommonName: "client"}, Client: true, RSA: true, Lifetime: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	return material{ca, pair}
}

func (m material) p12(t *testing.T, encoder *pkcs12.Encoder, password string) []byte {
	t.Helper()
	data, err := encoder.Encode(m.pair.Key, m.pair.Certificate, []*x509.Certificate{m.ca.Certificate}, password)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// sso wraps a PKCS#12 as cwallet.sso does: wire notes, section 18.
func (m material) sso(t *testing.T, padded bool) []byte {
	t.Helper()
	secret := []byte("0123456789abcdef")
	key := bytes.Repeat([]byte{7}, 16)
	iv := []byte{0xC0, 0x34, 0xD8, 0x31, 0x1C, 0x02, 0xCE, 0xF8, 0x51, 0xF0, 0x14, 0x4B, 0x81, 0xED, 0x4B, 0xF2}
	plain := secret
	if padded {
		plain = append(bytes.Clone(secret), bytes.Repeat([]byte{16}, 16)...)
	}
	sealed := encrypt(t, key, iv, plain)
	out := append([]byte{0xA1, 0xF8, 0x4E, '6'}, 0, 0, 0, 6)
	out = binary.BigEndian.AppendUint32(out, uint32(1+16+len(sealed)))
	out = append(append(append(out, 6), key...), sealed...)
	return append(out, m.p12(t, pkcs12.Modern2023, string(secret))...)
}

// pem writes the key as PBES2 with PBKDF2-HMAC-SHA256 and AES-256-CBC.
func (m material) pem(t *testing.T, password string) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(m.pair.Key)
	if err != nil {
		t.Fatal(err)
	}
	salt, iv := []byte("saltsalt"), bytes.Repeat([]byte{9}, 16)
	key, err := pbkdf2.Key(sha256.New, password, salt, 2048, 32)
	if err != nil {
		t.Fatal(err)
	}
	pad := 16 - len(der)%16
	sealed := encrypt(t, key, iv, append(der, bytes.Repeat([]byte{byte(pad)}, pad)...))
	marshal := func(v any) asn1.RawValue {
		b, err := asn1.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return asn1.RawValue{FullBytes: b}
	}
	prf := pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 9}, Parameters: asn1.NullRawValue}
	kdf := pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}, Parameters: marshal(struct {
		Salt []byte
		N    int
		PRF  pkix.AlgorithmIdentifier
	}{salt, 2048, prf})}
	enc := pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}, Parameters: marshal(iv)}
	outer := marshal(struct {
		Algorithm pkix.AlgorithmIdentifier
		Data      []byte
	}{pkix.AlgorithmIdentifier{
		Algorithm:  asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13},
		Parameters: marshal(struct{ KDF, Cipher pkix.AlgorithmIdentifier }{kdf, enc}),
	}, sealed})
	out := pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: outer.FullBytes})
	out = append(out, m.pair.CertificatePEM()...)
	return append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: m.ca.Certificate.Raw})...)
}

func encrypt(t *testing.T, key, iv, plain []byte) []byte {
	t.Helper()
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]byte, len(plain))
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(out, plain)
	return out
}

func writeDir(t *testing.T, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func writeZip(t *testing.T, folder string, files map[string][]byte) string {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for name, data := range files {
		w, err := z.Create(folder + name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "wallet.zip")
	if err := os.WriteFile(name, buf.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}
