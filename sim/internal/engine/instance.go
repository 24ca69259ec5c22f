package engine

import (
	"context"
	"strings"
	"sync"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine/heap"
	"github.com/adbferry/adbferry/sim/internal/state"
)

// An Instance is one simulated database. Its methods may be called from any
// goroutine.
type Instance struct {
	config  Config
	store   *heap.Store
	catalog *catalog
	// scheduler has the jobs, whose goroutines end with Close.
	scheduler *scheduler
	chunks    *chunking
	attached  []state.Part // beside the instance itself; set before it is used

	ddl     sync.Mutex // held by DDL on existing objects, one at a time
	longops longops

	mu       sync.RWMutex
	users    map[string]*user
	packages map[string]*Package
	views    map[string]*View
	policies []Policy                // that the dictionary tells of
	drivers  map[string]AccessDriver // of external tables, by type
	sessions map[int]*Session
	lastSID  int
}

var _ database.Database = (*Instance)(nil)

// New makes an empty database with the user SYS and no way to log on as it.
func New(config Config) *Instance {
	config = config.withDefaults()
	i := &Instance{
		config:   config,
		store:    heap.NewStore(config.Now, config.UndoRetention),
		catalog:  newCatalog(),
		users:    map[string]*user{},
		packages: map[string]*Package{},
		views:    map[string]*View{},
		drivers:  map[string]AccessDriver{},
		sessions: map[int]*Session{},
		lastSID:  100,
	}
	i.scheduler = newScheduler(i)
	i.chunks = &chunking{tasks: map[objectName]*chunkTask{}}
	registerViews(i)
	registerBuiltins(i)
	return i
}

// Config returns what the instance was made with, defaults filled in.
func (i *Instance) Config() Config { return i.config }

// Serves reports whether name is one of the configured services.
func (i *Instance) Serves(name string) bool {
	for _, s := range i.config.ServiceNames {
		if strings.EqualFold(s, name) {
			return true
		}
	}
	return false
}

// Register makes a PL/SQL package callable. A package of the same name is
// replaced.
func (i *Instance) Register(p Package) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.packages[strings.ToUpper(p.Name)] = &p
}

// RegisterView makes a dictionary view readable. A view of the same name is
// replaced.
func (i *Instance) RegisterView(v View) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.views[strings.ToUpper(v.Name)] = &v
}

// Open starts a session for a connection whose password has been checked.
func (i *Instance) Open(ctx context.Context, login database.Login) (database.Session, error) {
	s, err := i.open(login)
	if err != nil {
		return nil, err
	}
	if err := i.mayLogOn(s.user); err != nil {
		s.Close()
		return nil, err
	}
	if login.AlterSession != "" {
		if err := s.Exec(ctx, login.AlterSession); err != nil {
			s.Close()
			return nil, err
		}
	}
	return connection{s}, nil
}

// Internal starts a session without a connection for an existing user. It
// panics when there is no such user, which is a mistake of the calling test or
// set-up. The caller closes it.
func (i *Instance) Internal(name string) *Session {
	s, err := i.open(database.Login{User: name, Program: "internal", Service: i.config.ServiceNames[0]})
	if err != nil {
		panic(err)
	}
	return s
}

// open makes a session of an existing user. Error: ORA-01017.
func (i *Instance) open(login database.Login) (*Session, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	u, ok := i.users[login.User]
	if !ok {
		return nil, datum.Errorf(1017, "invalid username/password; logon denied")
	}
	i.lastSID++
	s := newSession(i, u, i.lastSID, login)
	i.sessions[s.sid] = s
	return s, nil
}
