package sim

import (
	"context"
	"crypto/rand"
	"crypto/x509/pkix"
	"fmt"
	mathrand "math/rand/v2"
	"net"
	"strconv"
	"strings"

	"github.com/adbferry/adbferry/pkg/pki"
	"github.com/adbferry/adbferry/sim/internal/state"
)

// An identity is what the clients of a simulation hold on to, in wallets and
// URLs, and what therefore stays when it restarts: keys, passwords and ports.
type identity struct {
	authority pki.Pair
	storage   endpoint
	regions   []regionIdentity // in the order of places
}

// An endpoint is a server's port and certificate.
type endpoint struct {
	port int // 0 for any
	pair pki.Pair
}

// A regionIdentity is that of one region: of its listener, and of those who
// connect to it.
type regionIdentity struct {
	endpoint

	client         pki.Pair // certificate and key in the wallet
	password       string   // of ADMIN
	walletPassword string
}

// newIdentity makes keys and passwords at random. With lasting, it also picks
// ports that are likely to be free after a restart; without, servers take any.
func newIdentity(lasting bool) (*identity, error) {
	authority, err := pki.NewAuthority(pkix.Name{CommonName: "adbferry simulator CA", Organization: []string{"adbferry"}},
		certificateLifetime, true)
	if err != nil {
		return nil, fmt.Errorf("make the simulator's CA: %w", err)
	}
	id := &identity{authority: authority.Pair}
	server := pki.Request{Hosts: []string{"127.0.0.1", "localhost"}, Server: true, Lifetime: certificateLifetime}
	server.Subject = pkix.Name{CommonName: "objectstorage"}
	if id.storage.pair, err = authority.Issue(server); err != nil {
		return nil, err
	}
	server.RSA = true
	for _, p := range places() {
		r := regionIdentity{password: "Sim-" + rand.Text(), walletPassword: "Wallet-" + rand.Text()}
		server.Subject = p.subject()
		if r.pair, err = authority.Issue(server); err != nil {
			return nil, err
		}
		r.client, err = authority.Issue(pki.Request{
			Subject: pkix.Name{CommonName: p.database}, Client: true, RSA: true, Lifetime: certificateLifetime,
		})
		if err != nil {
			return nil, err
		}
		id.regions = append(id.regions, r)
	}
	if lasting {
		return id, id.pickPorts()
	}
	return id, nil
}

// subject is that of the certificate of a place's listener.
func (p place) subject() pkix.Name {
	return pkix.Name{
		CommonName:   "adb." + p.region + ".oraclecloud.com",
		Organization: []string{"Oracle Corporation"}, Locality: []string{"Redwood City"},
		Province: []string{"California"}, Country: []string{"US"},
	}
}

// dn is the subject as the wallet's tnsnames.ora spells it.
func (p place) dn() string {
	s := p.subject()
	return fmt.Sprintf("CN=%s, O=%s, L=%s, ST=%s, C=%s", s.CommonName, s.Organization[0], s.Locality[0], s.Province[0], s.Country[0])
}

// pickPorts picks different ports for all servers.
func (id *identity) pickPorts() (err error) {
	taken := map[int]bool{}
	if id.storage.port, err = lastingPort(taken); err != nil {
		return err
	}
	for i := range id.regions {
		if id.regions[i].port, err = lastingPort(taken); err != nil {
			return err
		}
	}
	return nil
}

// The ports of a simulation that keeps its state. They lie below those that
// systems hand out to outgoing connections, so that nobody takes one by chance
// while the simulation is down.
const (
	firstPort = 20_000
	portCount = 12_000
)

// lastingPort finds a port that nobody listens on and that is not in taken, and
// adds it there.
func lastingPort(taken map[int]bool) (int, error) {
	var last error
	for range 100 {
		port := firstPort + mathrand.IntN(portCount)
		listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", loopback(port))
		if err != nil {
			last = err
			continue
		}
		if err := listener.Close(); err != nil {
			return 0, fmt.Errorf("find a free port: %w", err)
		}
		if !taken[port] {
			taken[port] = true
			return port, nil
		}
	}
	return 0, fmt.Errorf("find a free port: %w", last)
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// The identity is the first part of a state: without it nothing else can be made.

// Section implements state.Part.
func (id *identity) Section() string { return "simulation" }

// Hold implements state.Part. An identity never changes.
func (id *identity) Hold() (release func()) { return func() {} }

// Capture implements state.Part.
func (id *identity) Capture() state.Picture { return id }

// Save implements state.Picture.
func (id *identity) Save(c *state.Coder) { id.code(c) }

// Close implements state.Picture.
func (id *identity) Close() {}

// Load implements state.Part.
func (id *identity) Load(c *state.Coder) error {
	id.code(c)
	if c.Err() == nil && len(id.regions) != len(places()) {
		c.Damaged("it has %d regions instead of %d", len(id.regions), len(places()))
	}
	return c.Err()
}

func (id *identity) code(c *state.Coder) {
	codePair(c, &id.authority)
	codeEndpoint(c, &id.storage)
	state.List(c, &id.regions, func(c *state.Coder, r *regionIdentity) {
		codeEndpoint(c, &r.endpoint)
		codePair(c, &r.client)
		c.Text(&r.password)
		c.Text(&r.walletPassword)
	})
}

func codeEndpoint(c *state.Coder, e *endpoint) {
	state.Int(c, &e.port)
	codePair(c, &e.pair)
	if c.Loading() && (e.port < 1 || e.port > 65535) {
		c.Damaged("%d is not a port", e.port)
	}
}

// codePair carries a certificate and its key as PEM.
func codePair(c *state.Coder, p *pki.Pair) {
	var certificate, key string
	if !c.Loading() {
		pem, err := p.KeyPEM()
		if err != nil {
			c.Fail(err)
			return
		}
		certificate, key = string(p.CertificatePEM()), string(pem)
	}
	c.Text(&certificate)
	c.Text(&key)
	if !c.Loading() || c.Err() != nil {
		return
	}
	pair, err := pki.Parse([]byte(certificate), []byte(key))
	if err != nil {
		c.Damaged("a certificate cannot be read: %s", strings.TrimSpace(err.Error()))
		return
	}
	*p = pair
}
