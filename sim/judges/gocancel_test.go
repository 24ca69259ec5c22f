package judges_test

import (
	"context"
	"errors"
	"time"
)

// cancel cancels a call once watch finds a row. What comes after the first
// rows the driver cannot cancel, so a step without watch runs into a deadline
// while it waits for them.
func (j *goJudge) cancel(ctx context.Context, s *goSession, step step) error {
	if step.Watch == "" {
		limited, stop := context.WithTimeoutCause(ctx, time.Second, errors.New("the scenario does not wait for rows that never come"))
		defer stop()
		return s.query(limited, step)
	}
	limited, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	watched := make(chan error, 1)
	go func() {
		watched <- j.watch(ctx, step.Watch)
		stop(errors.New("the scenario cancels its call"))
	}()
	_, err := s.tx.ExecContext(limited, step.SQL)
	if failed := <-watched; failed != nil {
		return failed
	}
	return err
}

// watch asks through a session of its own until there is a row.
func (j *goJudge) watch(ctx context.Context, query string) error {
	const watcher = -1
	other, err := j.session(ctx, step{Session: watcher})
	if err != nil {
		return err
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		var found int
		switch err := other.tx.QueryRowContext(ctx, query).Scan(&found); {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		}
		<-tick.C
	}
}
