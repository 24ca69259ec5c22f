package sim

import (
	"bytes"
	"crypto/rand"
	"crypto/x509/pkix"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"
	"time"

	"github.com/adbferry/adbferry/pkg/pki"
)

// Only the owner reads what a simulation writes: there are keys and passwords in it.
const (
	secretMode = 0o600
	folderMode = 0o700
)

// accountName is who env.sh has an auth token of.
const accountName = "ferry@example.com"

// lastOfPKI is written after all other files: where it exists, all of pki/ does.
const lastOfPKI = "pki/ca.pem"

// WriteFiles writes everything a user of adbferry would have in hand before
// moving a table, below dir, which is created when needed:
//
//	sanjose/wallet/ phoenix/wallet/     what the wallet zips of two databases unpack to
//	sanjose/agent.yaml phoenix/agent.yaml adbferry.yaml    configuration, ready to use
//	sanjose/password sanjose/wallet-password …             the secrets it refers to
//	pki/                                mTLS material for controller, agents and clients
//	par.url                             an AnyObjectReadWrite PAR with ListObjects
//	pars/                               PARs that are not enough: read-only, write-only, no-list, expired
//	env.sh                              the same in variables, for scripts
//	ca.pem                              the CA of the object store
//
// Agents and controller get ports that are free at the moment. A simulation that
// came back from Config.Dir leaves the files there as they are, since they are
// still true, and writes those that are missing; wallets are written in any
// case. The PARs are saved with the state, if there is one, before their files
// are written.
func (s *Simulation) WriteFiles(dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("find %s: %w", dir, err)
	}
	files, err := s.files(dir)
	if err != nil {
		return err
	}
	if s.keeper != nil { // first: a PAR in a file that no state knows would be dead for good
		if err := s.Snapshot(); err != nil {
			return err
		}
	}
	for _, r := range s.regions {
		if err := r.WriteWallet(filepath.Join(dir, r.place.name, "wallet")); err != nil {
			return fmt.Errorf("write wallet of %s: %w", r.place.name, err)
		}
	}
	ca, last := files[lastOfPKI]
	delete(files, lastOfPKI)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := writeFile(dir, name, files[name]); err != nil {
			return err
		}
	}
	if last {
		return writeFile(dir, lastOfPKI, ca)
	}
	return nil
}

// writeFile writes a file below dir, and makes the folders on the way to it.
func writeFile(dir, name string, data []byte) error {
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), folderMode); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	if err := os.WriteFile(path, data, secretMode); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// A layout is what the templates below are filled with.
type layout struct {
	Dir        string
	Controller string // listen address
	PAR        string
	User       string // of Object Storage, for a credential
	Token      string
	NativeURI  string // of the bucket's objects
	Source     site
	Target     site
}

// A site is one database with the agent that stands next to it.
type site struct {
	*Region
	Agent string // listen address
}

// files returns what WriteFiles writes, wallets aside, by path below dir: all of
// it, or for a simulation that came back what is missing.
func (s *Simulation) files(dir string) (map[string][]byte, error) {
	par, err := s.mainPAR(dir)
	if err != nil {
		return nil, err
	}
	addresses, err := freeAddresses(3)
	if err != nil {
		return nil, err
	}
	l := layout{
		Dir: dir, Controller: addresses[0], PAR: par, User: accountName, Token: rand.Text(), NativeURI: s.storage.NativeURI(""),
		Source: site{s.Region(SanJose), addresses[1]},
		Target: site{s.Region(Phoenix), addresses[2]},
	}
	if !s.has(dir, "env.sh") {
		s.storage.AddAccount(l.User, l.Token)
	}
	files := map[string][]byte{
		"par.url":       []byte(par + "\n"),
		"ca.pem":        s.storage.CAPEM(),
		"env.sh":        fill(envTemplate, l),
		"adbferry.yaml": fill(controllerTemplate, l),
	}
	for _, at := range []site{l.Source, l.Target} {
		name := at.place.name + "/"
		files[name+"agent.yaml"] = fill(agentTemplate, at)
		files[name+"password"] = []byte(at.Password() + "\n")
		files[name+"wallet-password"] = []byte(at.WalletPassword() + "\n")
	}
	if !s.has(dir, lastOfPKI) { // one CA signs all of pki/: write all or none
		if err := s.addPKI(files); err != nil {
			return nil, err
		}
	}
	if err := s.addPoorPARs(dir, files); err != nil {
		return nil, err
	}
	maps.DeleteFunc(files, func(name string, _ []byte) bool { return !strings.HasPrefix(name, "pki/") && s.has(dir, name) })
	return files, nil
}

// has reports whether an earlier run of this simulation has written a file.
func (s *Simulation) has(dir, name string) bool {
	if !s.restored {
		return false
	}
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}

