package session

import (
	"context"

	"github.com/adbferry/adbferry/sim/internal/ttc"
)

// bare serves a call without arguments that is answered with a status.
func (c *connection) bare(ctx context.Context, f ttc.Function, act func(context.Context) error) error {
	if err := c.r.Finish(); err != nil {
		return err
	}
	if err := c.admit(ctx, f, ""); err != nil {
		return err
	}
	if err := act(ctx); err != nil {
		return visible(err)
	}
	ttc.Status{InTransaction: c.session.InTransaction()}.Encode(&c.w)
	return nil
}

// commit makes the open transaction durable; without one it does nothing.
func (c *connection) commit(ctx context.Context) error {
	return c.bare(ctx, ttc.FuncCommit, c.session.Commit)
}

// rollback undoes the open transaction; without one it does nothing.
func (c *connection) rollback(ctx context.Context) error {
	return c.bare(ctx, ttc.FuncRollback, c.session.Rollback)
}

// ping is a round trip, often sent for the piggybacks in front of it.
func (c *connection) ping(ctx context.Context) error {
	return c.bare(ctx, ttc.FuncPing, func(context.Context) error { return nil })
}

// logoff ends the session; the client then closes the connection.
func (c *connection) logoff(ctx context.Context) error {
	return c.bare(ctx, ttc.FuncLogoff, func(ctx context.Context) error {
		c.cursors.closeAll()
		return c.session.Rollback(ctx)
	})
}

// version is asked by one driver right after the logon.
func (c *connection) version(ctx context.Context) error {
	if err := (ttc.VersionRequest{}).Decode(c.r); err != nil {
		return err
	}
	if err := c.admit(ctx, ttc.FuncVersion, ""); err != nil {
		return err
	}
	ttc.VersionReply{}.Encode(&c.w)
	ttc.Status{InTransaction: c.session.InTransaction()}.Encode(&c.w)
	return nil
}
