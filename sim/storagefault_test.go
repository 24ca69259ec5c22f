package sim_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/adbferry/adbferry/sim"
)

// A depot is a bench with a PAR and one object to load: x/1.csv with two rows.
type depot struct {
	*bench
	par string
}

func newDepot(t *testing.T, config sim.Config) *depot {
	t.Helper()
	b := newBench(t, config)
	par, err := b.sim.Storage().NewPAR(sim.PAR{Access: sim.AnyObjectReadWrite, List: true})
	b.must(err)
	b.must(b.sim.Storage().Write("x/1.csv", []byte("1\n2\n")))
	return &depot{b, par}
}

func (d *depot) fail(match string, what sim.StorageFault) *sim.PendingStorageFault {
	d.t.Helper()
	p, err := d.sim.Storage().Fail(sim.Trigger{Match: match}, what)
	d.must(err)
	return p
}

func (d *depot) load(uri string) error {
	_, err := d.db.ExecContext(d.t.Context(), `BEGIN DBMS_CLOUD.COPY_DATA(table_name => 'T', file_uri_list => :1,
		format => json_object('type' VALUE 'csv')); END;`, d.par+uri)
	return err
}

func (d *depot) export(query, uri string) error {
	_, err := d.db.ExecContext(d.t.Context(), `BEGIN DBMS_CLOUD.EXPORT_DATA(file_uri_list => :1,
		query => :2, format => json_object('type' VALUE 'csv')); END;`, d.par+uri, query)
	return err
}

func TestStorageAnswersWithAFailure(t *testing.T) {
	d := newDepot(t, sim.Config{})
	for _, status := range []int{401, 403, 404, 409, 429, 500, 503} {
		d.fail("GET .*/o/x/1.csv", sim.StorageFault{Status: status})
		want := fmt.Sprintf("ORA-%d", 20000+status)
		if err := d.load("x/1.csv"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("load: %v, want %s", err, want)
		}
		d.fail("^PUT .*/o/y", sim.StorageFault{Status: status})
		if err := d.export("SELECT 1 AS n FROM dual", "y/1"); oraCode(err) != 20000+status {
			t.Errorf("export: %v, want %s", err, want)
		}
	}
	d.must(d.load("x/1.csv"))
	if d.rows() != 2 {
		t.Errorf("%d rows", d.rows())
	}
}

func TestAListingCanFailByItself(t *testing.T) {
	d := newDepot(t, sim.Config{})
	p := d.fail(`\?.*prefix=x`, sim.StorageFault{Status: 503})
	d.must(d.load("x/1.csv"))
	if err := d.load("x/*.csv"); err == nil || !strings.Contains(err.Error(), "ORA-20503") || p.Struck() != 1 {
		t.Errorf("%v, struck %d times", err, p.Struck())
	}
}

func TestStorageIsSlow(t *testing.T) {
	d := newDepot(t, sim.Config{})
	d.fail("x/1.csv", sim.StorageFault{Slow: 150 * time.Millisecond})
	start := time.Now()
	d.must(d.load("x/1.csv"))
	if took := time.Since(start); took < 150*time.Millisecond || d.rows() != 2 {
		t.Errorf("took %v, %d rows", took, d.rows())
	}
}

func TestATruncatedObjectLoadsNothing(t *testing.T) {
	d := newDepot(t, sim.Config{})
	for _, n := range []int64{0, 1, 2, 3} {
		d.fail("^GET .*x/1.csv", sim.StorageFault{Cut: true, Truncate: n})
		if err := d.load("x/1.csv"); err == nil || !strings.Contains(err.Error(), "ORA-29273") {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	if d.rows() != 0 {
		t.Errorf("%d rows", d.rows())
	}
}

func TestAWriteCanHappenWithoutAnAnswer(t *testing.T) {
	d := newDepot(t, sim.Config{})
	d.fail("^PUT", sim.StorageFault{Cut: true})
	if err := d.export("SELECT 1 AS n FROM dual", "y/1"); oraCode(err) != 29273 {
		t.Errorf("export: %v", err)
	}
	if n := len(d.sim.Storage().Objects("y/")); n != 1 {
		t.Errorf("%d objects", n)
	}
}

func TestADuplicatedRequestHappensTwice(t *testing.T) {
	d := newDepot(t, sim.Config{})
	d.fail("^PUT", sim.StorageFault{Duplicate: true})
	d.must(d.export("SELECT 1 AS n FROM dual", "y/1"))
	objects := d.sim.Storage().Objects("y/")
	if len(objects) != 1 {
		t.Fatalf("%d objects", len(objects))
	}
	if data, _ := d.sim.Storage().Read(objects[0].Name); string(data) != "1\n" {
		t.Errorf("holds %q", data)
	}
	d.fail("^PUT", sim.StorageFault{Duplicate: true})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, d.par+"once", strings.NewReader("a"))
	d.must(err)
	req.Header.Set("If-None-Match", "*")
	resp, err := d.sim.Storage().Client().Do(req)
	d.must(err)
	d.must(resp.Body.Close())
	if resp.StatusCode != http.StatusPreconditionFailed {
		t.Errorf("the second of two conditional writes: %s", resp.Status)
	}
}

func TestAPARExpiresDuringALoad(t *testing.T) {
	d := newDepot(t, sim.Config{})
	if !d.sim.Storage().Expire(d.par) || d.sim.Storage().Expire(d.par) {
		t.Error("a PAR expires once")
	}
	if err := d.load("x/1.csv"); err == nil || !strings.Contains(err.Error(), "ORA-20404") {
		t.Errorf("got %v", err)
	}
}

func TestStorageFaultsThatMakeNoSenseAreRefused(t *testing.T) {
	s := sim.StartT(t, sim.Config{}).Storage()
	for name, f := range map[string]sim.StorageFault{
		"nothing":                {},
		"two at once":            {Status: 503, Duplicate: true},
		"a status that is none":  {Status: 200},
		"a length without a cut": {Truncate: 5, Slow: 1},
		"a negative time":        {Slow: -1},
		"a negative length":      {Cut: true, Truncate: -1},
	} {
		if _, err := s.Fail(sim.Trigger{}, f); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if _, err := s.Fail(sim.Trigger{Match: "("}, sim.StorageFault{Status: 500}); err == nil {
		t.Error("a broken pattern is taken")
	}
}
