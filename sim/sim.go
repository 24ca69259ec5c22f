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
// It shares no code with the agent, the controller and their protocol: a server
// and a client that share a mistake agree with each other. What it uses of pkg
// knows nothing of Oracle: pki, config and daemon.
//
// Comments below sim cite two documents: "reference, section 1.4" is one of
// docs/reference/dbms-cloud.md, "wire notes, section 5" one of
// docs/reference/wire.md.
package sim

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/go-hclog"

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
	// Scripts are run in each region, by its name, before Start returns, unless the
	// state came back from Dir. See Region.Script.
	Scripts map[string]string
	// Dir keeps the state from one run to the next: what was in it when Start
	// begins is there again, at the same ports and with the same keys, passwords
	// and PARs. It is made when needed. Without it nothing outlives the process.
	Dir string
	// SaveAfter is how long nothing may have changed before a change is saved to
	// Dir; 0 for 5 s. Below 0 only Snapshot and Close save.
	SaveAfter time.Duration
	Knobs     Knobs
	Physics   Physics      // how long things take; the zero value has no physics
	Logger    hclog.Logger // default discards
}

// A Simulation is two running regions and their object storage. Its methods
// may be called from any goroutine.
type Simulation struct {
	identity *identity
	restored bool    // from Config.Dir
	keeper   *keeper // nil without Config.Dir
	storage  *Storage
	regions  []*Region
}

// Start brings everything up on loopback ports of the system's choice, or as it
// was when Config.Dir was last saved to. The demo table is complete on return;
// one that is there already is left alone. Close it when done.
//
// Errors: ErrInUse; a state that is damaged or of another version is refused by
// the name of its file, and nothing of it is used.
func Start(ctx context.Context, config Config) (*Simulation, error) {
	if config.Logger == nil {
		config.Logger = hclog.NewNullLogger()
	}
	s := &Simulation{}
	if err := s.start(ctx, config); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Restored reports whether the state came back from Config.Dir, and no script was run.
func (s *Simulation) Restored() bool { return s.restored }

func (s *Simulation) start(ctx context.Context, config Config) (err error) {
	if err := errors.Join(config.Knobs.Validate(), config.Physics.Validate()); err != nil {
		return err
	}
	if config.Dir == "" {
		if s.identity, err = newIdentity(false); err != nil {
			return err
		}
		if err := s.build(config); err != nil {
			return err
		}
	} else if err := s.resume(config); err != nil {
		return err
	}
	if err := s.serve(); err != nil {
		return err
	}
	if err := s.loadDemo(ctx, config); err != nil {
		return err
	}
	if err := s.runScripts(ctx, config); err != nil {
		return err
	}
	if s.keeper == nil {
		return nil
	}
	s.keeper.start(s.parts())
	if s.restored {
		return nil
	}
	return s.Snapshot() // before anybody learns a key or password that a crash would lose
}

// resume makes the simulation that Config.Dir holds, or a fresh one.
func (s *Simulation) resume(config Config) (err error) {
	if s.keeper, err = newKeeper(config.Dir, config.SaveAfter, config.Logger); err != nil {
		return err
	}
	file, err := s.keeper.open()
	if err != nil {
		return err
	}
	if file == nil {
		if s.identity, err = newIdentity(true); err != nil {
			return err
		}
		return s.build(config)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	s.restored, s.identity = true, &identity{}
	if err := file.Load(s.identity); err != nil {
		return err
	}
	if err := s.build(config); err != nil {
		return err
	}
	return s.load(file)
}

// build makes all parts, none of which serves anybody yet.
func (s *Simulation) build(config Config) (err error) {
	if s.storage, err = newStorage(s.identity, config); err != nil {
		return fmt.Errorf("start object storage: %w", err)
	}
	for i, place := range places() {
		r, err := newRegion(s.identity, i, s.storage, place, config)
		if err != nil {
			return fmt.Errorf("start region %s: %w", place.name, err)
		}
		s.regions = append(s.regions, r)
	}
	return nil
}

// serve lets clients in, and the jobs of the regions run.
func (s *Simulation) serve() error {
	s.storage.serve()
	for _, r := range s.regions {
		if err := r.listen(); err != nil {
			return fmt.Errorf("start region %s: %w", r.place.name, err)
		}
		r.instance.StartJobs()
	}
	return nil
}

// loadDemo fills the demo table, unless it is there.
func (s *Simulation) loadDemo(ctx context.Context, config Config) error {
	if config.DemoRows == 0 {
		return nil
	}
	session := s.Region(SanJose).instance.Internal(admin)
	defer session.Close()
	if _, err := session.Table(ctx, admin, demo.Table); s.restored && err == nil {
		return nil
	}
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

// Close cuts all connections, stops everything, and saves the state to
// Config.Dir. It may be called twice.
func (s *Simulation) Close() error {
	if s.keeper != nil {
		s.keeper.stop()
	}
	var errs []error
	for _, r := range s.regions {
		errs = append(errs, r.close())
	}
	if s.storage != nil {
		errs = append(errs, s.storage.close())
	}
	if s.keeper != nil {
		errs = append(errs, s.keeper.close())
	}
	return errors.Join(errs...)
}
