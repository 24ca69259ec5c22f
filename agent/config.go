package agent

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/adbferry/adbferry/pkg/config"
	"github.com/adbferry/adbferry/pkg/daemon"
	"github.com/adbferry/adbferry/pkg/rpc"
)

// A Config is an agent's configuration file. Relative file names are relative
// to the file.
type Config struct {
	// Region is the OCI region of the database, such as us-sanjose-1.
	Region string `yaml:"region"`
	// Listen is the address to serve gRPC on, host:port.
	Listen string `yaml:"listen"`
	// Wallet is the wallet's directory or zip file.
	Wallet string `yaml:"wallet"`
	// WalletPassword opens the wallet's key; without it cwallet.sso is used.
	WalletPassword config.SecretSource `yaml:"wallet_password"`
	// Service is the alias of the wallet's tnsnames.ora to use.
	Service  string              `yaml:"service"`
	User     string              `yaml:"user"`
	Password config.SecretSource `yaml:"password"`
	// TLS is the mTLS material that controllers are met with.
	TLS rpc.TLSFiles `yaml:"tls"`
	// ObjectStorageCA is a PEM file of certificates to trust for the object
	// store, beside the system's.
	ObjectStorageCA string `yaml:"object_storage_ca"`
	// Credential names a DBMS_CLOUD credential of the user's own schema that may
	// delete the objects of a migration; without one they are only reported.
	Credential string `yaml:"credential"`
	Log        Log    `yaml:"log"`
	// OrphanTimeout is how long an attempt runs on without a caller.
	OrphanTimeout time.Duration `yaml:"orphan_timeout"`
	// TickInterval is how often a caller is told how far an attempt is.
	TickInterval time.Duration `yaml:"tick_interval"`
	// ConnectTimeout is how long connecting to the database is tried.
	ConnectTimeout time.Duration `yaml:"connect_timeout"`
	// NetworkTimeout is how long the network may be silent where an answer is due,
	// towards the database and the controller, before a connection is lost.
	NetworkTimeout time.Duration `yaml:"network_timeout"`

	dir string
}

// Log says what is logged and how.
type Log struct {
	Level  string `yaml:"level"`  // trace, debug, info, warn, error
	Format string `yaml:"format"` // text or json
}

// longestTick is what AgentService promises its callers.
const longestTick = 10 * time.Second

// shortestSilence is what gRPC and TCP, which probe once a second at most, can
// tell from a slow network.
const shortestSilence = 3 * time.Second

// Default returns the values of everything that a file may leave out.
func Default() Config {
	return Config{
		Log:           Log{Level: "info", Format: "text"},
		OrphanTimeout: 10 * time.Minute, TickInterval: time.Second, ConnectTimeout: time.Minute, NetworkTimeout: 30 * time.Second,
	}
}

// LoadConfig reads a configuration file. Its error, a *daemon.UsageError, names
// every problem.
func LoadConfig(path string) (Config, error) {
	cfg := Default()
	if err := config.Load(path, &cfg); err != nil {
		return Config{}, &daemon.UsageError{Err: err, Advice: advice(err)}
	}
	cfg.dir = filepath.Dir(path)
	return cfg, nil
}

// advice is what to do about a configuration file that will not do.
func advice(err error) string {
	if _, unread := errors.AsType[*fs.PathError](err); unread {
		return "name the agent's configuration file with --config; deploy/agent.yaml is an example"
	}
	return "the keys are " + strings.Join(config.Keys[Config](), ", ") + "; a secret is {file: PATH} or {env: NAME}; deploy/agent.yaml explains them"
}

// misconfigured is the error of something that the configuration names.
func misconfigured(err error, advice string) error {
	if err == nil {
		return nil
	}
	return &daemon.UsageError{Err: err, Advice: advice}
}

// secretAdvice says how secrets are configured.
const secretAdvice = "a secret is {file: PATH}, with the secret alone in the file and the path as seen from the configuration's directory, " +
	"or {env: NAME}, set where the agent is started"

// Validate reports every problem of the configuration at once.
func (c *Config) Validate() error {
	var errs []error
	for _, required := range []struct{ name, value string }{
		{"region", c.Region}, {"listen", c.Listen}, {"wallet", c.Wallet}, {"service", c.Service}, {"user", c.User},
	} {
		if required.value == "" {
			errs = append(errs, fmt.Errorf("%s is not set", required.name))
		}
	}
	if c.Password.IsZero() {
		errs = append(errs, errors.New("password is not set; give env or file"))
	}
	for name, source := range map[string]config.SecretSource{"password": c.Password, "wallet_password": c.WalletPassword} {
		if err := source.Validate(); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
	}
	if c.TickInterval <= 0 || c.TickInterval > longestTick {
		errs = append(errs, fmt.Errorf("tick_interval %s is not between 0 and %s", c.TickInterval, longestTick))
	}
	if c.OrphanTimeout <= 0 || c.ConnectTimeout <= 0 {
		errs = append(errs, errors.New("orphan_timeout and connect_timeout must be above 0"))
	}
	if c.NetworkTimeout < shortestSilence {
		errs = append(errs, fmt.Errorf("network_timeout %s is below %s", c.NetworkTimeout, shortestSilence))
	}
	return errors.Join(append(errs, c.TLS.Validate())...)
}

// secrets fetches the secrets that the configuration names.
func (c *Config) secrets() (wallet, user config.Secret, err error) {
	if user, err = c.Password.Load(c.dir); err != nil {
		return wallet, user, misconfigured(fmt.Errorf("password: %w", err), secretAdvice)
	}
	if c.WalletPassword.IsZero() {
		return wallet, user, nil
	}
	if wallet, err = c.WalletPassword.Load(c.dir); err != nil {
		return wallet, user, misconfigured(fmt.Errorf("wallet_password: %w", err), secretAdvice)
	}
	return wallet, user, nil
}
