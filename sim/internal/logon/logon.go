// Package logon is the cryptography of O5LOGON with 12c password verifiers, as
// far as a server needs it (wire notes, section 5). It holds no state but that
// of one exchange and never sees more of a password than a client proves.
package logon

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/database"
)

// Iterations that the client is told to use. The first are its own burden, the
// second both sides'.
const (
	VerifierIterations = 4096
	ComboIterations    = 3
)

// VerifierType is how a 12c verifier is called on the wire.
const VerifierType = 18453

const (
	keySize    = 32
	blockSize  = 16
	speedySize = blockSize + 64
)

// ErrDenied is returned when the password is wrong, or what was sent cannot prove
// that it is known.
var ErrDenied = errors.New("logon denied")

// NewVerifier returns what a database keeps of a password, under a fresh salt.
// It takes a few milliseconds.
func NewVerifier(password string) (database.Verifier, error) {
	var v database.Verifier
	if _, err := rand.Read(v.Salt[:]); err != nil {
		return v, fmt.Errorf("draw salt: %w", err)
	}
	key, err := speedyKey(password, v.Salt)
	if err != nil {
		return v, err
	}
	v.T = sha512.Sum512(append(key, v.Salt[:]...))
	return v, nil
}

func speedyKey(password string, salt [16]byte) ([]byte, error) {
	key, err := pbkdf2.Key(sha512.New, password, append(salt[:], "AUTH_PBKDF2_SPEEDY_KEY"...), VerifierIterations, 64)
	if err != nil {
		return nil, fmt.Errorf("derive speedy key: %w", err)
	}
	return key, nil
}

// A Challenge is the server's half of one logon.
type Challenge struct {
	verifier  database.Verifier
	serverKey [keySize]byte
	comboSalt [16]byte
	combo     []byte // set by Check
}

// NewChallenge starts a logon of the user with verifier v.
func NewChallenge(v database.Verifier) (*Challenge, error) {
	c := &Challenge{verifier: v}
	for _, b := range [][]byte{c.serverKey[:], c.comboSalt[:]} {
		if _, err := rand.Read(b); err != nil {
			return nil, fmt.Errorf("draw challenge: %w", err)
		}
	}
	return c, nil
}

// Decoy returns a verifier that no password fits, for users that do not exist:
// they shall fail no earlier than others.
func Decoy() (database.Verifier, error) {
	var v database.Verifier
	for _, b := range [][]byte{v.Salt[:], v.T[:]} {
		if _, err := rand.Read(b); err != nil {
			return v, fmt.Errorf("draw verifier: %w", err)
		}
	}
	return v, nil
}

// SessionKey returns AUTH_SESSKEY of the reply to phase one.
func (c *Challenge) SessionKey() string {
	return upperHex(crypt(c.verifier.T[:keySize], c.serverKey[:], cipher.NewCBCEncrypter))
}

// Salt returns AUTH_VFR_DATA of the reply to phase one.
func (c *Challenge) Salt() string { return upperHex(c.verifier.Salt[:]) }

// ComboSalt returns AUTH_PBKDF2_CSK_SALT of the reply to phase one.
func (c *Challenge) ComboSalt() string { return upperHex(c.comboSalt[:]) }

// Check verifies the client's AUTH_SESSKEY and AUTH_PBKDF2_SPEEDY_KEY. Any
// error means that the logon is denied and wraps ErrDenied.
func (c *Challenge) Check(sessionKey, speedy string) error {
	clientKey, err := fromHex(sessionKey, keySize)
	if err != nil {
		return err
	}
	sealed, err := fromHex(speedy, speedySize)
	if err != nil {
		return err
	}
	clientKey = crypt(c.verifier.T[:keySize], clientKey, cipher.NewCBCDecrypter)
	secret := upperHex(append(clientKey, c.serverKey[:]...))
	combo, err := pbkdf2.Key(sha512.New, secret, c.comboSalt[:], ComboIterations, keySize)
	if err != nil {
		return fmt.Errorf("%w: derive combo key: %w", ErrDenied, err)
	}
	key := crypt(combo, sealed, cipher.NewCBCDecrypter)[blockSize:]
	t := sha512.Sum512(append(key, c.verifier.Salt[:]...))
	if subtle.ConstantTimeCompare(t[:], c.verifier.T[:]) != 1 {
		return ErrDenied
	}
	c.combo = combo
	return nil
}

// Proof returns AUTH_SVR_RESPONSE, by which the client knows that the server
// has the verifier. It is valid after a successful Check.
func (c *Challenge) Proof() (string, error) {
	plain := make([]byte, blockSize, 3*blockSize)
	if _, err := rand.Read(plain); err != nil {
		return "", fmt.Errorf("draw proof: %w", err)
	}
	plain = append(plain, "SERVER_TO_CLIENT"...)
	for range blockSize {
		plain = append(plain, blockSize)
	}
	return upperHex(crypt(c.combo, plain, cipher.NewCBCEncrypter)), nil
}

// maxSealed bounds a password as it is sent, in hex digits.
const maxSealed = 2 * 1024

// Password opens AUTH_PASSWORD or AUTH_NEWPASSWORD. It is valid after a
// successful Check.
func (c *Challenge) Password(sealed string) (string, error) {
	b, err := hex.DecodeString(sealed)
	if err != nil || len(sealed) > maxSealed || len(b) < 2*blockSize || len(b)%blockSize != 0 {
		return "", fmt.Errorf("%w: a password of %d hex digits", ErrDenied, len(sealed))
	}
	plain := crypt(c.combo, b, cipher.NewCBCDecrypter)
	pad := int(plain[len(plain)-1])
	if pad < 1 || pad > blockSize {
		return "", fmt.Errorf("%w: a password that is not padded", ErrDenied)
	}
	return string(plain[blockSize : len(plain)-pad]), nil
}

// Matches reports whether a password is the one of a verifier.
func Matches(v database.Verifier, password string) bool {
	key, err := speedyKey(password, v.Salt)
	t := sha512.Sum512(append(key, v.Salt[:]...))
	return err == nil && subtle.ConstantTimeCompare(t[:], v.T[:]) == 1
}

// crypt runs AES-256-CBC with a zero initial vector over whole blocks.
func crypt(key, text []byte, mode func(cipher.Block, []byte) cipher.BlockMode) []byte {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic("logon: key of a wrong size: " + err.Error()) // sizes are constants of this package
	}
	out := make([]byte, len(text))
	mode(block, make([]byte, blockSize)).CryptBlocks(out, text)
	return out
}

func upperHex(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) }

// fromHex decodes text that has to be size bytes long.
func fromHex(s string, size int) ([]byte, error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != size {
		return nil, fmt.Errorf("%w: %d hex digits, expected %d", ErrDenied, len(s), 2*size)
	}
	return b, nil
}
