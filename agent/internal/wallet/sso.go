package wallet

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
)

// The layout of cwallet.sso (wire notes, section 18): magic, version 6, the
// length of the rest of the header, kind 6, an AES key, the password of the
// PKCS#12 that follows.
const (
	ssoHeader  = 4 + 4 + 4 // magic, version, length
	ssoKeySize = 16
	ssoKind    = 6
)

var (
	ssoMagic = []byte{0xA1, 0xF8, 0x4E}
	ssoIV    = []byte{0xC0, 0x34, 0xD8, 0x31, 0x1C, 0x02, 0xCE, 0xF8, 0x51, 0xF0, 0x14, 0x4B, 0x81, 0xED, 0x4B, 0xF2}
)

// parseSSO reads cwallet.sso, the auto-login wallet. It needs no password.
func parseSSO(data []byte, _ string) (material, error) {
	if len(data) < ssoHeader+1+ssoKeySize || !bytes.HasPrefix(data, ssoMagic) {
		return material{}, errors.New("it is not an auto-login wallet")
	}
	switch data[3] {
	case '6', '7':
	case '8':
		return material{}, errors.New("it is bound to another host and user; use the wallet password and ewallet.p12")
	default:
		return material{}, errors.New("it is an auto-login wallet of an unknown kind")
	}
	length := int64(binary.BigEndian.Uint32(data[8:12])) - 1 - ssoKeySize
	body := data[ssoHeader+1+ssoKeySize:]
	if binary.BigEndian.Uint32(data[4:8]) != 6 || data[ssoHeader] != ssoKind ||
		length <= 0 || length%aes.BlockSize != 0 || length > int64(len(body)) {
		return material{}, errors.New("it is an auto-login wallet of an unknown version; use the wallet password and ewallet.p12")
	}
	block, err := aes.NewCipher(data[ssoHeader+1 : ssoHeader+1+ssoKeySize])
	if err != nil {
		return material{}, err
	}
	password := make([]byte, length)
	cipher.NewCBCDecrypter(block, ssoIV).CryptBlocks(password, body[:length])
	return parseWith(body[length:], password)
}

// parseWith opens the PKCS#12 with the password as it stands, and without its
// padding: writers differ.
func parseWith(p12, password []byte) (material, error) {
	m, err := parsePKCS12(p12, string(password))
	if !errors.Is(err, errPassword) {
		return m, err
	}
	plain, ok := unpad(password)
	if !ok {
		return m, err
	}
	return parsePKCS12(p12, string(plain))
}

// unpad takes PKCS#7 padding off.
func unpad(b []byte) ([]byte, bool) {
	if len(b) == 0 {
		return nil, false
	}
	n := int(b[len(b)-1])
	if n == 0 || n > aes.BlockSize || n > len(b) {
		return nil, false
	}
	if !bytes.Equal(b[len(b)-n:], bytes.Repeat([]byte{byte(n)}, n)) {
		return nil, false
	}
	return b[:len(b)-n], true
}
