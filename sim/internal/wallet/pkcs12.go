package wallet

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" // the MAC that every reader of PKCS#12 knows
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
)

var (
	oidData          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidEncryptedData = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 6}
	oidKeyBag        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 1}
	oidCertBag       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 3}
	oidX509          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 22, 1}
	oidSHA1          = asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}
)

type pfx struct {
	Version  int
	AuthSafe contentInfo
	Mac      macData
}

type contentInfo struct {
	Type    asn1.ObjectIdentifier
	Content asn1.RawValue // under explicit tag 0
}

type encryptedData struct {
	Version int
	Content encryptedContent
}

type encryptedContent struct {
	Type      asn1.ObjectIdentifier
	Algorithm pkix.AlgorithmIdentifier
	Data      []byte `asn1:"tag:0"`
}

type safeBag struct {
	ID    asn1.ObjectIdentifier
	Value asn1.RawValue // under explicit tag 0
}

type certBag struct {
	ID   asn1.ObjectIdentifier
	Data []byte `asn1:"tag:0,explicit"`
}

type macData struct {
	Digest     digestInfo
	Salt       []byte
	Iterations int
}

type digestInfo struct {
	Algorithm pkix.AlgorithmIdentifier
	Digest    []byte
}

// tagged puts an encoded value under explicit tag 0. Struct tags cannot: they
// do not apply to what is encoded already.
func tagged(der []byte) asn1.RawValue {
	return asn1.RawValue{Class: asn1.ClassContextSpecific, IsCompound: true, Bytes: der}
}

// safe returns the safe contents of a wallet: the key in a plain bag, because
// go-ora overlooks shrouded ones, and both certificates.
func (s Spec) safe() ([]byte, error) {
	key, err := x509.MarshalPKCS8PrivateKey(s.Client.Key)
	if err != nil {
		return nil, fmt.Errorf("encode private key: %w", err)
	}
	bags := []safeBag{{oidKeyBag, tagged(key)}}
	for _, cert := range []*x509.Certificate{s.Client.Certificate, s.CA} {
		der, err := asn1.Marshal(certBag{oidX509, cert.Raw})
		if err != nil {
			return nil, fmt.Errorf("encode certificate bag: %w", err)
		}
		bags = append(bags, safeBag{oidCertBag, tagged(der)})
	}
	contents, err := asn1.Marshal(bags)
	if err != nil {
		return nil, fmt.Errorf("encode safe contents: %w", err)
	}
	return contents, nil
}

// sealPFX wraps safe contents into a PKCS#12 file with one encrypted part,
// which is all that go-ora looks at.
func sealPFX(contents []byte, password string) ([]byte, error) {
	algorithm, sealed, err := encrypt(contents, password)
	if err != nil {
		return nil, err
	}
	part, err := content(oidEncryptedData, encryptedData{0, encryptedContent{oidData, algorithm, sealed}})
	if err != nil {
		return nil, err
	}
	authSafe, err := asn1.Marshal([]contentInfo{part})
	if err != nil {
		return nil, fmt.Errorf("encode authenticated safe: %w", err)
	}
	outer, err := content(oidData, authSafe)
	if err != nil {
		return nil, err
	}
	mac, err := macOf(authSafe, password)
	if err != nil {
		return nil, err
	}
	file, err := asn1.Marshal(pfx{3, outer, mac})
	if err != nil {
		return nil, fmt.Errorf("encode PFX: %w", err)
	}
	return file, nil
}

// content wraps a value as one part of a PKCS#12 file.
func content(oid asn1.ObjectIdentifier, v any) (contentInfo, error) {
	der, err := asn1.Marshal(v)
	if err != nil {
		return contentInfo{}, fmt.Errorf("encode content %s: %w", oid, err)
	}
	return contentInfo{oid, tagged(der)}, nil
}

// macOf returns the integrity check. go-ora ignores it, other tools insist.
func macOf(message []byte, password string) (macData, error) {
	salt := make([]byte, 8)
	if _, err := rand.Read(salt); err != nil {
		return macData{}, fmt.Errorf("draw salt: %w", err)
	}
	h := hmac.New(sha1.New, macKey(password, salt))
	h.Write(message)
	return macData{
		Digest: digestInfo{
			Algorithm: pkix.AlgorithmIdentifier{Algorithm: oidSHA1, Parameters: asn1.NullRawValue},
			Digest:    h.Sum(nil),
		},
		Salt: salt, Iterations: iterations,
	}, nil
}

// macKey derives the MAC key as RFC 7292, appendix B, says: purpose 3, and a
// result of one SHA-1 digest, so that its outer loop runs once.
func macKey(password string, salt []byte) []byte {
	const block = 64
	in := make([]byte, block, 3*block)
	for i := range in {
		in[i] = 3
	}
	in = append(in, repeatTo(salt, block)...)
	in = append(in, repeatTo(bmp(password), block)...)
	sum := sha1.Sum(in)
	for range iterations - 1 {
		sum = sha1.Sum(sum[:])
	}
	return sum[:]
}

// repeatTo repeats b up to the next multiple of size.
func repeatTo(b []byte, size int) []byte {
	out := make([]byte, (len(b)+size-1)/size*size)
	for i := range out {
		out[i] = b[i%len(b)]
	}
	return out
}

// bmp returns s in UTF-16 with a terminating NUL.
func bmp(s string) []byte {
	var out []byte
	for _, r := range s {
		out = append(out, byte(r>>8), byte(r))
	}
	return append(out, 0, 0)
}
