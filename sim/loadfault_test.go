package sim_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/sim"
)

// TestALoadWhoseClientIsGoneHappensOnce loses a client around COPY_DATA in the
// two ways it cannot tell apart: the rows are there, once, and the log says so.
func TestALoadWhoseClientIsGoneHappensOnce(t *testing.T) {
	for name, f := range map[string]sim.CallFault{
		"while it runs":         {Orphan: true},
		"when it has committed": {Drop: sim.DropAfterCommit},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDepot(t, sim.Config{})
			d.bench.fail(sim.Trigger{Match: "COPY_DATA"}, f)
			if err := d.load("x/1.csv"); !isLost(err) {
				t.Errorf("got %v, want a lost connection", err)
			}
			d.idle()
			rows, err := d.Rows(t.Context(), "SELECT type, status, rows_loaded FROM dba_load_operations")
			d.must(err)
			if diff := cmp.Diff([][]string{{"COPY", "COMPLETED", "2"}}, rows); diff != "" || d.rows() != 2 {
				t.Errorf("%d rows, operations (-want +got):\n%s", d.rows(), diff)
			}
		})
	}
}

// TestALoadThatNeverBeganLeavesNothing is the third way: nothing happened.
func TestALoadThatNeverBeganLeavesNothing(t *testing.T) {
	d := newDepot(t, sim.Config{})
	d.bench.fail(sim.Trigger{Match: "COPY_DATA"}, sim.CallFault{Drop: sim.DropBefore})
	if err := d.load("x/1.csv"); !isLost(err) {
		t.Errorf("got %v, want a lost connection", err)
	}
	d.idle()
	rows, err := d.Rows(t.Context(), "SELECT id FROM dba_load_operations")
	d.must(err)
	if len(rows) != 0 || d.rows() != 0 {
		t.Errorf("%d rows, operations %v", d.rows(), rows)
	}
}
