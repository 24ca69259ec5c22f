package engine

import (
	"slices"

	"github.com/adbferry/adbferry/sim/internal/state"
)

// codePartitioning carries the partitions as they are by now: those that an
// INSERT makes are not rolled back either.
func codePartitioning(c *state.Coder, p *partitioning) {
	c.Text(&p.kind)
	state.List(c, &p.slots, state.Int[int])
	state.Optional(c, &p.interval, func(c *state.Coder, s *stride) {
		c.Text(&s.text)
		state.Int(c, &s.number)
		state.Int(c, &s.months)
		state.Int(c, &s.length)
		if c.Loading() && s.number <= 0 && s.months <= 0 && s.length <= 0 {
			c.Damaged("the interval %s is not positive", s.text)
		}
	})
	c.Bool(&p.movement)
	parts := p.all()
	state.Pointers(c, &parts, func(c *state.Coder, x *partition) {
		c.Text(&x.name)
		state.List(c, &x.bounds, func(c *state.Coder, b *partitionBound) {
			c.Value(&b.value)
			c.Text(&b.word)
		})
		c.Bool(&x.made)
		c.Value(&x.low)
	})
	if c.Loading() {
		p.parts = parts
	}
}

// sound makes sure that keys can be looked up in partitions that were read.
func (p *partitioning) sound(slots int) bool {
	bounds := map[string]int{"RANGE": len(p.slots), "LIST": 1, "HASH": 0}
	least, known := bounds[p.kind]
	return known && len(p.slots) > 0 && len(p.parts) > 0 &&
		!slices.ContainsFunc(p.slots, func(slot int) bool { return slot < 0 || slot >= slots }) &&
		!slices.ContainsFunc(p.parts, func(x *partition) bool { return len(x.bounds) < least || p.kind == "RANGE" && len(x.bounds) > least })
}
