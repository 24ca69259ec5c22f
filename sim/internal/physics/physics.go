// Package physics says how long things take in a simulated region: how long a
// statement waits and takes, how fast the database writes and reads objects,
// and what the network between it and Object Storage carries. It only makes
// callers wait; what happens meanwhile, and the clock of the database, are
// none of its business.
//
// Waiting ends at once when the caller's context does. With one seed, the n-th
// statement of a service level takes equally long in every run.
package physics

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
)

// A World is the physics of all regions. Its zero value has none: nothing
// takes longer than the simulator itself.
type World struct {
	// Seed of everything random, so that a run can be repeated.
	Seed    uint64            `yaml:"seed"`
	Regions map[string]Region `yaml:"regions"` // by short name; regions left out have no physics
}

// A Region is what distances and rates a region has.
type Region struct {
	// UndoRetention is how far AS OF SCN reaches back; 0 leaves it alone.
	UndoRetention time.Duration `yaml:"undo_retention"`
	// Storage is the way from the database to Object Storage, which stands in
	// one of the regions and is far from the other.
	Storage Link `yaml:"storage"`
	// Services by level: high, medium, low, tp, tpurgent.
	Services map[string]Service `yaml:"services"`
}

// A Link is a network path. All transfers of a region share its bandwidth.
type Link struct {
	RoundTrip time.Duration `yaml:"round_trip"` // added to each request
	Bandwidth Rate          `yaml:"bandwidth"`  // 0 for no limit
}

// A Service is what a service level gives its sessions.
type Service struct {
	Latency    time.Duration `yaml:"latency"`    // added to each statement
	Jitter     float64       `yaml:"jitter"`     // the part of the latency that varies: 0.2 for up to 20 % more or less
	Concurrent int           `yaml:"concurrent"` // statements at a time, more wait in line; 0 for no limit
	WorkUnits  int           `yaml:"work_units"` // of one export or import; 0 means 1
	Export     Rate          `yaml:"export"`     // of one work unit; 0 for no limit
	Import     Rate          `yaml:"import"`     // of one work unit; 0 for no limit
}

// regionNames and serviceNames are what a World can speak of.
var (
	regionNames  = []string{"phoenix", "sanjose"}
	serviceNames = []string{"high", "medium", "low", "tp", "tpurgent"}
)

// listed writes names as a sentence has them.
func listed(names []string) string {
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// Validate names every value that makes no sense, and every region and service
// that does not exist: its physics would have no effect.
func (w World) Validate() error {
	var errs []error
	for name, r := range w.Regions {
		if !slices.Contains(regionNames, name) {
			errs = append(errs, fmt.Errorf("no region %q: there are %s", name, listed(regionNames)))
		}
		if min(r.UndoRetention, r.Storage.RoundTrip) < 0 || r.Storage.Bandwidth < 0 {
			errs = append(errs, fmt.Errorf("region %s: negative times or rates", name))
		}
		for level, s := range r.Services {
			if !slices.Contains(serviceNames, level) {
				errs = append(errs, fmt.Errorf("no service %q in region %s: there are %s", level, name, listed(serviceNames)))
			}
			errs = append(errs, s.check(name+"/"+level))
		}
	}
	return errors.Join(errs...)
}

func (s Service) check(name string) error {
	switch {
	case s.Latency < 0 || min(s.Concurrent, s.WorkUnits) < 0 || min(s.Export, s.Import) < 0:
		return fmt.Errorf("service %s: negative numbers", name)
	case s.Jitter < 0 || s.Jitter > 1:
		return fmt.Errorf("service %s: jitter %g is not between 0 and 1", name, s.Jitter)
	}
	return nil
}

// A Model is one region at work. Its methods may be called from any goroutine.
type Model struct {
	storage  line
	services map[string]*service
}

// service is a service level at work.
type service struct {
	Service
	slots *semaphore.Weighted // nil without a limit

	mu     sync.Mutex
	random *rand.Rand
}

// NewModel makes the model of the region of that name.
func (w World) NewModel(name string) *Model {
	r := w.Regions[name]
	m := &Model{storage: line{Link: r.Storage}, services: map[string]*service{}}
	for level, s := range r.Services {
		hash := fnv.New64a()
		_, _ = hash.Write([]byte(name + "/" + level)) // never fails
		made := &service{Service: s, random: rand.New(rand.NewPCG(w.Seed, hash.Sum64()))}
		if s.Concurrent > 0 {
			made.slots = semaphore.NewWeighted(int64(s.Concurrent))
		}
		m.services[level] = made
	}
	return m
}

// Statement waits until a statement of a service level may run, in line behind
// those that came before it, and then for its latency. The returned function
// has to be called when the statement is over. Error: the context's end.
func (m *Model) Statement(ctx context.Context, level string) (release func(), err error) {
	s, ok := m.services[level]
	if !ok {
		return func() {}, nil
	}
	release = func() {}
	if s.slots != nil {
		if err := s.slots.Acquire(ctx, 1); err != nil {
			return nil, context.Cause(ctx)
		}
		release = sync.OnceFunc(func() { s.slots.Release(1) })
	}
	if err := Wait(ctx, s.latency()); err != nil {
		release()
		return nil, err
	}
	return release, nil
}

// latency draws how long the next statement takes.
func (s *service) latency() time.Duration {
	if s.Jitter == 0 {
		return s.Latency
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Duration(float64(s.Latency) * (1 + s.Jitter*(2*s.random.Float64()-1)))
}

// WorkUnits returns how many work units an export of a service level is split
// into, 0 when the model does not say.
func (m *Model) WorkUnits(level string) int {
	if s, ok := m.services[level]; ok {
		return s.WorkUnits
	}
	return 0
}

// Request waits for the round trip of a request to Object Storage.
func (m *Model) Request(ctx context.Context) error { return Wait(ctx, m.storage.RoundTrip) }

// Export waits for as long as a service level takes to write n bytes, and the
// network to carry them.
func (m *Model) Export(ctx context.Context, level string, n int64) error {
	return m.move(ctx, n, m.rate(level, func(s *service) Rate { return s.Export }))
}

// Import waits for as long as a service level takes to read n bytes, and the
// network to carry them.
func (m *Model) Import(ctx context.Context, level string, n int64) error {
	return m.move(ctx, n, m.rate(level, func(s *service) Rate { return s.Import }))
}

// rate is what all work units of a service level do together.
func (m *Model) rate(level string, of func(*service) Rate) Rate {
	s, ok := m.services[level]
	if !ok {
		return 0
	}
	return of(s) * Rate(cmp.Or(s.WorkUnits, 1))
}

func (m *Model) move(ctx context.Context, n int64, r Rate) error {
	return Wait(ctx, max(r.Time(n), m.storage.carry(n, time.Now())))
}

// A line is a link at work: what is sent waits for what was sent before.
type line struct {
	Link

	mu   sync.Mutex
	free time.Time // when all that was sent so far has arrived
}

// carry returns how long it takes from now until n bytes have arrived.
func (l *line) carry(n int64, now time.Time) time.Duration {
	if l.Bandwidth == 0 {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.free.Before(now) {
		l.free = now
	}
	l.free = l.free.Add(l.Bandwidth.Time(n))
	return l.free.Sub(now)
}

// Wait waits, or returns why the context ended.
func Wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return context.Cause(ctx)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
