package controller

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/adbferry/adbferry/controller/internal/fleet"
	"github.com/adbferry/adbferry/controller/internal/migrate"
	"github.com/adbferry/adbferry/pkg/config"
	"github.com/adbferry/adbferry/pkg/rpc"
)

// Config is the controller's configuration file, which the CLI reads too.
type Config struct {
	// Listen is the address that "adbferry serve" answers on, host:port.
	Listen string `yaml:"listen"`
	// Controller is the address of the controller that the CLI talks to, host:port;
	// "" for one inside the CLI. "adbferry serve" does not look at it.
	Controller string `yaml:"controller"`
	// JournalDir keeps one journal for each migration.
	JournalDir string `yaml:"journal_dir"`
	// Databases says, by the name used everywhere, where each database's agent is.
	Databases map[string]Database `yaml:"databases"`
	// TLS is this process's certificate: the controller's, or a client's for the
	// CLI with --controller.
	TLS rpc.TLSFiles `yaml:"tls"`
	// Clients are the identities that may call the controller.
	Clients []string `yaml:"clients"`
	// PAR says where the pre-authenticated request is with which "adbferry serve"
	// goes on by itself with migrations that ran when it died. Without one they wait
	// for somebody to resume them.
	PAR    config.SecretSource `yaml:"par"`
	Log    Log                 `yaml:"log"`
	Limits Limits              `yaml:"limits"`
}

// A Database is one database's entry in the configuration.
type Database struct {
	// Agent is the address of its agent, host:port.
	Agent string `yaml:"agent"`
}

// Log says what is logged and how.
type Log struct {
	Level  string `yaml:"level"`  // trace, debug, info, warn, error
	Format string `yaml:"format"` // text, json
}

// Limits bounds what migrations may do.
type Limits struct {
	// Lanes is how many exports or imports run at one database at a time, at
	// most; 0 for as many as its service level bears.
	Lanes int `yaml:"lanes"`
	// Attempts is how often a chunk is tried before it fails.
	Attempts int `yaml:"attempts"`
	// StopGrace is how long running steps may go on after a stop.
	StopGrace time.Duration `yaml:"stop_grace"`
	// AgentPatience is how long an agent may be away before its tables fail.
	AgentPatience time.Duration `yaml:"agent_patience"`
}

// Keys returns the top-level keys of a configuration file.
func Keys() []string { return config.Keys[Config]() }

// Default is the configuration before a file is read.
func Default() Config {
	d := migrate.DefaultLimits
	return Config{
		Listen: "127.0.0.1:7650", JournalDir: "journal",
		Clients: []string{rpc.IdentityClient, rpc.IdentityController},
		Log:     Log{Level: "info", Format: "text"},
		Limits:  Limits{Lanes: d.Lanes, Attempts: d.Attempts, StopGrace: d.Grace, AgentPatience: d.Patience.Total},
	}
}

// Load reads a configuration file. Relative names in it are taken relative to
// its directory. All problems are reported at once.
func Load(path string) (Config, error) {
	c := Default()
	if err := config.Load(path, &c); err != nil {
		return Config{}, err
	}
	return c.in(filepath.Dir(path)), nil
}

// LoadClient reads a configuration file of which only TLS is needed.
func LoadClient(path string) (Config, error) {
	type client Config // without Validate
	c := client(Default())
	if err := config.Load(path, &c); err != nil {
		return Config{}, err
	}
	if err := c.TLS.Validate(); err != nil {
		return Config{}, fmt.Errorf("configuration %s: %w", path, err)
	}
	return Config(c).in(filepath.Dir(path)), nil
}

// in takes relative names relative to dir, so that a configuration means the same
// wherever the command is run from.
func (c Config) in(dir string) Config {
	c.JournalDir = config.Resolve(dir, c.JournalDir)
	c.TLS = c.TLS.In(dir)
	c.PAR.File = config.Resolve(dir, c.PAR.File)
	return c
}

var databaseName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$`)

// Validate reports everything that keeps a controller from starting.
func (c *Config) Validate() error {
	var errs []error
	problem := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if !IsAddress(c.Listen) {
		problem("listen: %q is not a host:port address", c.Listen)
	}
	if c.Controller != "" && !IsAddress(c.Controller) {
		problem("controller: %q is not a host:port address", c.Controller)
	}
	if c.JournalDir == "" {
		problem("journal_dir is not set")
	}
	if len(c.Databases) == 0 {
		problem("databases: there are none")
	}
	for _, name := range slices.Sorted(maps.Keys(c.Databases)) {
		if !databaseName.MatchString(name) {
			problem("databases: %q cannot be a name; use letters, digits, '.', '-' and '_'", name)
		}
		if a := c.Databases[name].Agent; !IsAddress(a) {
			problem("databases.%s.agent: %q is not a host:port address", name, a)
		}
	}
	if err := c.PAR.Validate(); err != nil {
		problem("par: %w", err)
	}
	if c.Limits.Lanes < 0 || c.Limits.Attempts < 1 || c.Limits.StopGrace < 0 || c.Limits.AgentPatience < 0 {
		problem("limits: lanes, stop_grace and agent_patience must not be negative, and attempts must be at least 1")
	}
	if hclog.LevelFromString(c.Log.Level) == hclog.NoLevel || (c.Log.Format != "text" && c.Log.Format != "json") {
		problem("log: level must be trace, debug, info, warn or error, and format must be text or json")
	}
	return errors.Join(append(errs, c.TLS.Validate())...)
}

// IsAddress accepts what a listener and a dialler understand: a port is needed, a host is not.
func IsAddress(s string) bool {
	_, port, err := net.SplitHostPort(s)
	return err == nil && port != ""
}

// limits turns what is configured into what migrate and fleet understand.
func (l Limits) limits() migrate.Limits {
	patience := fleet.DefaultPatience
	patience.Total = l.AgentPatience
	return migrate.Limits{Lanes: l.Lanes, Attempts: l.Attempts, Grace: l.StopGrace, Patience: patience}
}
