package dbmscloud_test

import (
	"cmp"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/adbferry/adbferry/sim/internal/dbmscloud"
)

// putRecorder notes the objects that are put, and how many at a time.
type putRecorder struct {
	next   http.RoundTripper
	refuse int // the put, counted from 1, that is answered with 503

	mu      sync.Mutex
	names   []string
	running int
	most    int
}

func (p *putRecorder) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodPut {
		return p.next.RoundTrip(r)
	}
	p.mu.Lock()
	p.names = append(p.names, path.Base(r.URL.Path))
	p.running++
	p.most = max(p.most, p.running)
	refused := len(p.names) == p.refuse
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.running--
	}()
	if refused {
		_ = r.Body.Close()
		return &http.Response{StatusCode: http.StatusServiceUnavailable, Body: http.NoBody, Request: r}, nil
	}
	return p.next.RoundTrip(r)
}

// recorded is a world of three work units with a table T of 2,000 rows, whose
// puts are recorded.
func recorded(t *testing.T) (*world, *putRecorder) {
	t.Helper()
	w := newWorld(t, dbmscloud.Knobs{MinFileSize: 2000, WorkUnits: 3, RowsPerTurn: 10, ParquetFileSize: 2000})
	w.exec(explicit...) // or parquet refuses
	w.exec("CREATE TABLE t (id NUMBER, name VARCHAR2(50))",
		"INSERT INTO t SELECT LEVEL, 'customer number ' || LEVEL FROM dual CONNECT BY LEVEL <= 2000", "COMMIT")
	p := &putRecorder{next: w.http.Transport}
	w.http.Transport = p
	return w, p
}

var uploadFormats = []string{`{"type":"csv","maxfilesize":2000}`, `{"type":"csv","maxfilesize":2000,"compression":"gzip"}`, `{"type":"parquet"}`}

func TestObjectsArePutOneAfterTheOther(t *testing.T) {
	for _, format := range uploadFormats {
		w, p := recorded(t)
		w.mustExport(w.full()+"x", "SELECT * FROM t", format)
		if len(p.names) < 10 || p.most != 1 {
			t.Errorf("%s: %d objects were put, %d at a time", format, len(p.names), p.most)
		}
		stamp := func(a, b string) int {
			return cmp.Compare(a[strings.LastIndexByte(a, '_'):], b[strings.LastIndexByte(b, '_'):])
		}
		if !slices.IsSortedFunc(p.names, stamp) {
			t.Errorf("%s: not in the order of their names: %q", format, p.names)
		}
		w.exec("CREATE TABLE back (id NUMBER, name VARCHAR2(50))")
		w.mustLoad("back", w.full()+"x*", loadFormat(format))
		if got := w.one("SELECT COUNT(*), COUNT(DISTINCT id), COUNT(DISTINCT name) FROM back"); got != "2000|2000|2000" {
			t.Errorf("%s: rows %s", format, got)
		}
	}
}

// loadFormat is the format that reads what an export of one wrote.
func loadFormat(format string) string {
	if strings.Contains(format, "gzip") {
		return `{"type":"csv","compression":"gzip"}`
	}
	return strings.ReplaceAll(format, `,"maxfilesize":2000`, "")
}

// Nothing is put after an object that could not be, whichever work unit it
// belongs to: an export that dies leaves what it leaves when it waits for each.
func TestNothingIsPutAfterAFailure(t *testing.T) {
	for _, format := range uploadFormats {
		for _, nth := range []int{1, 2, 5} {
			w, p := recorded(t)
			p.refuse = nth
			err := w.export(t.Context(), w.full()+"x", "SELECT * FROM t", format)
			wantStack(t, err, 20503, "HTTP 503")
			if len(p.names) != nth || len(w.objects()) != nth-1 {
				t.Errorf("%s: %d objects were tried and %d are there, the %d-th failed", format, len(p.names), len(w.objects()), nth)
			}
		}
	}
}

// What fails first is the error, though a later row has failed meanwhile: the
// first object is full at row 230, the second at row 240.
func TestAFailedObjectComesBeforeAFailedRow(t *testing.T) {
	for refuse, code := range map[int]int{0: 1476, 1: 20503} {
		w, p := recorded(t)
		p.refuse = refuse
		err := w.export(t.Context(), w.full()+"x", "SELECT id, name, CASE id WHEN 235 THEN 1 / (id - 235) ELSE 1 END FROM t", uploadFormats[0])
		wantStack(t, err, code)
		if len(p.names) != 1 || len(w.objects()) != 1-refuse {
			t.Errorf("%d objects were tried, %d are there", len(p.names), len(w.objects()))
		}
	}
}
