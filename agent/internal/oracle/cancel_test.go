//go:build !race

package oracle_test

// The driver's own cancel path has unsynchronised accesses (wire notes,
// section 19), which the race detector would report as ours.

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

func TestCancelledCallsEnd(t *testing.T) {
	for name, deaf := range map[string]bool{"the database stops": false, "the database does not answer": true} {
		t.Run(name, func(t *testing.T) {
			r := sim.StartT(t, sim.Config{}).Region(sim.SanJose)
			s := session(t, open(t, r, ""))
			ctx, cancel := context.WithCancelCause(t.Context())
			release := make(chan struct{})
			t.Cleanup(sync.OnceFunc(func() { close(release) }))
			r.Intercept(func(call context.Context, c sim.Call) sim.Decision {
				if !strings.Contains(c.SQL, "test.any") {
					return sim.Decision{}
				}
				cancel(errors.New("enough"))
				if deaf {
					<-release
				} else {
					<-call.Done()
				}
				return sim.Decision{Done: true, Code: 1013, Text: "user requested cancel of current operation"}
			})
			before := time.Now()
			_, err := s.Exec(ctx, kind, "CREATE TABLE T (x NUMBER)")
			if apierr.ReasonOf(err) != pb.Reason_REASON_CANCELLED || time.Since(before) > 5*time.Second || !s.Broken() {
				t.Errorf("after %s: %v", time.Since(before), err)
			}
		})
	}
}
