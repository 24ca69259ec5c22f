package sim_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/adbferry/adbferry/sim"
)

// A judged is a TB that remembers what it was told.
type judged struct {
	*testing.T
	errors []string
}

func (j *judged) Errorf(format string, args ...any) {
	j.errors = append(j.errors, fmt.Sprintf(format, args...))
}

func TestASimulationIsIdleWhenAllIsClosed(t *testing.T) {
	b := newBench(t, sim.Config{})
	tx, err := b.db.BeginTx(t.Context(), nil)
	b.must(err)
	_, err = tx.ExecContext(t.Context(), insert)
	b.must(err)
	open, err := b.sim.Open(t.Context())
	if err != nil || len(open) != 1 || !strings.Contains(open[0], "sanjose: session") || !strings.Contains(open[0], "ADMIN") {
		t.Errorf("with a transaction open: %q, %v", open, err)
	}
	b.must(tx.Rollback())
	b.must(b.db.Close())
	b.sim.AssertIdle(t)
}

func TestAnOperationThatRunsIsOpen(t *testing.T) {
	d := newDepot(t, sim.Config{})
	d.fail("x/1.csv", sim.StorageFault{Slow: 5 * time.Minute})
	ctx, cancel := context.WithCancelCause(t.Context())
	loaded := make(chan error, 1)
	go func() {
		_, err := d.db.ExecContext(ctx, `BEGIN DBMS_CLOUD.COPY_DATA(table_name => 'T', file_uri_list => :1,
			format => json_object('type' VALUE 'csv')); END;`, d.par+"x/1.csv")
		loaded <- err
	}()
	eventually(t, "the load runs", func() bool {
		open, err := d.sim.Open(t.Context())
		return err == nil && strings.Contains(strings.Join(open, "\n"), "(COPY)")
	})
	d.Cut()
	if err := <-loaded; err == nil {
		t.Error("the load was cut and says nothing")
	}
	cancel(nil)
	_ = d.db.Close() // its connection is gone
	d.sim.AssertIdle(t)
}

// TestWhatStaysOpenIsReported asks in a bubble, whose clock need not be waited
// for.
func TestWhatStaysOpenIsReported(t *testing.T) {
	b := newBench(t, sim.Config{})
	j := &judged{T: t}
	synctest.Test(t, func(*testing.T) { b.sim.AssertIdle(j) })
	if len(j.errors) != 1 || !strings.Contains(j.errors[0], "left open:\nsanjose: session") {
		t.Errorf("reported %q", j.errors)
	}
}
