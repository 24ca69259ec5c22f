package engine

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/adbferry/adbferry/sim/internal/engine/heap"
)

// An objectName names an object in a schema, as stored.
type objectName struct{ schema, name string }

func (n objectName) String() string { return fmt.Sprintf("%q.%q", n.schema, n.name) }

// A catalog is the tables, constraints and grants of a database.
type catalog struct {
	mu     sync.RWMutex
	tables map[objectName]*table
	grants map[grantKey]bool
	lastID int
	names  int // of SYS_C… constraints
}

// grantKey is one privilege on one object. System privileges have no object.
type grantKey struct {
	grantee   string
	object    objectName
	privilege string
}

func newCatalog() *catalog {
	return &catalog{tables: map[objectName]*table{}, grants: map[grantKey]bool{}, lastID: 70000, names: 8000}
}

func (c *catalog) table(n objectName) *table {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.tables[n]
}

// all returns the tables, sorted by name.
func (c *catalog) all() []*table {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.sorted()
}

// named returns the tables whose names lie in a range, sorted.
func (c *catalog) named(names nameRange) []*table {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.sortedIn(names)
}

// sorted is all for a caller that holds the mutex.
func (c *catalog) sorted() []*table { return c.sortedIn(nameRange{}) }

func (c *catalog) sortedIn(names nameRange) []*table {
	var list []*table
	for _, t := range c.tables {
		if names.has(t.name) {
			list = append(list, t)
		}
	}
	slices.SortFunc(list, func(a, b *table) int {
		return cmp.Or(strings.Compare(a.schema, b.schema), strings.Compare(a.name, b.name))
	})
	return list
}

// put stores a table under its name.
func (c *catalog) put(t *table) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tables[objectName{t.schema, t.name}] = t
}

// add stores a new table. Error: ORA-00955 when there is one of that name.
func (c *catalog) add(t *table) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	name := objectName{t.schema, t.name}
	if c.tables[name] != nil {
		return errNameUsed()
	}
	c.tables[name] = t
	return nil
}

// nextID numbers objects.
func (c *catalog) nextID() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lastID++
	return c.lastID
}

// partitionName makes up a name as Oracle does for unnamed partitions.
func (c *catalog) partitionName() string { return "SYS_P" + strconv.Itoa(c.nextID()) }

// constraintName makes up a name as Oracle does for unnamed constraints.
func (c *catalog) constraintName() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.names++
	return fmt.Sprintf("SYS_C%07d", c.names)
}

// granted reports whether one of the privileges on an object was granted to
// the user or to PUBLIC.
func (c *catalog) granted(user string, object objectName, privileges ...string) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	for _, p := range privileges {
		if c.grants[grantKey{user, object, p}] || c.grants[grantKey{"PUBLIC", object, p}] {
			return true
		}
	}
	return false
}

// tablePrivileges are the object privileges of tables.
var tablePrivileges = []string{"SELECT", "READ", "INSERT", "UPDATE", "DELETE", "ALTER", "INDEX", "REFERENCES", "FLASHBACK"}

// sees reports whether the session may know that a table exists.
func (s *Session) sees(t *table) bool {
	return t.schema == s.user.name || s.user.role == Administrator ||
		s.instance.catalog.granted(s.user.name, objectName{t.schema, t.name}, tablePrivileges...)
}

// allowed checks a privilege on a table the session sees.
//
// Error: ORA-01031.
func (s *Session) allowed(t *table, privileges ...string) error {
	if t.schema == s.user.name || s.user.role == Administrator {
		return nil
	}
	if s.instance.catalog.granted(s.user.name, objectName{t.schema, t.name}, privileges...) {
		return nil
	}
	return errNoPrivilege()
}

// lookup finds a table by the rules of name resolution.
//
// Error: ORA-00942.
func (s *Session) lookup(schema, name string) (*table, error) {
	if schema == "" {
		schema = s.Schema()
	}
	t := s.instance.catalog.table(objectName{schema, name})
	if t == nil || !s.sees(t) {
		return nil, errNoTable()
	}
	return t, nil
}

// snapshot is what a statement that starts now sees.
func (s *Session) snapshot() heap.Snapshot {
	snap := heap.Snapshot{SCN: s.instance.store.SCN()}
	if s.txn != nil {
		snap.Txn, snap.Seq = s.txn, s.txn.Statements()+1
	}
	return snap
}
