package wallet

import (
	"errors"

	"software.sslmate.com/src/go-pkcs12"
)

// parsePKCS12 reads ewallet.p12, and what cwallet.sso holds.
func parsePKCS12(data []byte, password string) (material, error) {
	key, leaf, rest, err := pkcs12.DecodeChain(data, password)
	switch {
	case errors.Is(err, pkcs12.ErrIncorrectPassword), errors.Is(err, pkcs12.ErrDecryption):
		return material{}, errPassword
	case err != nil:
		return parseTrustStore(data, password, err)
	}
	s, err := signer(key)
	if err != nil {
		return material{}, err
	}
	m := material{key: s, certs: append(rest[:0:0], leaf)}
	m.certs = append(m.certs, rest...)
	return m, nil
}

// parseTrustStore reads a PKCS#12 without a key, as a wallet for one-way TLS
// has. It reports why the file is no key store when it is neither.
func parseTrustStore(data []byte, password string, why error) (material, error) {
	certs, err := pkcs12.DecodeTrustStore(data, password)
	if err != nil {
		return material{}, why
	}
	return material{certs: certs}, nil
}
