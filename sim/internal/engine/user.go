package engine

import (
	"crypto/rand"
	"time"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/logon"
)

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
	verifier, err := logon.NewVerifier(password)
	if err != nil { // only for a key length that PBKDF2 refuses, and it is a constant
		panic(err)
	}
	u := &user{name: name, created: i.config.Now(), verifier: verifier}
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

// randomBytes fills b from the system's source, which never fails.
func randomBytes(b []byte) { _, _ = rand.Read(b) }
