package engine

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha512"
	"time"

	"github.com/adbferry/adbferry/sim/internal/database"
)

// verifierRounds is the PBKDF2 iteration count the wire announces as
// AUTH_PBKDF2_VGEN_COUNT (wire notes, section 5).
const verifierRounds = 4096

// A Role is what a user may do beyond its own schema.
type Role int

// The roles.
const (
	Member        Role = iota // own schema and what is granted
	Administrator             // everything, as ADMIN of an Autonomous Database
)

type user struct {
	name     string
	id       int
	role     Role
	created  time.Time
	verifier database.Verifier
}

// CreateUser makes a user, or gives an existing one a new password. The name is
// taken as stored: upper case unless a quoted name is meant. ADMIN is always an
// Administrator; others are when the role is given.
func (i *Instance) CreateUser(name, password string, roles ...Role) {
	u := &user{name: name, created: i.config.Now(), verifier: newVerifier(password)}
	if name == "ADMIN" {
		u.role = Administrator
	}
	for _, r := range roles {
		u.role = max(u.role, r)
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if old, ok := i.users[name]; ok {
		u.id, u.created = old.id, old.created
		i.users[name] = u
		return
	}
	u.id = 100 + len(i.users)
	i.users[name] = u
}

// Verifier returns what is kept of a user's password.
func (i *Instance) Verifier(name string) (database.Verifier, bool) {
	i.mu.RLock()
	defer i.mu.RUnlock()
	u, ok := i.users[name]
	if !ok {
		return database.Verifier{}, false
	}
	return u.verifier, true
}

// newVerifier follows wire notes, section 5. The only error of the key
// derivation is a bad key length, which is a constant here.
func newVerifier(password string) database.Verifier {
	var v database.Verifier
	randomBytes(v.Salt[:])
	salt := append(v.Salt[:len(v.Salt):len(v.Salt)], "AUTH_PBKDF2_SPEEDY_KEY"...)
	key, err := pbkdf2.Key(sha512.New, password, salt, verifierRounds, sha512.Size)
	if err != nil {
		panic(err)
	}
	v.T = sha512.Sum512(append(key, v.Salt[:]...))
	return v
}

// randomBytes fills b from the system's source, which never fails.
func randomBytes(b []byte) { _, _ = rand.Read(b) }
