package journal

import (
	"bytes"
	"errors"
	"testing"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Whatever a disk returns, scan neither panics nor invents: what it accepts is a
// run of good lines from the start, and reading those alone gives the same.
func FuzzScan(f *testing.F) {
	good := sampleLines(f)
	f.Add(good)
	f.Add(good[:len(good)-5])
	f.Add(append(bytes.Clone(good), "garbage"...))
	f.Add(append(bytes.Clone(good), good...))
	f.Add([]byte("00000000 \n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		count := func(data []byte) (n int64, at position, err error) {
			at, err = scan(bytes.NewReader(data), position{}, func(*pb.Event) error { n++; return nil })
			return n, at, err
		}
		n, at, err := count(data)
		if _, corrupt := errors.AsType[*CorruptError](err); err != nil && !corrupt {
			t.Fatalf("scan: %v", err)
		}
		if n != at.sequence || n != int64(at.line) || at.offset > int64(len(data)) {
			t.Fatalf("%d events, but the position is %+v of %d bytes", n, at, len(data))
		}
		again, end, err := count(data[:at.offset])
		if again != n || end != at || err != nil {
			t.Fatalf("the good part read again gives %d events to %+v, %v; want %d to %+v", again, end, err, n, at)
		}
	})
}

func sampleLines(tb testing.TB) []byte {
	tb.Helper()
	var out []byte
	for i, e := range []*pb.Event{changed(pb.MigrationState_MIGRATION_STATE_RUNNING), chunkChanged(pb.ChunkState_CHUNK_STATE_EXPORTED)} {
		e.Sequence = int64(i + 1)
		line, err := encode(e)
		if err != nil {
			tb.Fatal(err)
		}
		out = append(out, line...)
	}
	return out
}
