package dbmscloud

import (
	"slices"
	"time"

	"github.com/adbferry/adbferry/sim/internal/state"
)

// saved is an installed package as the part of a state that it is: the load
// operations, the credentials with their tokens, and the newest object name.
// Log and bad tables are tables of the database and saved there.
type saved struct {
	*cloud

	database string // its name
}

// Section implements state.Part.
func (p saved) Section() string { return "DBMS_CLOUD of " + p.database }

// Hold implements state.Part.
func (p saved) Hold() (release func()) {
	p.operations.mu.RLock()
	p.credentials.mu.RLock()
	p.mu.Lock()
	return func() {
		p.mu.Unlock()
		p.credentials.mu.RUnlock()
		p.operations.mu.RUnlock()
	}
}

// A picture is a package at one instant.
type picture struct {
	last        int64
	operations  []operation
	credentials []credential
	stamp       time.Time
}

// Capture implements state.Part.
func (p saved) Capture() state.Picture {
	x := picture{last: p.operations.last, credentials: slices.Clone(p.credentials.all), stamp: p.stamp}
	for _, op := range p.operations.all {
		x.operations = append(x.operations, *op)
	}
	return &x
}

// Save implements state.Picture.
func (x *picture) Save(c *state.Coder) { x.code(c) }

// Close implements state.Picture.
func (x *picture) Close() {}

// Load implements state.Part. What was running when the state was saved ended
// with its process, and so has failed.
func (p saved) Load(c *state.Coder) error {
	var x picture
	x.code(c)
	if c.Err() != nil {
		return c.Err()
	}
	p.operations.last, p.operations.all = x.last, nil
	for _, op := range x.operations {
		if op.status == running {
			op.status = failed
		}
		p.operations.all = append(p.operations.all, &op)
	}
	p.credentials.all, p.stamp = x.credentials, x.stamp
	return nil
}

func (x *picture) code(c *state.Coder) {
	state.Int(c, &x.last)
	state.List(c, &x.operations, codeOperation)
	state.List(c, &x.credentials, func(c *state.Coder, k *credential) {
		c.Text(&k.owner)
		c.Text(&k.name)
		c.Text(&k.username)
		c.Text(&k.password)
	})
	c.Time(&x.stamp)
}

func codeOperation(c *state.Coder, op *operation) {
	state.Int(c, &op.id)
	c.Text(&op.kind)
	c.Text(&op.user)
	state.Int(c, &op.sid)
	state.Int(c, &op.serial)
	c.Time(&op.started)
	c.Time(&op.updated)
	c.Text(&op.status)
	c.Text(&op.schema)
	c.Text(&op.table)
	c.Text(&op.uris)
	c.Value(&op.loaded)
	c.Text(&op.logPrefix)
	c.Bool(&op.noBad)
	c.Text(&op.logTable)
	c.Text(&op.badTable)
}
