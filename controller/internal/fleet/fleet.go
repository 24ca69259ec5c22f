// Package fleet is the agents by name: it dials them, tries a call again when
// that can help, and follows a stream to its outcome over broken connections.
// It knows what every answer of an agent means for the next call, but not what
// the controller should do next; that is migrate.
package fleet

import (
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/rpc"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Options is what a fleet is made of.
type Options struct {
	// Agents has the address, host:port, of each database's agent by the database's name.
	Agents map[string]string
	// TLS makes the configuration with which to talk to the holder of an identity.
	TLS func(identity string) (*tls.Config, error)
	// Patience bounds how long a call is tried again. The zero value is DefaultPatience.
	Patience Patience
	// Silence is how long a stream may send nothing before its agent counts as
	// lost; 0 for 30 s. Agents tick at least every 10 s.
	Silence time.Duration
	// Dial is options of every connection beside the fleet's own, which they
	// override: another way to reach an address than TCP.
	Dial []grpc.DialOption
}

// defaultSilence is three times the longest pause between two ticks of an agent.
const defaultSilence = 30 * time.Second

// A Fleet has the connections to all agents. Its methods may be called concurrently.
type Fleet struct {
	agents map[string]*Agent
}

// An Agent is one database's agent. Its methods are those of AgentService; they
// may be called concurrently.
type Agent struct {
	name     string
	address  string
	conn     *grpc.ClientConn
	client   pb.AgentServiceClient
	patience Patience
	silence  time.Duration
}

// reconnect bounds grpc-go's own pauses between connection attempts, which would
// otherwise grow beyond our patience and outlast an agent's restart.
var reconnect = grpc.ConnectParams{
	Backoff:           backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 3 * time.Second},
	MinConnectTimeout: 5 * time.Second,
}

// Open makes the fleet. It connects to nobody yet: an agent that cannot be
// reached is an error of the first call to it. The caller must Close it.
func Open(o Options) (*Fleet, error) {
	if o.Silence == 0 {
		o.Silence = defaultSilence
	}
	if o.Patience == (Patience{}) {
		o.Patience = DefaultPatience
	}
	f := &Fleet{agents: map[string]*Agent{}}
	for name, address := range o.Agents {
		a, err := open(name, address, o)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("agent %s: %w", name, err), f.Close())
		}
		f.agents[name] = a
	}
	return f, nil
}

// open makes the connection to one agent, which must prove that it is this one.
func open(name, address string, o Options) (*Agent, error) {
	config, err := o.TLS(rpc.IdentityAgent(name))
	if err != nil {
		return nil, err
	}
	conn, err := rpc.Dial(address, config, append([]grpc.DialOption{grpc.WithConnectParams(reconnect)}, o.Dial...)...)
	if err != nil {
		return nil, err
	}
	return &Agent{
		name: name, address: address, conn: conn, client: pb.NewAgentServiceClient(conn),
		patience: o.Patience, silence: o.Silence,
	}, nil
}

// Close drops all connections. Running exports and imports go on at the agents.
func (f *Fleet) Close() error {
	var errs []error
	for _, a := range f.agents {
		errs = append(errs, a.conn.Close())
	}
	return errors.Join(errs...)
}

// Names returns the names of all databases in order.
func (f *Fleet) Names() []string { return slices.Sorted(maps.Keys(f.agents)) }

// Agent returns the agent of a database, REASON_NOT_FOUND when there is none of that name.
func (f *Fleet) Agent(name string) (*Agent, error) {
	if a, ok := f.agents[name]; ok {
		return a, nil
	}
	return nil, apierr.New(codes.NotFound, pb.Reason_REASON_NOT_FOUND, "database %q is not in the controller's configuration", name).
		WithHint("the configuration has %s", strings.Join(f.Names(), ", ")).
		WithFact("database", name)
}

// Name returns the name of the agent's database.
func (a *Agent) Name() string { return a.name }

// Address returns where the agent is.
func (a *Agent) Address() string { return a.address }

// Patient returns the same agent with another patience.
func (a *Agent) Patient(p Patience) *Agent {
	b := *a
	b.patience = p
	return &b
}
