package engine

import (
	"crypto/rand"
	"fmt"
	"slices"
	"time"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/logon"
	"github.com/adbferry/adbferry/sim/internal/sql"
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
// Administrator; others are when the role is given. A new user may log on.
func (i *Instance) CreateUser(name, password string, roles ...Role) {
	i.createUser(name, password, roles...)
	i.catalog.setGrants(objectName{}, []string{"CREATE SESSION"}, []string{name}, true)
}

// createUser makes a user that may not log on yet, or gives one a new password.
func (i *Instance) createUser(name, password string, roles ...Role) {
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
	u.id = 100
	for _, other := range i.users {
		u.id = max(u.id, other.id+1)
	}
	i.users[name] = u
}

// ChangePassword gives a user another password. Error: ORA-01918.
func (i *Instance) ChangePassword(name, password string) error {
	verifier, err := logon.NewVerifier(password)
	if err != nil {
		return fmt.Errorf("change password: %w", err)
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	old, ok := i.users[name]
	if !ok {
		return datum.Errorf(1918, "user '%s' does not exist", name)
	}
	u := *old
	u.verifier = verifier
	i.users[name] = &u
	return nil
}

// mayLogOn checks CREATE SESSION, which a role can bring. Error: ORA-01045.
func (i *Instance) mayLogOn(u *user) error {
	for _, p := range []string{"CREATE SESSION", "CONNECT", "DWROLE"} {
		if u.role == Administrator || i.catalog.granted(u.name, objectName{}, p) {
			return nil
		}
	}
	return datum.Errorf(1045, "user %s lacks CREATE SESSION privilege; logon denied", u.name)
}

// alterUser is ALTER USER: another password, or a quota, which is not limited here.
//
// Errors: ORA-01031, ORA-01918.
func (s *Session) alterUser(st *sql.AlterUser) error {
	if s.user.role != Administrator && (s.user.name != st.Name || st.Password == "") {
		return datum.Errorf(1031, "insufficient privileges")
	}
	if _, ok := s.instance.Verifier(st.Name); !ok {
		return at(st, datum.Errorf(1918, "user '%s' does not exist", st.Name))
	}
	if st.Password == "" {
		return nil
	}
	return s.instance.ChangePassword(st.Name, st.Password)
}

// dropUser is DROP USER, with CASCADE also of one that has tables.
//
// Errors: ORA-01031, ORA-01918, ORA-01922, ORA-01940.
func (s *Session) dropUser(st *sql.Drop) error {
	name := st.Object.Name
	if s.user.role != Administrator || name == "ADMIN" {
		return datum.Errorf(1031, "insufficient privileges")
	}
	i := s.instance
	if _, ok := i.Verifier(name); !ok {
		return at(st.Object, datum.Errorf(1918, "user '%s' does not exist", name))
	}
	tables := i.catalog.tablesOf(name)
	if len(tables) > 0 && !st.Cascade {
		return datum.Errorf(1922, "CASCADE must be specified to drop '%s'", name)
	}
	if i.connected(name) {
		return datum.Errorf(1940, "cannot drop a user that is currently connected")
	}
	for _, t := range tables {
		drop := &sql.Drop{At: st.At, Kind: "TABLE", Object: sql.Name{At: st.At, Schema: name, Name: t}, Cascade: true}
		if err := s.dropTable(drop); err != nil {
			return err
		}
	}
	i.mu.Lock()
	delete(i.users, name)
	i.mu.Unlock()
	i.catalog.forget(name)
	return nil
}

// connected reports whether a user has a session.
func (i *Instance) connected(name string) bool {
	i.mu.RLock()
	defer i.mu.RUnlock()
	for _, s := range i.sessions {
		if s.user.name == name {
			return true
		}
	}
	return false
}

// tablesOf returns the names of a user's tables, sorted.
func (c *catalog) tablesOf(user string) []string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var list []string
	for name := range c.tables {
		if name.schema == user {
			list = append(list, name.name)
		}
	}
	slices.Sort(list)
	return list
}

// forget takes back what was granted to a user that is gone.
func (c *catalog) forget(user string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for key := range c.grants {
		if key.grantee == user {
			delete(c.grants, key)
		}
	}
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
