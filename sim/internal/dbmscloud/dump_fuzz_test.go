package dbmscloud

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/nls"
)

// FuzzDump checks that what a dump decoder lets through can be shown, and that
// it reads back what is written of it.
func FuzzDump(f *testing.F) {
	columns := []datum.Column{{Name: "A"}, {Name: "B"}}
	seed, err := appendDumpHeader(nil, columns)
	if err != nil {
		f.Fatal(err)
	}
	seed = appendDumpRow(seed, datum.Row{datum.FromInt(-12), datum.FromText("text")})
	seed = appendDumpRow(seed, datum.Row{datum.FromClob(""), datum.NULL})
	f.Add(append(seed, 0))
	f.Add([]byte(dumpMark + "[]\n"))
	settings := nls.Defaults(nil)
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := newDumpDecoder(bytes.NewReader(data))
		if err != nil {
			if !errors.Is(err, errDump) {
				t.Errorf("error = %v", err)
			}
			return
		}
		for {
			row, err := d.next()
			if errors.Is(err, io.EOF) || errors.Is(err, errDump) {
				return
			}
			if err != nil {
				t.Fatalf("error = %v", err)
			}
			for _, v := range row {
				_, _ = settings.Text(v) // must not panic
			}
			again, err := appendDumpHeader(nil, d.columns)
			if err != nil {
				t.Fatal(err)
			}
			back, err := newDumpDecoder(bytes.NewReader(appendDumpRow(again, row)))
			if err != nil {
				t.Fatal(err)
			}
			if same, err := back.next(); err != nil || len(same) != len(row) || same[0] != row[0] {
				t.Errorf("row %v reads back as %v, %v", row, same, err)
			}
		}
	})
}

func TestChunkNames(t *testing.T) {
	for n, want := range map[int]string{0: "_aaaaaa", 1: "_aaaaab", 26: "_aaaaba", 26 * 26: "_aaabaa"} {
		if got := chunkSuffix(n); got != want || !isChunk("x.dmp"+got, "x.dmp") {
			t.Errorf("chunk %d is %s", n, got)
		}
	}
	for _, name := range []string{"x.dmp", "x.dmp_aaaa", "x.dmp_AAAAAA", "y.dmp_aaaaaa", "x.dmp-aaaaaa"} {
		if isChunk(name, "x.dmp") {
			t.Errorf("%s is taken for a chunk", name)
		}
	}
}
