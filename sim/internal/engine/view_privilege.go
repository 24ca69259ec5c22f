package engine

import (
	"slices"
	"strings"
)

// Roles and privileges. A GRANT does not tell them apart; the dictionary does.
var grantedRoles = []string{"CONNECT", "DWROLE", "RESOURCE"}

// everyUser is what each user of the simulator may do without a GRANT.
var everyUser = []string{"CREATE TABLE", "UNLIMITED TABLESPACE"}

// everyAdministrator is what an Administrator may do besides.
var everyAdministrator = []string{
	"ALTER ANY TABLE", "ALTER SESSION", "ANALYZE ANY", "COMMENT ANY TABLE", "CREATE ANY INDEX", "CREATE ANY TABLE", "CREATE USER",
	"DELETE ANY TABLE", "DROP ANY INDEX", "DROP ANY TABLE", "FLASHBACK ANY TABLE", "GRANT ANY OBJECT PRIVILEGE", "GRANT ANY PRIVILEGE",
	"INSERT ANY TABLE", "SELECT ANY DICTIONARY", "SELECT ANY TABLE", "UPDATE ANY TABLE",
}

func registerPrivilegeViews(i *Instance) {
	same := func(s string) string { return s }
	i.RegisterView(newView("SESSION_PRIVS", []field[string]{textField("PRIVILEGE", 40, same)}, (*Session).systemPrivileges))
	i.RegisterView(newView("SESSION_ROLES", []field[string]{nameField("ROLE", same)}, (*Session).roles))
	i.RegisterView(newView("USER_SYS_PRIVS", ownPrivileges("PRIVILEGE"), own((*Session).systemPrivileges)))
	i.RegisterView(newView("USER_ROLE_PRIVS", ownPrivileges("GRANTED_ROLE"), own((*Session).roles)))
}

// An ownPrivilege is a privilege or role of the session's user.
type ownPrivilege struct{ user, name string }

func ownPrivileges(column string) []field[ownPrivilege] {
	return []field[ownPrivilege]{
		nameField("USERNAME", func(p ownPrivilege) string { return p.user }),
		nameField(column, func(p ownPrivilege) string { return p.name }),
		constantField[ownPrivilege]("ADMIN_OPTION", 3, "NO"),
	}
}

// own pairs names with the session's user.
func own(names func(*Session) []string) func(*Session) []ownPrivilege {
	return func(s *Session) []ownPrivilege {
		var list []ownPrivilege
		for _, n := range names(s) {
			list = append(list, ownPrivilege{s.user.name, n})
		}
		return list
	}
}

// systemPrivileges returns the privileges of the session, sorted.
func (s *Session) systemPrivileges() []string {
	list := slices.Concat(everyUser, s.grantedWithoutObject())
	if s.user.role == Administrator {
		list = slices.Concat(list, everyAdministrator, systemPrivileges)
	}
	list = slices.DeleteFunc(list, func(p string) bool { return slices.Contains(grantedRoles, p) })
	slices.Sort(list)
	return slices.Compact(list)
}

// HasPrivilege reports whether the session has a system privilege, by its name
// in upper case.
func (s *Session) HasPrivilege(name string) bool { return slices.Contains(s.systemPrivileges(), name) }

// roles returns the roles of the session, sorted.
func (s *Session) roles() []string {
	if s.user.role == Administrator {
		return slices.Clone(grantedRoles)
	}
	list := s.grantedWithoutObject()
	list = slices.DeleteFunc(list, func(p string) bool { return !slices.Contains(grantedRoles, p) })
	slices.SortFunc(list, strings.Compare)
	return slices.Compact(list)
}

func (s *Session) grantedWithoutObject() []string {
	c := s.instance.catalog
	c.mu.RLock()
	defer c.mu.RUnlock()
	var list []string
	for k := range c.grants {
		if (k.object == objectName{}) && (k.grantee == s.user.name || k.grantee == "PUBLIC") {
			list = append(list, k.privilege)
		}
	}
	return list
}
