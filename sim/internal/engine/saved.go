package engine

import (
	"cmp"
	"maps"
	"slices"

	"github.com/adbferry/adbferry/sim/internal/engine/heap"
	"github.com/adbferry/adbferry/sim/internal/state"
)

// saved is an Instance as the part of a state that it is: users, grants,
// tables with their rows, jobs, chunks, and the SCN. Sessions and their open
// transactions are not saved, as they end with a real database; nor is undo.
type saved struct{ i *Instance }

// Attach adds what a package registered from outside keeps beside the tables,
// to be saved and loaded with the instance, in place of a part of the same
// section. It is called before the instance is used.
func (i *Instance) Attach(p state.Part) {
	i.attached = slices.DeleteFunc(i.attached, func(o state.Part) bool { return o.Section() == p.Section() })
	i.attached = append(i.attached, p)
}

// Parts returns what is saved of the instance: its own part, and what was
// attached.
func (i *Instance) Parts() []state.Part { return append([]state.Part{saved{i}}, i.attached...) }

// Section implements state.Part.
func (p saved) Section() string { return "database " + p.i.config.Name }

// Hold implements state.Part. The order of the locks is that of chunking,
// which looks tables up under its own.
func (p saved) Hold() (release func()) {
	p.i.chunks.mu.Lock()
	p.i.scheduler.mu.Lock()
	p.i.mu.RLock()
	p.i.catalog.mu.RLock()
	return func() {
		p.i.catalog.mu.RUnlock()
		p.i.mu.RUnlock()
		p.i.scheduler.mu.Unlock()
		p.i.chunks.mu.Unlock()
	}
}

// A picture is an instance at one instant. Definitions of tables never change,
// and rows are read as of the SCN.
type picture struct {
	store     *heap.Picture
	users     []*user
	catalog   savedCatalog
	scheduler savedScheduler
	chunks    savedChunks
}

// Capture implements state.Part. While the catalog is held no definition
// changes, so that the tables are those at the SCN that the store notes.
func (p saved) Capture() state.Picture {
	i := p.i
	return &picture{
		store: i.store.Capture(),
		users: slices.SortedFunc(maps.Values(i.users), func(a, b *user) int { return cmp.Compare(a.name, b.name) }),
		catalog: savedCatalog{
			tables: i.catalog.sorted(), grants: slices.SortedFunc(maps.Keys(i.catalog.grants), compareGrants),
			lastID: i.catalog.lastID, names: i.catalog.names,
		},
		scheduler: savedScheduler{jobs: i.scheduler.sorted(), log: slices.Clone(i.scheduler.log), lastID: i.scheduler.lastID},
		chunks:    savedChunks{tasks: i.chunks.sorted(), lastID: i.chunks.lastID, names: i.chunks.names},
	}
}

// Save implements state.Picture.
func (p *picture) Save(c *state.Coder) {
	p.store.Save(c)
	state.Pointers(c, &p.users, codeUser)
	p.catalog.code(c, func(t *table) {
		if !c.Skims() {
			p.store.SaveRows(c, t.rows)
		}
	})
	p.scheduler.code(c)
	p.chunks.code(c)
}

// Close implements state.Picture.
func (p *picture) Close() { p.store.Close() }

// Load implements state.Part, for an instance that nobody uses yet. Jobs that
// wait for their time do so until StartJobs.
func (p saved) Load(c *state.Coder) error {
	i := p.i
	i.store.Load(c)
	var users []*user
	state.Pointers(c, &users, codeUser)
	var catalog savedCatalog
	catalog.code(c, func(t *table) {
		t.rows = i.store.LoadRows(c)
		t.buildIndexes(c, i)
	})
	scheduler := savedScheduler{clock: i.config.Now}
	scheduler.code(c)
	var chunks savedChunks
	chunks.code(c)
	if c.Err() != nil {
		return c.Err()
	}
	i.users = map[string]*user{}
	for _, u := range users {
		i.users[u.name] = u
	}
	catalog.restore(i.catalog)
	scheduler.restore(i.scheduler)
	chunks.restore(i.chunks)
	return nil
}

func codeUser(c *state.Coder, u *user) {
	c.Text(&u.name)
	state.Int(c, &u.id)
	state.Int(c, &u.role)
	c.Time(&u.created)
	c.Fixed(u.verifier.Salt[:])
	c.Fixed(u.verifier.T[:])
}
