package wallet

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
)

// iterations is what general purpose tools use for PBKDF2 in PKCS#12 files.
const iterations = 2048

var (
	oidPBES2      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
	oidHMACSHA256 = asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 9}
	oidAES256CBC  = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}
)

type pbes2Params struct {
	Derivation pkix.AlgorithmIdentifier
	Encryption pkix.AlgorithmIdentifier
}

type pbkdf2Params struct {
	Salt       []byte
	Iterations int
	PRF        pkix.AlgorithmIdentifier
}

// encrypt seals plain with PBES2: PBKDF2 with HMAC-SHA256, AES-256-CBC. It is
// the one algorithm that OpenSSL and all drivers share.
func encrypt(plain []byte, password string) (pkix.AlgorithmIdentifier, []byte, error) {
	none := pkix.AlgorithmIdentifier{}
	var salt, iv [16]byte
	for _, b := range [][]byte{salt[:], iv[:]} {
		if _, err := rand.Read(b); err != nil {
			return none, nil, fmt.Errorf("draw salt: %w", err)
		}
	}
	key, err := pbkdf2.Key(sha256.New, password, salt[:], iterations, 32)
	if err != nil {
		return none, nil, fmt.Errorf("derive key: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return none, nil, fmt.Errorf("make cipher: %w", err)
	}
	sealed := pad(plain, aes.BlockSize)
	cipher.NewCBCEncrypter(block, iv[:]).CryptBlocks(sealed, sealed)
	algorithm, err := pbes2(salt[:], iv[:])
	return algorithm, sealed, err
}

// pad returns a copy of b filled up to whole blocks, as CBC needs them.
func pad(b []byte, size int) []byte {
	n := size - len(b)%size
	return append(bytes.Clone(b), bytes.Repeat([]byte{byte(n)}, n)...)
}

// pbes2 describes the encryption in the form that readers take parameters from.
func pbes2(salt, iv []byte) (pkix.AlgorithmIdentifier, error) {
	var params pbes2Params
	for _, step := range []struct {
		to    *pkix.AlgorithmIdentifier
		oid   asn1.ObjectIdentifier
		value any
	}{
		{&params.Encryption, oidAES256CBC, iv},
		{&params.Derivation, oidPBKDF2, pbkdf2Params{
			Salt: salt, Iterations: iterations,
			PRF: pkix.AlgorithmIdentifier{Algorithm: oidHMACSHA256, Parameters: asn1.NullRawValue},
		}},
	} {
		id, err := identifier(step.oid, step.value)
		if err != nil {
			return id, err
		}
		*step.to = id
	}
	return identifier(oidPBES2, params)
}

// identifier pairs an algorithm with its encoded parameters.
func identifier(oid asn1.ObjectIdentifier, params any) (pkix.AlgorithmIdentifier, error) {
	der, err := asn1.Marshal(params)
	if err != nil {
		return pkix.AlgorithmIdentifier{}, fmt.Errorf("encode parameters of %s: %w", oid, err)
	}
	return pkix.AlgorithmIdentifier{Algorithm: oid, Parameters: asn1.RawValue{FullBytes: der}}, nil
}
