package fleet

import (
	"context"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/adbferry/adbferry/pkg/apierr"
)

// A Patience is how long, and how often, something is tried again. Pauses grow
// and are jittered, so that many callers of one agent do not return together.
type Patience struct {
	First   time.Duration // pause before the second try
	Longest time.Duration // pause between two tries
	Total   time.Duration // from the first failure to the last try; below First: one try
	Steady  bool          // pauses have no jitter, so that what happens can be repeated
}

var (
	// DefaultPatience outlasts the restart of an agent.
	DefaultPatience = Patience{First: 500 * time.Millisecond, Longest: 10 * time.Second, Total: 2 * time.Minute}

	// Impatience is for calls that somebody waits for: it hides a lost packet,
	// not an agent that is down.
	Impatience = Patience{First: 100 * time.Millisecond, Longest: 500 * time.Millisecond, Total: time.Second}
)

// An Outage is a run of failures that nothing good has interrupted.
type Outage struct {
	pauses   *backoff.ExponentialBackOff
	patience Patience
	since    time.Time // of the first failure
}

// Outage starts one, with no failure yet.
func (p Patience) Outage() *Outage {
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval, pauses.MaxInterval = p.First, p.Longest
	if p.Steady {
		pauses.RandomizationFactor = 0
	}
	pauses.Reset()
	return &Outage{pauses: pauses, patience: p}
}

// Over forgets the failures so far.
func (o *Outage) Over() {
	o.since = time.Time{}
	o.pauses.Reset()
}

// Wait pauses before the next try, at least as long as the failure asks for. It
// returns err itself when patience is at its end, and the context's cause when
// that ends first.
func (o *Outage) Wait(ctx context.Context, err error) error {
	if o.since.IsZero() {
		o.since = time.Now()
	}
	pause := max(o.pauses.NextBackOff(), apierr.FailureOf(err).GetRetryDelay().AsDuration())
	if time.Since(o.since)+pause > o.patience.Total {
		return err
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
