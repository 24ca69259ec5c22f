package physics

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// Preset returns a world by name:
//
//	4ecpu     two databases of 4 ECPU without auto scaling: concurrency by the reference's table (section 1.9),
//	          work units as it believes them to be, rates and distances of our own choice
//	observed  the same with the throughput that a real pair showed (section 1.9, F): 19 MiB of csv written in
//	          half a minute and read in ten seconds
//
// Error: no preset has that name; the text lists those that do exist.
func Preset(name string) (World, error) {
	presets := map[string]World{
		"4ecpu":    pair(4, 40e6, 60e6),
		"observed": pair(4, 650e3, 2e6),
	}
	w, ok := presets[name]
	if !ok {
		return w, fmt.Errorf("no preset %q: there are %v", name, slices.Sorted(maps.Keys(presets)))
	}
	return w, nil
}

// pair is a database next to the storage and one far from it.
func pair(ecpus int, export, load Rate) World {
	return World{Seed: 1, Regions: map[string]Region{
		"sanjose": {Storage: Link{RoundTrip: time.Millisecond, Bandwidth: 1e9}, Services: levels(ecpus, export, load)},
		"phoenix": {Storage: Link{RoundTrip: 20 * time.Millisecond, Bandwidth: 250e6}, Services: levels(ecpus, export, load)},
	}}
}

// levels is the table of reference, section 1.9, auto scaling off. Rates are
// those of a whole export or import on high.
func levels(ecpus int, export, load Rate) map[string]Service {
	plain := Service{Latency: 2 * time.Millisecond, Jitter: 0.2, WorkUnits: 1, Concurrent: 75 * ecpus}
	high, medium := plain, plain
	high.Concurrent, high.WorkUnits = 3, ecpus
	medium.Concurrent, medium.WorkUnits = int(0.25125*float64(ecpus)), 4
	m := map[string]Service{"tpurgent": plain, "tp": plain, "high": high, "medium": medium, "low": plain}
	for level, s := range m {
		s.Export, s.Import = export/Rate(ecpus), load/Rate(ecpus)
		m[level] = s
	}
	return m
}
