//go:build !race

package sim_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/adbferry/adbferry/sim"
	"github.com/adbferry/adbferry/sim/internal/physics"
)

// cancelled runs a statement and cancels it after a moment.
func (b *bench) cancelled(statement string) error {
	ctx, cancel := context.WithTimeoutCause(b.t.Context(), 100*time.Millisecond, errors.New("the test cancels its statement"))
	defer cancel()
	_, err := b.db.ExecContext(ctx, statement)
	return err
}

func TestCancelEndsEveryWait(t *testing.T) {
	for name, tc := range map[string]struct {
		config sim.Config
		fault  sim.CallFault
	}{
		"of a call that hangs":        {fault: sim.CallFault{Hang: time.Hour}},
		"of a transfer that hangs":    {fault: sim.CallFault{Transfers: true, Hang: time.Hour}},
		"of an import's throughput":   {config: slow(physics.Service{Import: 1})},
		"before a call fails at last": {fault: sim.CallFault{Hang: time.Hour, Code: 1653}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDepot(t, tc.config)
			if tc.fault != (sim.CallFault{}) {
				_, err := d.Fail(sim.Trigger{Match: "COPY_DATA|/o/x"}, tc.fault)
				d.must(err)
			}
			start := time.Now()
			err := d.cancelled(`BEGIN DBMS_CLOUD.COPY_DATA(table_name => 'T', file_uri_list => '` + d.par + `x/1.csv',
				format => json_object('type' VALUE 'csv')); END;`)
			if err == nil || time.Since(start) > time.Minute {
				t.Errorf("after %v: %v", time.Since(start), err)
			}
			if d.rows() != 0 {
				t.Errorf("%d rows", d.rows())
			}
		})
	}
}
