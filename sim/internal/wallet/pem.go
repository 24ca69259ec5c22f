package wallet

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
)

type encryptedPrivateKeyInfo struct {
	Algorithm pkix.AlgorithmIdentifier
	Data      []byte
}

// pem returns ewallet.pem: the key under the wallet password, the client's
// certificate, the CA's.
func (s Spec) pem() ([]byte, error) {
	plain, err := x509.MarshalPKCS8PrivateKey(s.Client.Key)
	if err != nil {
		return nil, fmt.Errorf("encode private key: %w", err)
	}
	algorithm, sealed, err := encrypt(plain, s.Password)
	if err != nil {
		return nil, err
	}
	key, err := asn1.Marshal(encryptedPrivateKeyInfo{algorithm, sealed})
	if err != nil {
		return nil, fmt.Errorf("encode encrypted key: %w", err)
	}
	var b bytes.Buffer
	for _, block := range []pem.Block{
		{Type: "ENCRYPTED PRIVATE KEY", Bytes: key},
		{Type: "CERTIFICATE", Bytes: s.Client.Certificate.Raw},
		{Type: "CERTIFICATE", Bytes: s.CA.Raw},
	} {
		if err := pem.Encode(&b, &block); err != nil {
			return nil, fmt.Errorf("encode PEM: %w", err)
		}
	}
	return b.Bytes(), nil
}
