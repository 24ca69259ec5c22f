package agent

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const complete = `region: us-sanjose-1
listen: 127.0.0.1:0
wallet: wallet
wallet_password: {env: WALLET_PASSWORD}
service: db_high
user: ADMIN
password: {file: password}
tls: {ca: ca.pem, certificate: agent.pem, key: agent-key.pem}
tick_interval: 2s
`

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "agent.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestConfigKeepsDefaults(t *testing.T) {
	path := write(t, complete)
	cfg, err := LoadConfig(path)
	if err != nil {
		t.Fatal(err)
	}
	if cfg.TickInterval != 2*time.Second || cfg.OrphanTimeout != 10*time.Minute || cfg.Log.Level != "info" || cfg.dir != filepath.Dir(path) {
		t.Errorf("got %+v", cfg)
	}
}

func TestConfigReportsAllProblemsAtOnce(t *testing.T) {
	_, err := LoadConfig(write(t, "tick_interval: 1m\nwallet_password: {env: A, file: b}\n"))
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"region", "listen", "wallet is not set", "service", "user", "password is not set", "wallet_password: give env or file", "tick_interval 1m", "tls.ca", "tls.key"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
}

func TestUnknownKeysAreNamedWithTheirLine(t *testing.T) {
	_, err := LoadConfig(write(t, complete+"wallet_pasword: x\n"))
	if err == nil || !strings.Contains(err.Error(), "line 10") || !strings.Contains(err.Error(), "wallet_pasword") {
		t.Errorf("got %v", err)
	}
}

func TestEveryStatementIsNamedOnceAndExplained(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range Statements() {
		if s.Name == "" || s.Purpose == "" || seen[s.Name] {
			t.Errorf("statement %+v is not described, or twice", s)
		}
		seen[s.Name] = true
		if name, bare := StatementOf("/* adbferry " + s.Name + " */ SELECT 1 FROM DUAL"); name != s.Name || bare != "SELECT 1 FROM DUAL" {
			t.Errorf("the tag of %s reads as %q, %q", s.Name, name, bare)
		}
	}
}
