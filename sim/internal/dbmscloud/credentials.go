package dbmscloud

import (
	"cmp"
	"slices"
	"sync"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine"
)

// credential is a stored user name and auth token (reference, section 3). It is
// shown without its password, always.
type credential struct {
	owner, name        string
	username, password string
}

// credentials are those of one database.
type credentials struct {
	mu  sync.RWMutex
	all []credential
}

// find returns a credential of a user.
//
// Error: ORA-20004.
func (c *credentials) find(owner, name string) (credential, error) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if i := c.index(owner, name); i >= 0 {
		return c.all[i], nil
	}
	return credential{}, noCredential(name)
}

func noCredential(name string) error {
	return datum.Errorf(20004, "Credential %q does not exist", name)
}

func (c *credentials) index(owner, name string) int {
	return slices.IndexFunc(c.all, func(k credential) bool { return k.owner == owner && k.name == name })
}

// add stores a credential.
//
// Error: ORA-20022 when the name is taken.
func (c *credentials) add(k credential) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.index(k.owner, k.name) >= 0 {
		return datum.Errorf(20022, "Credential %q already exists", k.name)
	}
	c.all = append(c.all, k)
	return nil
}

// change calls with the credential of that name, which it may alter.
//
// Errors: ORA-20004, and what with returns.
func (c *credentials) change(owner, name string, with func(*credential) error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := c.index(owner, name)
	if i < 0 {
		return noCredential(name)
	}
	return with(&c.all[i])
}

// drop removes a credential.
//
// Error: ORA-20004.
func (c *credentials) drop(owner, name string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := c.index(owner, name)
	if i < 0 {
		return noCredential(name)
	}
	c.all = slices.Delete(c.all, i, i+1)
	return nil
}

// view makes USER_CREDENTIALS, or ALL_CREDENTIALS, which says whose they are. A
// user sees no others' here: credentials cannot be granted.
func (c *credentials) view(name string, withOwner bool) engine.View {
	text := func(name string, size int) datum.Column {
		return datum.Column{Name: name, Type: datum.Type{Kind: datum.Text, Size: size, Chars: size}, Nullable: true}
	}
	columns := []datum.Column{
		text("CREDENTIAL_NAME", 128), text("USERNAME", 4000), text("WINDOWS_DOMAIN", 30),
		text("COMMENTS", 240), text("ENABLED", 5),
	}
	if withOwner {
		columns = append([]datum.Column{text("OWNER", 128)}, columns...)
	}
	return engine.View{Name: name, Columns: columns, Rows: func(s *engine.Session) []datum.Row {
		var rows []datum.Row
		for _, k := range c.of(s.User()) {
			row := datum.Row{
				datum.FromText(k.name), datum.FromText(k.username), datum.NULL, datum.NULL, datum.FromText("TRUE"),
			}
			if withOwner {
				row = append(datum.Row{datum.FromText(k.owner)}, row...)
			}
			rows = append(rows, row)
		}
		return rows
	}}
}

// of returns the credentials of a user, by name.
func (c *credentials) of(owner string) []credential {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var found []credential
	for _, k := range c.all {
		if k.owner == owner {
			found = append(found, k)
		}
	}
	slices.SortFunc(found, func(a, b credential) int { return cmp.Compare(a.name, b.name) })
	return found
}

// credentialName reads the name of a credential as the package folds it.
//
// Errors: ORA-20007, ORA-20008.
func credentialName(args *engine.Args) (string, error) {
	return credentialNamed(args.Value("CREDENTIAL_NAME").Text())
}

// credentialNamed folds a name and checks it.
//
// Errors: ORA-20007, ORA-20008.
func credentialNamed(given string) (string, error) {
	name, ok := foldName(given)
	switch {
	case !ok:
		return "", datum.Errorf(20007, "Invalid SQL name")
	case len(name) > 128:
		return "", datum.Errorf(20008, "Identifier is too long")
	}
	return name, nil
}

// remoteFor returns Object Storage with the rights of the call's credential,
// or with those of its URLs alone when it names none.
func (c *cloud) remoteFor(s *engine.Session, args *engine.Args) (remote, error) {
	if args.Value("CREDENTIAL_NAME").IsNull() {
		return c.remoteWith(s, s.User(), "")
	}
	name, err := credentialName(args)
	if err != nil {
		return c.remote, err
	}
	return c.remoteWith(s, s.User(), name)
}

// remoteWith returns Object Storage with the rights of a user's credential, or
// without any for "", and directories with those of the session.
func (c *cloud) remoteWith(s *engine.Session, owner, name string) (remote, error) {
	r := c.remote
	r.local = fileAccess{c.files, s}
	switch name {
	case "":
		return r, nil
	case "OCI$RESOURCE_PRINCIPAL":
		return r, notSimulated("resource principals")
	}
	k, err := c.credentials.find(owner, name)
	r.user, r.token = k.username, k.password
	return r, err
}
