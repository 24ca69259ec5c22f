package logon_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/adbferry/adbferry/sim/internal/logon"
)

// prove is the client's half of a logon, from the wire notes, section 5.
func prove(t testing.TB, c *logon.Challenge, password string) (sessionKey, speedy string, combo []byte) {
	t.Helper()
	salt := unhex(t, c.Salt())
	key, err := pbkdf2.Key(sha512.New, password, append(salt, "AUTH_PBKDF2_SPEEDY_KEY"...), logon.VerifierIterations, 64)
	if err != nil {
		t.Fatal(err)
	}
	verifier := sha512.Sum512(append(append([]byte{}, key...), salt[:16]...))
	k := verifier[:32]
	server := crypt(t, k, unhex(t, c.SessionKey()), cipher.NewCBCDecrypter)
	client := make([]byte, 32)
	if _, err := rand.Read(client); err != nil {
		t.Fatal(err)
	}
	secret := strings.ToUpper(hex.EncodeToString(append(append([]byte{}, client...), server...)))
	combo, err = pbkdf2.Key(sha512.New, secret, unhex(t, c.ComboSalt()), logon.ComboIterations, 32)
	if err != nil {
		t.Fatal(err)
	}
	sealed := crypt(t, combo, append(make([]byte, 16), key...), cipher.NewCBCEncrypter)
	return hex.EncodeToString(crypt(t, k, client, cipher.NewCBCEncrypter)), hex.EncodeToString(sealed), combo
}

func crypt(t testing.TB, key, text []byte, mode func(cipher.Block, []byte) cipher.BlockMode) []byte {
	t.Helper()
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]byte, len(text))
	mode(block, make([]byte, 16)).CryptBlocks(out, text)
	return out
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func challenge(t testing.TB, password string) *logon.Challenge {
	t.Helper()
	v, err := logon.NewVerifier(password)
	if err != nil {
		t.Fatal(err)
	}
	c, err := logon.NewChallenge(v)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTheRightPasswordIsProvenBothWays(t *testing.T) {
	c := challenge(t, "Grüße-1")
	key, speedy, combo := prove(t, c, "Grüße-1")
	if err := c.Check(key, speedy); err != nil {
		t.Fatal(err)
	}
	proof, err := c.Proof()
	if err != nil {
		t.Fatal(err)
	}
	if got := crypt(t, combo, unhex(t, proof), cipher.NewCBCDecrypter); string(got[16:32]) != "SERVER_TO_CLIENT" {
		t.Errorf("proof holds %q", got)
	}
}

func TestOtherPasswordsAreDenied(t *testing.T) {
	c := challenge(t, "right")
	for _, password := range []string{"wrong", "Right", "", "right "} {
		key, speedy, _ := prove(t, c, password)
		if err := c.Check(key, speedy); !errors.Is(err, logon.ErrDenied) {
			t.Errorf("%q: %v", password, err)
		}
	}
}

func TestMalformedProofsAreDenied(t *testing.T) {
	c := challenge(t, "right")
	key, speedy, _ := prove(t, c, "right")
	for _, tc := range [][2]string{{"", ""}, {key, ""}, {"", speedy}, {key, speedy[2:]}, {key + "00", speedy}, {key, strings.Replace(speedy, speedy[:2], "zz", 1)}} {
		if err := c.Check(tc[0], tc[1]); !errors.Is(err, logon.ErrDenied) {
			t.Errorf("%q: %v", tc, err)
		}
	}
}

func TestNobodyFitsADecoy(t *testing.T) {
	v, err := logon.Decoy()
	if err != nil {
		t.Fatal(err)
	}
	c, err := logon.NewChallenge(v)
	if err != nil {
		t.Fatal(err)
	}
	key, speedy, _ := prove(t, c, "any")
	if err := c.Check(key, speedy); !errors.Is(err, logon.ErrDenied) {
		t.Errorf("got %v", err)
	}
}

func TestSaltsDiffer(t *testing.T) {
	a, b := challenge(t, "same"), challenge(t, "same")
	if a.Salt() == b.Salt() || a.ComboSalt() == b.ComboSalt() || a.SessionKey() == b.SessionKey() {
		t.Error("something was drawn twice")
	}
}

func FuzzCheck(f *testing.F) {
	c := challenge(f, "right")
	f.Add(strings.Repeat("A0", 32), strings.Repeat("A0", 80))
	f.Fuzz(func(t *testing.T, key, speedy string) {
		if err := c.Check(key, speedy); !errors.Is(err, logon.ErrDenied) {
			t.Errorf("got %v", err)
		}
	})
}
