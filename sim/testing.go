package sim

import "context"

// TB is the part of testing.TB that StartT needs.
type TB interface {
	Helper()
	Cleanup(func())
	Context() context.Context
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// StartT starts a simulation for a test and closes it when the test ends.
func StartT(t TB, config Config) *Simulation {
	t.Helper()
	s, err := Start(t.Context(), config)
	if err != nil {
		t.Fatalf("start simulation: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close simulation: %v", err)
		}
	})
	return s
}
