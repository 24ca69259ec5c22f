package engine

import (
	"slices"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// systemPrivileges can be granted without an object. They are listed in the
// dictionary; what a Member may do does not depend on them, except where a
// privilege is looked up by name.
var systemPrivileges = []string{
	"CREATE SESSION", "CREATE TABLE", "CREATE JOB", "CREATE PROCEDURE", "CREATE SEQUENCE", "CREATE VIEW",
	"UNLIMITED TABLESPACE", "FLASHBACK ANY TABLE", "SELECT ANY TABLE", "SELECT ANY DICTIONARY", "CREATE CREDENTIAL", "CONNECT", "RESOURCE", "DWROLE",
}

// exemptions are system privileges that not even an administrator has unless they
// are granted.
var exemptions = []string{"EXEMPT ACCESS POLICY", "EXEMPT REDACTION POLICY"}

// createUser is CREATE USER. Such a user is a Member and may log on once CREATE
// SESSION, or a role with it, is granted.
func (s *Session) createUser(st *sql.CreateUser) error {
	if s.user.role != Administrator {
		return errNoPrivilege()
	}
	s.instance.mu.RLock()
	_, exists := s.instance.users[st.Name]
	s.instance.mu.RUnlock()
	if exists {
		return at(st, datum.Errorf(1920, "user name '%s' conflicts with another user or role name", st.Name))
	}
	s.instance.createUser(st.Name, st.Password)
	return nil
}

// grant grants or revokes privileges.
func (s *Session) grant(st *sql.Grant) error {
	for _, g := range st.Grantees {
		s.instance.mu.RLock()
		_, known := s.instance.users[g]
		s.instance.mu.RUnlock()
		if !known && g != "PUBLIC" {
			return at(st, datum.Errorf(1917, "user or role '%s' does not exist", g))
		}
	}
	object, allowed, err := s.grantable(st)
	if err != nil {
		return err
	}
	var privileges []string
	for _, p := range st.Privileges {
		switch {
		case st.Object != nil && (p == "ALL" || p == "ALL PRIVILEGES"):
			privileges = append(privileges, allowed...)
		case slices.Contains(allowed, p):
			privileges = append(privileges, p)
		default:
			return at(st, datum.Errorf(990, "missing or invalid privilege"))
		}
	}
	s.instance.catalog.setGrants(object, privileges, st.Grantees, !st.Revoke)
	return nil
}

// grantable resolves the object of a GRANT and says what can be granted on it.
func (s *Session) grantable(st *sql.Grant) (objectName, []string, error) {
	if st.Object == nil {
		if s.user.role != Administrator {
			return objectName{}, nil, errNoPrivilege()
		}
		return objectName{}, slices.Concat(systemPrivileges, exemptions), nil
	}
	if st.Directory {
		if s.user.role != Administrator || !isDirectory(st.Object.Name) {
			return objectName{}, nil, at(st.Object, datum.Errorf(22930, "directory does not exist"))
		}
		return directoryObject(st.Object.Name), directoryPrivileges, nil
	}
	if t, err := s.lookup(st.Object.Schema, st.Object.Name); err == nil {
		if t.schema != s.user.name && s.user.role != Administrator {
			return objectName{}, nil, at(st.Object, errNoPrivilege())
		}
		return objectName{t.schema, t.name}, tablePrivileges, nil
	}
	if s.user.role != Administrator {
		return objectName{}, nil, at(st.Object, errNoTable())
	}
	if s.instance.isPackage(st.Object.Name) {
		return objectName{name: st.Object.Name}, []string{"EXECUTE"}, nil
	}
	if v := s.view(st.Object.Schema, st.Object.Name); v != nil {
		return objectName{name: v.Name}, []string{"SELECT", "READ"}, nil
	}
	return objectName{}, nil, at(st.Object, errNoTable())
}

// setGrants adds or removes each privilege for each grantee.
func (c *catalog) setGrants(object objectName, privileges, grantees []string, on bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, g := range grantees {
		for _, p := range privileges {
			key := grantKey{grantee: g, object: object, privilege: p}
			if on {
				c.grants[key] = true
			} else {
				delete(c.grants, key)
			}
		}
	}
}

// mayExecute checks EXECUTE on a restricted package.
func (s *Session) mayExecute(pkg string) error {
	if s.user.role == Administrator || s.instance.catalog.granted(s.user.name, objectName{name: pkg}, "EXECUTE") {
		return nil
	}
	return datum.Errorf(201, "identifier '%s' must be declared", pkg)
}
