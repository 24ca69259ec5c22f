//go:build !race

package sim_test

import (
	"testing"
	"time"

	"github.com/adbferry/adbferry/sim"
)

func TestCancelEndsAScanOfAnExternalTable(t *testing.T) {
	d := newOutside(t, 3)
	d.outside("e", "e/*.csv")
	_, err := d.Fail(sim.Trigger{Match: "^GET .*/o/e/1.csv"}, sim.CallFault{Transfers: true, Hang: time.Hour})
	d.must(err)
	start := time.Now()
	if err := d.cancelled("INSERT INTO t SELECT n FROM e"); err == nil || time.Since(start) > time.Minute {
		t.Errorf("after %v: %v", time.Since(start), err)
	}
	if d.rows() != 0 {
		t.Errorf("%d rows", d.rows())
	}
}
