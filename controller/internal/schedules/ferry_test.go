package schedules

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"

	"github.com/adbferry/adbferry/controller/internal/diagnosis"
	"github.com/adbferry/adbferry/controller/internal/fleet"
	"github.com/adbferry/adbferry/controller/internal/journal"
	"github.com/adbferry/adbferry/controller/internal/migrate"
	"github.com/adbferry/adbferry/controller/internal/service"
)

// A ferry is one life of the controller. What survives it is its journal as it
// was at the moment of death.
type ferry struct {
	world   *world
	name    string
	dir     string
	heir    string // the directory that the next one finds
	fleet   *fleet.Fleet
	store   *journal.Store
	runs    *migrate.Runs
	service *service.Service
	dead    chan struct{}
	dying   sync.Once
	once    sync.Mutex // held while it dies
	links   map[*link]bool
}

// patience is the default without jitter.
func patience() fleet.Patience {
	p := fleet.DefaultPatience
	p.Steady = true
	return p
}

// launch begins a life of the controller over the journals of a directory.
func (w *world) launch(name, dir string) *ferry {
	f := &ferry{world: w, name: name, dir: dir, heir: filepath.Join(w.dir, "after "+name), dead: make(chan struct{}), links: map[*link]bool{}}
	var err error
	f.fleet, err = fleet.Open(fleet.Options{
		Agents:   map[string]string{w.hosts[0].planner.Name(): w.hosts[0].address, w.hosts[1].planner.Name(): w.hosts[1].address},
		TLS:      func(string) (*tls.Config, error) { return nil, nil }, //nolint:nilnil // none is needed in memory
		Patience: patience(),
		Dial: []grpc.DialOption{
			grpc.WithContextDialer(f.dial),
			grpc.WithConnectParams(grpc.ConnectParams{
				Backoff: backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 1.6, MaxDelay: 3 * time.Second}, MinConnectTimeout: 5 * time.Second,
			}),
		},
	})
	w.must(err)
	log := hclog.NewNullLogger()
	f.store, err = journal.NewStore(journal.Options{Dir: dir, Now: f.clock, Log: log})
	w.must(err)
	limits := migrate.DefaultLimits
	limits.Patience = patience()
	f.runs = migrate.NewRuns(migrate.Options{Store: f.store, Fleet: f.fleet, Limits: limits, Version: "test", Now: time.Now, Log: log})
	f.service = service.New(service.Options{Store: f.store, Fleet: f.fleet, Runs: f.runs, Diagnosis: diagnosis.NewStore(dir).Get, Closing: w.ending})
	return f
}

// dial connects to an agent, as long as the controller lives.
func (f *ferry) dial(ctx context.Context, address string) (net.Conn, error) {
	for _, h := range f.world.hosts {
		if h.address != address {
			continue
		}
		l, err := h.dial(ctx)
		if err != nil {
			return nil, err
		}
		f.once.Lock()
		defer f.once.Unlock()
		f.links[l] = true
		if f.isDead() {
			l.close()
		}
		return l, nil
	}
	return nil, net.UnknownNetworkError(address)
}

func (f *ferry) isDead() bool {
	select {
	case <-f.dead:
		return true
	default:
		return false
	}
}

// clock is asked right before an event is written, which is a good moment to die.
func (f *ferry) clock() time.Time {
	if !f.isDead() && f.world.chance.strikes(ferryKilled, "append by "+f.name) {
		f.kill()
	}
	return time.Now()
}

// kill ends the controller for the world: nobody hears of it any more, and what
// its journal holds now is what the next one finds, with a torn tail or without.
func (f *ferry) kill() {
	f.dying.Do(func() {
		f.once.Lock()
		for l := range f.links {
			l.close()
		}
		close(f.dead)
		f.once.Unlock()
		f.world.must(os.CopyFS(f.heir, os.DirFS(f.dir)))
		f.tear()
	})
}

// tear leaves the beginning of a line, or one of which a byte is not written, at
// the journal's end, as an append does that was cut off. A tail that was torn before and not yet
// repaired stays as it is: only an append tears, and every append repairs first.
func (f *ferry) tear() {
	path := filepath.Join(f.heir, id+".journal")
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) || bytes.Equal(text, f.world.torn) || !f.world.chance.strikes(tailTorn, f.name) {
		return
	}
	f.world.must(err)
	dice := f.world.chance.dice("tear " + f.name)
	line := []byte(`0123abcd {"sequence":"1","time":"2026-11-22T08:00:00Z"}`)
	if len(text) > 0 {
		line = slices.Clone(text[:bytes.IndexByte(text, '\n')])
	}
	line = line[:1+dice.IntN(len(line)-1)]
	if dice.IntN(2) == 0 {
		line[dice.IntN(len(line))] = 0
		line = append(line, '\n')
	}
	f.world.torn = append(text, line...)
	f.world.must(os.WriteFile(path, f.world.torn, 0o600))
}

// bury ends what is left of the controller in this process.
func (f *ferry) bury() {
	f.kill()
	f.runs.Close()
	f.world.must(f.fleet.Close())
}
