package wallet

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
)

// parsePEM reads ewallet.pem: a private key, normally encrypted with the
// wallet password, our certificate and the trusted ones.
func parsePEM(data []byte, password string) (material, error) {
	var m material
	for len(data) > 0 {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			break
		}
		if err := m.add(block, password); err != nil {
			return material{}, err
		}
	}
	if m.key == nil {
		return material{}, errors.New("it holds no private key")
	}
	return m, nil
}

func (m *material) add(block *pem.Block, password string) error {
	switch block.Type {
	case "CERTIFICATE":
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return fmt.Errorf("certificate %d: %w", len(m.certs)+1, err)
		}
		m.certs = append(m.certs, c)
		return nil
	case "ENCRYPTED PRIVATE KEY":
		der, err := decryptPKCS8(block.Bytes, password)
		if err != nil {
			return err
		}
		return m.setKey(x509.ParsePKCS8PrivateKey(der))
	case "PRIVATE KEY":
		return m.setKey(x509.ParsePKCS8PrivateKey(block.Bytes))
	case "RSA PRIVATE KEY":
		return m.setKey(x509.ParsePKCS1PrivateKey(block.Bytes))
	default:
		return nil // real wallets carry notes we have no use for
	}
}

// setKey keeps a parsed key. A key that decrypts to garbage means that the
// password was wrong and the padding looked right by chance.
func (m *material) setKey(key any, err error) error {
	if err != nil {
		return errPassword
	}
	m.key, err = signer(key)
	return err
}