// mainPAR is the PAR of par.url: the one that is there, or a new one.
func (s *Simulation) mainPAR(dir string) (string, error) {
	const name = "par.url"
	if !s.has(dir, name) {
		return s.storage.NewPAR(PAR{Access: AnyObjectReadWrite, List: true})
	}
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return "", fmt.Errorf("read the PAR: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}

// addPoorPARs adds PARs that adbferry has to refuse, to see it do so.
func (s *Simulation) addPoorPARs(dir string, files map[string][]byte) error {
	for name, p := range map[string]PAR{
		"read-only":  {Access: AnyObjectRead, List: true},
		"write-only": {Access: AnyObjectWrite, List: true},
		"no-list":    {Access: AnyObjectReadWrite},
		"expired":    {Access: AnyObjectReadWrite, List: true, Expires: time.Now().Add(-time.Hour)},
	} {
		name = "pars/" + name + ".url"
		if s.has(dir, name) {
			continue
		}
		url, err := s.storage.NewPAR(p)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		files[name] = []byte(url + "\n")
	}
	return nil
}

// addPKI adds the mTLS material that "adbferry pki init" would make.
func (s *Simulation) addPKI(files map[string][]byte) error {
	ca, err := pki.NewAuthority(pkix.Name{CommonName: "adbferry CA of a simulation"}, certificateLifetime, false)
	if err != nil {
		return fmt.Errorf("make mTLS CA: %w", err)
	}
	files[lastOfPKI] = ca.CertificatePEM()
	identities := map[string]string{
		"controller": "adbferry://controller",
		"client":     "adbferry://client",
	}
	for _, r := range s.regions {
		identities["agent-"+r.place.name] = "adbferry://agent/" + r.place.name
	}
	for name, identity := range identities {
		pair, err := ca.Issue(pki.Request{
			Subject: pkix.Name{CommonName: name}, Hosts: []string{"127.0.0.1", "localhost"},
			Identity: identity, Server: true, Client: true, Lifetime: certificateLifetime,
		})
		if err != nil {
			return err
		}
		key, err := pair.KeyPEM()
		if err != nil {
			return err
		}
		files["pki/"+name+".pem"] = pair.CertificatePEM()
		files["pki/"+name+"-key.pem"] = key
	}
	return nil
}

// freeAddresses finds n loopback addresses that nobody listens on.
func freeAddresses(n int) ([]string, error) {
	var addresses []string
	for range n {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("find a free port: %w", err)
		}
		defer func() { _ = listener.Close() }() // all at the end, so that no port is found twice
		addresses = append(addresses, listener.Addr().String())
	}
	return addresses, nil
}

func fill(t *template.Template, data any) []byte {
	var out bytes.Buffer
	if err := t.Execute(&out, data); err != nil {
		panic(err) // the templates below fit the types above, or no test passes
	}
	return out.Bytes()
}

func parse(name, text string) *template.Template {
	return template.Must(template.New(name).Parse(strings.TrimLeft(text, "\n")))
}

var agentTemplate = parse("agent.yaml", `
# The agent of {{.Name}}, written by adbferry-sim.
region: {{.OCIRegion}}
listen: {{.Agent}}
wallet: wallet
wallet_password: {file: wallet-password}
service: {{.Alias "high"}}
user: ADMIN
password: {file: password}
object_storage_ca: ../ca.pem
tls:
  ca: ../pki/ca.pem
  certificate: ../pki/agent-{{.Name}}.pem
  key: ../pki/agent-{{.Name}}-key.pem
`)

var controllerTemplate = parse("adbferry.yaml", `
# The controller and the CLI, written by adbferry-sim.
listen: {{.Controller}}
journal_dir: journal
databases:
  {{.Source.Name}}: {agent: "{{.Source.Agent}}"}
  {{.Target.Name}}: {agent: "{{.Target.Agent}}"}
tls:
  ca: pki/ca.pem
  certificate: pki/controller.pem
  key: pki/controller-key.pem
`)

var envTemplate = parse("env.sh", `
# Source this file to have the two databases and the bucket in variables.
export SOURCE_WALLET='{{.Dir}}/{{.Source.Name}}/wallet'
export SOURCE_DSN='{{.Source.Alias "high"}}'
export SOURCE_USER='ADMIN'
export SOURCE_PASSWORD='{{.Source.Password}}'
export SOURCE_WALLET_PASSWORD='{{.Source.WalletPassword}}'
export TARGET_WALLET='{{.Dir}}/{{.Target.Name}}/wallet'
export TARGET_DSN='{{.Target.Alias "high"}}'
export TARGET_USER='ADMIN'
export TARGET_PASSWORD='{{.Target.Password}}'
export TARGET_WALLET_PASSWORD='{{.Target.WalletPassword}}'
export PAR_URL='{{.PAR}}'
export OCI_USER='{{.User}}'
export OCI_AUTH_TOKEN='{{.Token}}'
export NATIVE_URI='{{.NativeURI}}'
`)
