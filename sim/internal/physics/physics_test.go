package physics_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/pkg/config"
	"github.com/adbferry/adbferry/sim/internal/physics"
)

// world has one region with the given service level.
func world(r physics.Region) physics.World {
	return physics.World{Seed: 7, Regions: map[string]physics.Region{"phoenix": r}}
}

func service(s physics.Service) physics.Region {
	return physics.Region{Services: map[string]physics.Service{"high": s}}
}

// took measures in the bubble's clock.
func took(t *testing.T, do func() error) time.Duration {
	t.Helper()
	start := time.Now()
	if err := do(); err != nil {
		t.Error(err)
	}
	return time.Since(start)
}

func TestNothingTakesTimeWithoutPhysics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := physics.World{}.NewModel("phoenix")
		d := took(t, func() error {
			release, err := m.Statement(t.Context(), "high")
			if err == nil {
				release()
			}
			return errors.Join(err, m.Request(t.Context()), m.Export(t.Context(), "high", 1<<40), m.Import(t.Context(), "low", 1<<40))
		})
		if d != 0 || m.WorkUnits("high") != 0 {
			t.Errorf("took %v with %d work units", d, m.WorkUnits("high"))
		}
	})
}

func TestStatementsAboveTheLimitQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := world(service(physics.Service{Concurrent: 2, Latency: time.Second})).NewModel("phoenix")
		start := time.Now()
		ended := make(chan time.Duration, 5)
		for range 5 {
			go func() {
				release, err := m.Statement(t.Context(), "high")
				if err != nil {
					t.Error(err)
				}
				release()
				release() // harmless: the slot is given back once
				ended <- time.Since(start)
			}()
		}
		var got []time.Duration
		for range 5 {
			got = append(got, <-ended)
		}
		want := []time.Duration{time.Second, time.Second, 2 * time.Second, 2 * time.Second, 3 * time.Second}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestWaitingEndsWithTheCall(t *testing.T) {
	errGone := errors.New("the client is gone")
	for name, wait := range map[string]func(context.Context, *physics.Model) error{
		"in the queue": func(ctx context.Context, m *physics.Model) error { _, err := m.Statement(ctx, "busy"); return err },
		"of latency":   func(ctx context.Context, m *physics.Model) error { _, err := m.Statement(ctx, "slow"); return err },
		"of an export": func(ctx context.Context, m *physics.Model) error { return m.Export(ctx, "slow", 1<<30) },
		"of a request": func(ctx context.Context, m *physics.Model) error { return m.Request(ctx) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := world(physics.Region{
					Storage: physics.Link{RoundTrip: time.Hour},
					Services: map[string]physics.Service{
						"busy": {Concurrent: 1},
						"slow": {Concurrent: 1, Latency: time.Hour, Export: 1},
					},
				}).NewModel("phoenix")
				if _, err := m.Statement(t.Context(), "busy"); err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errGone)
				defer cancel()
				start := time.Now()
				if err := wait(ctx, m); !errors.Is(err, errGone) || time.Since(start) != time.Second {
					t.Errorf("after %v: %v", time.Since(start), err)
				}
				short, err := m.Statement(t.Context(), "slow") // a cancelled statement has left its slot
				if err != nil {
					t.Fatal(err)
				}
				short()
			})
		})
	}
}

func TestWorkUnitsMultiplyThroughput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := world(service(physics.Service{WorkUnits: 4, Export: 1e6, Import: 2e6})).NewModel("phoenix")
		if d := took(t, func() error { return m.Export(t.Context(), "high", 8e6) }); d != 2*time.Second {
			t.Errorf("export of 8 MB took %v", d)
		}
		if d := took(t, func() error { return m.Import(t.Context(), "high", 8e6) }); d != time.Second {
			t.Errorf("import of 8 MB took %v", d)
		}
		if m.WorkUnits("high") != 4 {
			t.Errorf("%d work units", m.WorkUnits("high"))
		}
	})
}

func TestTransfersShareTheNetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := world(physics.Region{Storage: physics.Link{Bandwidth: 1e6}}).NewModel("phoenix")
		ended := make(chan time.Duration, 2)
		start := time.Now()
		for range 2 {
			go func() {
				if err := m.Import(t.Context(), "high", 1e6); err != nil {
					t.Error(err)
				}
				ended <- time.Since(start)
			}()
		}
		first, second := <-ended, <-ended
		if first != time.Second || second != 2*time.Second {
			t.Errorf("1 MB each at 1 MB/s took %v and %v", first, second)
		}
	})
}

func TestOneSeedGivesTheSameTimes(t *testing.T) {
	latencies := func(seed uint64) (all []time.Duration) {
		w := world(service(physics.Service{Latency: time.Second, Jitter: 0.5}))
		w.Seed = seed
		synctest.Test(t, func(t *testing.T) {
			m := w.NewModel("phoenix")
			for range 10 {
				all = append(all, took(t, func() error { _, err := m.Statement(t.Context(), "high"); return err }))
			}
		})
		return all
	}
	one := latencies(1)
	if diff := cmp.Diff(one, latencies(1)); diff != "" {
		t.Errorf("the same seed (-first +second):\n%s", diff)
	}
	if cmp.Equal(one, latencies(2)) {
		t.Error("two seeds agree")
	}
	for _, d := range one {
		if d < 500*time.Millisecond || d > 1500*time.Millisecond {
			t.Errorf("%v is not within half of a second", d)
		}
	}
}

func TestAWorldIsReadFromYAML(t *testing.T) {
	path := filepath.Join(t.TempDir(), "physics.yaml")
	text := `
seed: 3
regions:
  phoenix:
    undo_retention: 2m
    storage: {round_trip: 20ms, bandwidth: 250MB/s}
    services:
      high: {latency: 5ms, jitter: 0.1, concurrent: 3, work_units: 4, export: 40MB, import: 1000}
`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var got physics.World
	if err := config.Load(path, &got); err != nil {
		t.Fatal(err)
	}
	r := service(physics.Service{
		Latency: 5 * time.Millisecond, Jitter: 0.1, Concurrent: 3, WorkUnits: 4, Export: 40e6, Import: 1000,
	})
	r.UndoRetention = 2 * time.Minute
	r.Storage = physics.Link{RoundTrip: 20 * time.Millisecond, Bandwidth: 250e6}
	want := world(r)
	want.Seed = 3
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNonsenseIsRefused(t *testing.T) {
	for want, text := range map[string]string{
		"speed":                "regions: {phoenix: {speed: 1}}",
		"not a rate":           "regions: {phoenix: {storage: {bandwidth: fast}}}",
		"region phoenix":       "regions: {phoenix: {undo_retention: -1s}}",
		"service phoenix/high": "regions: {phoenix: {services: {high: {concurrent: -1}}}}",
		"between 0 and 1":      "regions: {phoenix: {services: {high: {jitter: 2}}}}",
		`"-5" is not a rate`:   "regions: {phoenix: {services: {tp: {export: -5}}}}",
	} {
		path := filepath.Join(t.TempDir(), "physics.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := config.Load(path, new(physics.World)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func TestPresetsFollowTheReference(t *testing.T) {
	for _, name := range []string{"4ecpu", "observed"} {
		w, err := physics.Preset(name)
		if err != nil || w.Validate() != nil {
			t.Fatalf("%s: %v, %v", name, err, w.Validate())
		}
		got := map[string]int{}
		for level, s := range w.Regions["phoenix"].Services {
			got[level] = s.Concurrent
		}
		want := map[string]int{"high": 3, "medium": 1, "low": 300, "tp": 300, "tpurgent": 300}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: concurrent statements (-want +got):\n%s", name, diff)
		}
	}
	if _, err := physics.Preset("warp"); err == nil || !strings.Contains(err.Error(), "4ecpu") {
		t.Errorf("unknown preset: %v", err)
	}
}

func FuzzRate(f *testing.F) {
	for _, seed := range []string{"40MB/s", "1", "1 GiB", "-3", "1e30", "9223372036854775807", "MB"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var r physics.Rate
		if err := r.UnmarshalText([]byte(text)); err == nil && (r < 0 || r.Time(1<<40) < 0) {
			t.Errorf("%q became %d", text, r)
		}
	})
}
