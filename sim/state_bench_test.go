package sim_test

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"strconv"
	"testing"

	"github.com/adbferry/adbferry/sim"
)

// BenchmarkState saves and loads a million rows, and says how much memory the
// simulation takes against the size of its state, which is the bare data: live
// is what it cannot do without, resident what the system counts at its peak.
// That of "Hold" is without any saving.
func BenchmarkState(b *testing.B) {
	for name, ddl := range map[string][2]string{
		"Narrow": {"CREATE TABLE wide (id NUMBER, name VARCHAR2(100), at TIMESTAMP, amount NUMBER(12,2))", `INSERT INTO wide
			SELECT LEVEL, 'customer number ' || LEVEL, TIMESTAMP '2026-11-22 08:00:00.123456', LEVEL + 0.25 FROM dual CONNECT BY LEVEL <= ` + volumeRows},
		"Wide": {"CREATE TABLE wide " + wide, wideRows},
	} {
		b.Run(name, func(b *testing.B) { benchState(b, ddl) })
	}
}

func benchState(b *testing.B, statements [2]string) {
	dir := b.TempDir()
	s, err := sim.Start(b.Context(), sim.Config{Dir: dir, SaveAfter: -1})
	if err != nil {
		b.Fatal(err)
	}
	for _, statement := range statements {
		if err := s.Region(sim.SanJose).Exec(b.Context(), statement); err != nil {
			b.Fatal(err)
		}
	}
	size := func() int64 {
		info, err := os.Stat(filepath.Join(dir, "state"))
		if err != nil {
			b.Fatal(err)
		}
		return info.Size()
	}
	if err := s.Snapshot(); err != nil {
		b.Fatal(err)
	}
	b.Run("Hold", func(b *testing.B) {
		resetPeak(b)
		for b.Loop() {
			runtime.GC()
		}
		reportMemory(b, size())
	})
	b.Run("Save", func(b *testing.B) {
		b.SetBytes(size())
		resetPeak(b)
		for b.Loop() {
			if err := s.Storage().Write("changed", nil); err != nil { // or nothing is saved
				b.Fatal(err)
			}
			if err := s.Snapshot(); err != nil {
				b.Fatal(err)
			}
		}
		reportMemory(b, size())
	})
	closeIt(b, s)
	b.Run("Load", func(b *testing.B) {
		b.SetBytes(size())
		s = nil
		resetPeak(b)
		for b.Loop() {
			if s != nil {
				b.StopTimer()
				closeIt(b, s)
				s = nil
				runtime.GC()
				b.StartTimer()
			}
			var err error
			if s, err = sim.Start(b.Context(), sim.Config{Dir: dir, SaveAfter: -1}); err != nil {
				b.Fatal(err)
			}
		}
		reportMemory(b, size())
		closeIt(b, s)
	})
}

// resetPeak gives free memory back and lets the system forget the peak so far.
func resetPeak(b *testing.B) {
	b.Helper()
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // where there is none, the peak is not reported either
}

var peakLine = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// reportMemory reports memory as a multiple of the data.
func reportMemory(b *testing.B, data int64) {
	b.Helper()
	if status, err := os.ReadFile("/proc/self/status"); err == nil {
		if m := peakLine.FindSubmatch(status); m != nil {
			kilobytes, err := strconv.ParseFloat(string(m[1]), 64)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(kilobytes*1024/float64(data), "resident/data")
		}
	}
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapAlloc)/float64(data), "live/data")
	b.ReportMetric(float64(data)/1e6, "data-MB")
}
