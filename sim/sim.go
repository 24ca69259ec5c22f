// Package sim is a simulated pair of OCI regions: Autonomous Databases that
// unmodified Oracle drivers talk to over TCPS with a wallet, and one Object
// Storage that both reach over HTTPS. DBMS_CLOUD behaves as documented,
// pitfalls included; what is not simulated is refused with an error that names
// it.
//
// Start it, arrange it (Region.Exec, Storage.NewPAR), use it over the wire,
// break it (Region.Fail, Storage.Fail, hooks with Intercept, Region.Cut), slow it
// down (Config.Physics), look inside (Region.Rows, Storage.Objects,
// Region.Statements), and see that nothing is left open (AssertIdle):
//
//	s := sim.StartT(t, sim.Config{DemoRows: 1000})
//	s.Region("sanjose").WriteWallet(dir)
//
// It shares no code with the product it is made to test.
package sim

import (
	"context"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/adbferry/adbferry/pkg/pki"
	"github.com/adbferry/adbferry/sim/internal/demo"
)

// certificateLifetime is long enough for any test and demo.
const certificateLifetime = 365 * 24 * time.Hour

// The names of the two regions that Start makes.
const (
	SanJose = "sanjose"
	Phoenix = "phoenix"
)

// A Config says what to simulate. Its zero value is two empty regions with the
// documented behaviour.
type Config struct {
	// DemoRows fills ADMIN.CUSTOMER_ORDERS_DEMO of San Jose with this many rows; 0 leaves it out.
	DemoRows int
	// DemoProgress is told how many rows are loaded, 0 or more times.
	DemoProgress func(done int)
	Knobs        Knobs
	Physics      Physics      // how long things take; the zero value has no physics
	Logger       hclog.Logger // default discards
}

// A Simulation is two running regions and their object storage. Its methods
// may be called from any goroutine.
type Simulation struct {
	authority *pki.Authority
	storage   *Storage
	regions   []*Region
}

// Start brings everything up on loopback ports of the system's choice. The
// demo table is complete on return. Close it when done.
func Start(ctx context.Context, config Config) (*Simulation, error) {
	if config.Logger == nil {
		config.Logger = hclog.NewNullLogger()
	}
	authority, err := pki.NewAuthority(pkix.Name{CommonName: "adbferry simulator CA", Organization: []string{"adbferry"}},
		certificateLifetime, true)
	if err != nil {
		return nil, fmt.Errorf("make the simulator's CA: %w", err)
	}
	s := &Simulation{authority: authority}
	if err := s.start(ctx, config); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Simulation) start(ctx context.Context, config Config) (err error) {
	if s.storage, err = startStorage(s.authority, config); err != nil {
		return fmt.Errorf("start object storage: %w", err)
	}
	for _, place := range places() {
		r, err := startRegion(s.authority, s.storage, place, config)
		if err != nil {
			return fmt.Errorf("start region %s: %w", place.name, err)
		}
		s.regions = append(s.regions, r)
	}
	if config.DemoRows == 0 {
		return nil
	}
	session := s.Region(SanJose).instance.Internal(admin)
	defer session.Close()
	progress := config.DemoProgress
	if progress == nil {
		progress = func(int) {}
	}
	if err := demo.Load(ctx, session, config.DemoRows, progress); err != nil {
		return fmt.Errorf("load the demo table: %w", err)
	}
	return nil
}

// Region returns a region by name. It panics on an unknown name, which is a
// mistake of the caller.
func (s *Simulation) Region(name string) *Region {
	for _, r := range s.regions {
		if r.place.name == name {
			return r
		}
	}
	panic("sim: no region " + name)
}

// Storage returns the object storage that both regions reach.
func (s *Simulation) Storage() *Storage { return s.storage }

// Close cuts all connections and stops everything. It may be called twice.
func (s *Simulation) Close() error {
	var errs []error
	for _, r := range s.regions {
		errs = append(errs, r.close())
	}
	if s.storage != nil {
		errs = append(errs, s.storage.close())
	}
	return errors.Join(errs...)
}
