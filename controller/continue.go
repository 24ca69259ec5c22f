package controller

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"
)

// goOn takes up what ran when the process before this one died, with the PAR of
// the configuration. Without one the migrations are paused. What goes wrong has
// no caller: it is logged, and the migration says why it does not run.
func (c *Controller) goOn(ctx context.Context) {
	ids, err := c.service.Interrupted()
	if err != nil {
		c.log.Error("interrupted migrations cannot be looked for", "error", err)
	}
	if len(ids) == 0 {
		return
	}
	par, err := c.par()
	if err != nil {
		c.log.Error("the PAR of the configuration cannot be read", "error", err)
	}
	var group errgroup.Group
	for _, id := range ids {
		group.Go(func() error {
			if err := c.goOnWith(ctx, id, par); err != nil && ctx.Err() == nil {
				c.log.Error("interrupted migration cannot go on", "migration_id", id, "error", err)
			}
			return nil
		})
	}
	_ = group.Wait() // every error is logged
}

// goOnWith takes up one migration, or pauses it when there is no PAR.
func (c *Controller) goOnWith(ctx context.Context, id, par string) error {
	if par == "" {
		return c.service.Park(id)
	}
	c.log.Info("interrupted migration goes on", "migration_id", id)
	return c.service.Continue(ctx, id, par)
}

// par reads the configured PAR anew, for it may have been replaced; "" without one.
func (c *Controller) par() (string, error) {
	if c.config.PAR.IsZero() {
		return "", nil
	}
	secret, err := c.config.PAR.Load("")
	if err != nil {
		return "", fmt.Errorf("par: %w", err)
	}
	return secret.Reveal(), nil
}
