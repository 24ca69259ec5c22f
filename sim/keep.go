package sim

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"
	"github.com/hashicorp/go-hclog"

	"github.com/adbferry/adbferry/sim/internal/state"
)

// The files of a simulation's folder that hold its state.
const (
	stateFile = "state"
	lockFile  = "state.lock"
)

const (
	// defaultSaveAfter is how long a change waits for the next one before it is saved.
	defaultSaveAfter = 5 * time.Second
	// maxWaits is how many times defaultSaveAfter, or what Config.SaveAfter says, a
	// change waits at most while others follow.
	maxWaits = 12
	// restFactor bounds the time that is spent on saving: after a save, the next
	// one waits this many times as long as it took.
	restFactor = 10
)

// Errors of Start and Snapshot.
var (
	// ErrInUse says that the simulation of a folder runs already.
	ErrInUse = errors.New("a simulation is running there")
	// ErrNoDir is what Snapshot returns without Config.Dir.
	ErrNoDir = errors.New("the simulation has no folder to save its state in")
)

// A keeper keeps the state of a simulation in its folder: it holds the folder's
// lock, and saves what has changed.
type keeper struct {
	path  string
	lock  *flock.Flock
	after time.Duration // below 0: only when asked to
	log   hclog.Logger
	seed  state.Seed

	cancel  context.CancelCauseFunc // of the goroutine that saves; nil before start
	running sync.WaitGroup

	mu    sync.Mutex // one save at a time
	parts []state.Part
	saved uint64 // fingerprint of what is in the file, 0 for unknown

	// Used by the goroutine that saves only.
	seen   uint64    // fingerprint that the last step saw
	waited int       // steps that put a change off, one after the other
	rest   time.Time // no step saves before
}

// errStopped is why a keeper's goroutine ends, and what a save after the last
// one answers.
var errStopped = errors.New("simulation closed")

// newKeeper locks a folder, which is made when needed.
//
// Error: ErrInUse.
func newKeeper(dir string, after time.Duration, log hclog.Logger) (*keeper, error) {
	if err := os.MkdirAll(dir, folderMode); err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	if after == 0 {
		after = defaultSaveAfter
	}
	k := &keeper{path: filepath.Join(dir, stateFile), after: after, log: log.Named("state"), seed: state.NewSeed()}
	k.lock = flock.New(filepath.Join(dir, lockFile), flock.SetPermissions(secretMode))
	locked, err := k.lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", dir, err)
	}
	if !locked {
		return nil, fmt.Errorf("%s: %w", dir, ErrInUse)
	}
	return k, nil
}

// open opens the state that the folder holds; nil when it holds none.
func (k *keeper) open() (*state.File, error) {
	f, err := state.Open(k.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	return f, err
}

// start names the parts that are saved, and begins to save them whenever they
// have changed, unless after is below 0.
func (k *keeper) start(parts []state.Part) {
	k.mu.Lock()
	k.parts = parts
	k.mu.Unlock()
	if k.after < 0 {
		return
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	k.cancel = cancel
	k.running.Go(func() {
		tick := time.NewTicker(k.after)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				if err := k.step(time.Now()); err != nil {
					k.log.Error("state not saved", "error", err)
				}
			case <-ctx.Done():
				return
			}
		}
	})
}

// step saves when something has changed since the last save and nothing since
// the last step, so that a burst of changes is saved once. Changes that go on
// and on are saved after maxWaits steps.
func (k *keeper) step(now time.Time) error {
	if now.Before(k.rest) {
		return nil
	}
	fingerprint, err := k.fingerprint()
	if err != nil {
		return err
	}
	k.mu.Lock()
	saved := k.saved
	k.mu.Unlock()
	switch {
	case fingerprint == saved:
		k.waited = 0
		return nil
	case fingerprint != k.seen && k.waited < maxWaits:
		k.seen = fingerprint
		k.waited++
		return nil
	}
	k.waited = 0
	began := time.Now()
	err = k.save()
	k.rest = now.Add(restFactor * time.Since(began))
	return err
}

// fingerprint returns the fingerprint of the state as it is now.
func (k *keeper) fingerprint() (uint64, error) {
	k.mu.Lock()
	capture := state.Take(k.parts)
	k.mu.Unlock()
	defer capture.Close()
	return capture.Fingerprint(k.seed)
}

// save writes the state as it is now, unless the file holds it already. It is
// durable on return.
func (k *keeper) save() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.parts == nil { // not started, or closed: there is nothing true to save
		return errStopped
	}
	capture := state.Take(k.parts)
	defer capture.Close()
	fingerprint, err := capture.Fingerprint(k.seed)
	if err != nil || fingerprint == k.saved {
		return err
	}
	if err := capture.Save(k.path); err != nil {
		return err
	}
	k.saved = fingerprint
	return nil
}

// stop ends the goroutine that saves; save still works.
func (k *keeper) stop() {
	if k.cancel != nil {
		k.cancel(errStopped)
		k.running.Wait()
		k.cancel = nil
	}
}

// close saves for the last time, if the simulation ever was complete, and gives
// the folder back. Nothing may change any more. It may be called twice.
func (k *keeper) close() error {
	err := k.save()
	if errors.Is(err, errStopped) {
		err = nil
	}
	k.mu.Lock()
	k.parts = nil
	k.mu.Unlock()
	return errors.Join(err, k.lock.Unlock())
}

// Snapshot saves the state to Config.Dir as it is now: what is committed, and
// Object Storage. It is durable on return. Clients go on meanwhile.
//
// Errors: ErrNoDir; one that says so when the simulation is closed.
func (s *Simulation) Snapshot() error {
	if s.keeper == nil {
		return ErrNoDir
	}
	return s.keeper.save()
}

// load gives the parts the state that the file holds. The identity has been
// loaded before. After an error the simulation must not be used.
func (s *Simulation) load(f *state.File) error {
	for _, p := range s.parts()[1:] {
		if err := f.Load(p); err != nil {
			return err
		}
	}
	return f.End()
}

// parts are what is saved of the simulation, in the order of the file.
func (s *Simulation) parts() []state.Part {
	parts := []state.Part{s.identity, s.storage.store}
	for _, r := range s.regions {
		parts = append(parts, r.instance.Parts()...)
	}
	return parts
}
