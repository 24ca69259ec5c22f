package engine

import (
	"cmp"
	"slices"
	"strings"
)

// An objectGrant is one privilege on one object.
type objectGrant struct {
	grantee, owner, name, privilege, kind string
	grantable                             bool
}

func registerGrantViews(i *Instance) {
	grantee := nameField("GRANTEE", func(g objectGrant) string { return g.grantee })
	// Whoever grants here is the owner or an administrator, who grants in the
	// owner's name.
	grantor := nameField("GRANTOR", func(g objectGrant) string { return g.owner })
	name := nameField("TABLE_NAME", func(g objectGrant) string { return g.name })
	owner := func(column string) field[objectGrant] {
		return nameField(column, func(g objectGrant) string { return g.owner })
	}
	tail := []field[objectGrant]{
		textField("PRIVILEGE", 40, func(g objectGrant) string { return g.privilege }),
		flagField("GRANTABLE", func(g objectGrant) bool { return g.grantable }),
		constantField[objectGrant]("HIERARCHY", 3, "NO"),
		constantField[objectGrant]("COMMON", 3, "NO"),
		textField("TYPE", 24, func(g objectGrant) string { return g.kind }),
		constantField[objectGrant]("INHERITED", 3, "NO"),
	}
	all := append([]field[objectGrant]{grantor, grantee, owner("TABLE_SCHEMA"), name}, tail...)
	other := append([]field[objectGrant]{grantee, owner("OWNER"), name, grantor}, tail...)
	for view, subjects := range map[string]func(*Session) []objectGrant{
		"USER_TAB_PRIVS": func(s *Session) []objectGrant { return s.grants(s.concerned) },
		"DBA_TAB_PRIVS":  func(s *Session) []objectGrant { return s.grants(nil) },
	} {
		i.RegisterView(newView(view, other, subjects))
	}
	i.RegisterView(newView("ALL_TAB_PRIVS", all, func(s *Session) []objectGrant {
		return s.grants(func(g objectGrant) bool { return g.grantee == "PUBLIC" || s.concerned(g) })
	}))
}

// concerned reports grants that the session's user gave or has.
func (s *Session) concerned(g objectGrant) bool {
	return g.grantee == s.user.name || g.owner == s.user.name
}

// grants returns the object privileges that pass a test, sorted.
func (s *Session) grants(wanted func(objectGrant) bool) []objectGrant {
	list := append(s.tableGrants(), s.packageGrants()...)
	if wanted != nil {
		list = slices.DeleteFunc(list, func(g objectGrant) bool { return !wanted(g) })
	}
	slices.SortFunc(list, func(a, b objectGrant) int {
		return cmp.Or(
			cmp.Compare(a.owner, b.owner), cmp.Compare(a.name, b.name),
			cmp.Compare(a.grantee, b.grantee), cmp.Compare(a.privilege, b.privilege),
		)
	})
	return list
}

// tableGrants returns what was granted on tables, views and packages.
func (s *Session) tableGrants() []objectGrant {
	owners := s.instance.packageOwners()
	c := s.instance.catalog
	c.mu.RLock()
	defer c.mu.RUnlock()
	var list []objectGrant
	for k := range c.grants {
		g := objectGrant{grantee: k.grantee, owner: k.object.schema, name: k.object.name, privilege: k.privilege, kind: "TABLE"}
		switch {
		case k.object == objectName{}:
			continue // a system privilege
		case k.object == directoryObject(g.name) && isDirectory(g.name):
			g.kind = "DIRECTORY"
		case g.owner != "":
		case g.privilege == "EXECUTE":
			g.owner, g.kind = cmp.Or(owners[g.name], "SYS"), "PACKAGE"
		default:
			g.owner, g.kind = "SYS", "VIEW"
			if rest, ok := strings.CutPrefix(g.name, "V$"); ok {
				g.name = "V_$" + rest // what the V$ name is a synonym of
			}
		}
		list = append(list, g)
	}
	return list
}

// packageGrants returns who may execute packages without a GRANT: everybody
// the unrestricted ones, and administrators, as ADMIN of an Autonomous
// Database, the others, which they may pass on.
func (s *Session) packageGrants() []objectGrant {
	var list []objectGrant
	users := s.users()
	for name, owner := range s.instance.packageOwners() {
		g := objectGrant{grantee: "PUBLIC", owner: owner, name: name, privilege: "EXECUTE", kind: "PACKAGE"}
		if !s.instance.restrictedPackage(name) {
			list = append(list, g)
			continue
		}
		for _, u := range users {
			if u.role == Administrator {
				g.grantee, g.grantable = u.name, true
				list = append(list, g)
			}
		}
	}
	return list
}

// packageOwners returns the owners of packages by package.
func (i *Instance) packageOwners() map[string]string {
	owners := map[string]string{}
	for _, name := range builtinPackages {
		owners[name] = "SYS"
	}
	i.mu.RLock()
	defer i.mu.RUnlock()
	for name, p := range i.packages {
		owners[name] = cmp.Or(p.Owner, "SYS")
	}
	return owners
}

// restrictedPackage reports packages that PUBLIC may not execute.
func (i *Instance) restrictedPackage(name string) bool {
	i.mu.RLock()
	defer i.mu.RUnlock()
	if p := i.packages[name]; p != nil {
		return p.Restricted
	}
	return name == "DBMS_CRYPTO"
}
