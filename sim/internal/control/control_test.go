package control_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/adbferry/adbferry/sim"
	"github.com/adbferry/adbferry/sim/internal/control"
)

// TestMain lets net/http wait half a second, as it does, before it closes a
// connection whose request was too long.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("net/http.(*conn).closeWriteAndWait"))
}

// serve starts a simulation that takes orders and returns its folder.
func serve(t *testing.T) (dir string, s *sim.Simulation) {
	t.Helper()
	s, dir = sim.StartT(t, sim.Config{}), t.TempDir()
	server, err := control.Serve(t.Context(), s, dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		if _, err := control.Dial(dir); !errors.Is(err, control.ErrNotRunning) {
			t.Errorf("after the end: %v", err)
		}
	})
	return dir, s
}

func TestOrdersReachTheSimulation(t *testing.T) {
	dir, s := serve(t)
	c, err := control.Dial(dir)
	if err != nil {
		t.Fatal(err)
	}
	order := control.CallFault{Region: sim.Phoenix, When: sim.Trigger{Match: "x", Nth: 3}, What: sim.CallFault{Code: 60}}
	if a, err := c.FailCalls(t.Context(), order); err != nil || len(a.Faults) != 1 {
		t.Errorf("%+v, %v", a, err)
	}
	if a, err := c.FailStorage(t.Context(), control.StorageFault{What: sim.StorageFault{Cut: true}}); err != nil || len(a.Faults) != 1 {
		t.Errorf("%+v, %v", a, err)
	}
	if a, err := c.Faults(t.Context()); err != nil || len(a.Faults) != 2 || len(s.Faults()) != 2 {
		t.Errorf("%+v, %v; set are %v", a, err, s.Faults())
	}
	if a, err := c.Heal(t.Context()); err != nil || a.Healed != 2 {
		t.Errorf("%+v, %v", a, err)
	}
	url, err := s.Storage().NewPAR(sim.PAR{Access: sim.AnyObjectRead})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.EndPAR(t.Context(), control.End{URL: url}); err != nil {
		t.Error(err)
	}
	refused := new(control.RefusedError)
	if err := c.EndPAR(t.Context(), control.End{URL: url}); !errors.As(err, &refused) || strings.Contains(err.Error(), url) {
		t.Errorf("expired already: %v", err)
	}
}

func TestTheFileIsItsOwnersOnly(t *testing.T) {
	dir, _ := serve(t)
	info, err := os.Stat(filepath.Join(dir, "control"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

func TestStrangersAndNonsenseAreRefused(t *testing.T) {
	dir, s := serve(t)
	text, err := os.ReadFile(filepath.Join(dir, "control"))
	if err != nil {
		t.Fatal(err)
	}
	var endpoint struct{ Address, Token string }
	if err := json.Unmarshal(text, &endpoint); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		token, method, path, body string
		want                      int
	}{
		"no token":           {"", "GET", "/faults", "", 401},
		"another's token":    {"guess", "DELETE", "/faults", "", 401},
		"another path":       {endpoint.Token, "GET", "/", "", 404},
		"no JSON":            {endpoint.Token, "POST", "/faults/calls", "nonsense", 400},
		"an unknown field":   {endpoint.Token, "POST", "/faults/calls", `{"place":"phoenix"}`, 400},
		"an unknown region":  {endpoint.Token, "POST", "/faults/calls", `{"region":"mars","what":{"code":1}}`, 400},
		"a fault that isn't": {endpoint.Token, "POST", "/faults/storage", `{"what":{}}`, 400},
		"a huge body":        {endpoint.Token, "POST", "/pars/end", `{"url":"` + strings.Repeat("x", 1<<20) + `"}`, 400},
	} {
		if got := status(t.Context(), t, endpoint.Address+tc.path, tc.method, tc.token, tc.body); got != tc.want {
			t.Errorf("%s: %d, want %d", name, got, tc.want)
		}
	}
	if len(s.Faults()) != 0 {
		t.Errorf("set: %v", s.Faults())
	}
}

func status(ctx context.Context, t *testing.T, url, method, token, body string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, "http://"+url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode
}

func TestAFolderWithoutASimulationIsSaid(t *testing.T) {
	if _, err := control.Dial(t.TempDir()); !errors.Is(err, control.ErrNotRunning) {
		t.Errorf("no file: %v", err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "control")
	if err := os.WriteFile(path, []byte(`{"address":"127.0.0.1:1","token":"x"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := control.Dial(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Faults(t.Context()); !errors.Is(err, control.ErrNotRunning) {
		t.Errorf("nobody listens: %v", err)
	}
	if err := os.WriteFile(path, []byte("torn"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := control.Dial(dir); err == nil {
		t.Error("a torn file is taken")
	}
}
