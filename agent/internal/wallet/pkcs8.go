package wallet

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"hash"
)

// The algorithms of PKCS#5 v2 that protect keys in practice (RFC 8018, appendix A and B).
var (
	oidPBES2      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
	oidHMACSHA1   = asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 7}
	oidHMACSHA256 = asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 9}
	oidHMACSHA512 = asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 11}
	oidAES128CBC  = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 2}
	oidAES192CBC  = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 22}
	oidAES256CBC  = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}
	oidDES3CBC    = asn1.ObjectIdentifier{1, 2, 840, 113549, 3, 7}
)

// maxIterations bounds the work a wallet file may ask for.
const maxIterations = 10_000_000

// encryptedKey is EncryptedPrivateKeyInfo.
type encryptedKey struct {
	Algorithm pkix.AlgorithmIdentifier
	Data      []byte
}

type pbes2 struct {
	KDF, Cipher pkix.AlgorithmIdentifier
}

type pbkdf2Params struct {
	Salt       []byte
	Iterations int
	KeyLength  int                      `asn1:"optional"`
	PRF        pkix.AlgorithmIdentifier `asn1:"optional"`
}

// decryptPKCS8 returns the private key inside an EncryptedPrivateKeyInfo.
func decryptPKCS8(der []byte, password string) ([]byte, error) {
	var (
		outer  encryptedKey
		scheme pbes2
		kdf    pbkdf2Params
		iv     []byte
	)
	for _, step := range []struct {
		der  func() []byte
		into any
	}{
		{func() []byte { return der }, &outer},
		{func() []byte { return outer.Algorithm.Parameters.FullBytes }, &scheme},
		{func() []byte { return scheme.KDF.Parameters.FullBytes }, &kdf},
		{func() []byte { return scheme.Cipher.Parameters.FullBytes }, &iv},
	} {
		if _, err := asn1.Unmarshal(step.der(), step.into); err != nil {
			return nil, errors.New("its private key is not encrypted in a known way")
		}
	}
	if !outer.Algorithm.Algorithm.Equal(oidPBES2) || !scheme.KDF.Algorithm.Equal(oidPBKDF2) {
		return nil, errors.New("its private key is not encrypted with PBES2")
	}
	key, err := kdf.derive(password, keySize(scheme.Cipher.Algorithm))
	if err != nil {
		return nil, err
	}
	return decryptCBC(scheme.Cipher.Algorithm, key, iv, outer.Data)
}

func keySize(id asn1.ObjectIdentifier) int {
	switch {
	case id.Equal(oidAES128CBC):
		return 16
	case id.Equal(oidAES192CBC), id.Equal(oidDES3CBC):
		return 24
	case id.Equal(oidAES256CBC):
		return 32
	default:
		return 0
	}
}

func (p pbkdf2Params) derive(password string, size int) ([]byte, error) {
	if size == 0 || p.Iterations < 1 || p.Iterations > maxIterations {
		return nil, errors.New("its private key is encrypted with an unknown cipher")
	}
	var prf func() hash.Hash
	switch id := p.PRF.Algorithm; {
	case len(id) == 0, id.Equal(oidHMACSHA1):
		prf = sha1.New
	case id.Equal(oidHMACSHA256):
		prf = sha256.New
	case id.Equal(oidHMACSHA512):
		prf = sha512.New
	default:
		return nil, errors.New("its private key is encrypted with an unknown key derivation")
	}
	return pbkdf2.Key(prf, password, p.Salt, p.Iterations, size)
}

func decryptCBC(id asn1.ObjectIdentifier, key, iv, data []byte) ([]byte, error) {
	var block cipher.Block
	var err error
	if id.Equal(oidDES3CBC) {
		block, err = des.NewTripleDESCipher(key)
	} else {
		block, err = aes.NewCipher(key)
	}
	if err != nil {
		return nil, err
	}
	if len(iv) != block.BlockSize() || len(data) == 0 || len(data)%block.BlockSize() != 0 {
		return nil, errors.New("its private key is cut off")
	}
	out := make([]byte, len(data))
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(out, data)
	plain, ok := unpad(out)
	if !ok {
		return nil, errPassword
	}
	return plain, nil
}
