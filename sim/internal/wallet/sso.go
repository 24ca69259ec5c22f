package wallet

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"fmt"
)

// ssoMagic opens an auto-login wallet that is not bound to a host.
const ssoMagic = "\xA1\xF8\x4E\x36"

// ssoIV is the initial vector that readers of auto-login wallets assume.
const ssoIV = "\xC0\x34\xD8\x31\x1C\x02\xCE\xF8\x51\xF0\x14\x4B\x81\xED\x4B\xF2"

// alphabet of generated passwords: 64 characters, printable.
const alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

// sealSSO returns cwallet.sso: a PKCS#12 file behind a header that holds its
// password, encrypted under a key that stands beside it. The password fills
// one block exactly, because go-ora does not strip padding.
func sealSSO(contents []byte) ([]byte, error) {
	var password, key [aes.BlockSize]byte
	for _, b := range [][]byte{password[:], key[:]} {
		if _, err := rand.Read(b); err != nil {
			return nil, fmt.Errorf("draw password: %w", err)
		}
	}
	for i, b := range password {
		password[i] = alphabet[b%64]
	}
	p12, err := sealPFX(contents, string(password[:]))
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	cipher.NewCBCEncrypter(block, []byte(ssoIV)).CryptBlocks(password[:], password[:])
	out := []byte(ssoMagic)
	out = binary.BigEndian.AppendUint32(out, 6)
	out = binary.BigEndian.AppendUint32(out, uint32(1+len(key)+len(password)))
	out = append(out, 6)
	out = append(out, key[:]...)
	out = append(out, password[:]...)
	return append(out, p12...), nil
}
