package docs

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/adbferry/adbferry/sim"
)

// credential lets the source's agent delete objects.
func credential(t *testing.T, s *sim.Simulation, dir string) {
	t.Helper()
	s.Storage().AddAccount("mover@example.com", "a token")
	create := "BEGIN DBMS_CLOUD.CREATE_CREDENTIAL(credential_name => 'STORE', username => 'mover@example.com', password => 'a token'); END;"
	if err := s.Region(sim.SanJose).Exec(t.Context(), create); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, sim.SanJose, "agent.yaml")
	text, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, append(text, "credential: STORE\n"...), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
