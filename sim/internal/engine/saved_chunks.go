package engine

import "github.com/adbferry/adbferry/sim/internal/state"

// savedChunks is the tasks of DBMS_PARALLEL_EXECUTE in their section.
type savedChunks struct {
	tasks         []chunkTask
	lastID, names int64
}

func (s *savedChunks) code(c *state.Coder) {
	state.Int(c, &s.lastID)
	state.Int(c, &s.names)
	state.List(c, &s.tasks, func(c *state.Coder, t *chunkTask) {
		codeName(c, &t.objectName)
		c.Text(&t.comment)
		c.Text(&t.kind)
		c.Text(&t.status)
		codeName(c, &t.table)
		c.Text(&t.column)
		c.Text(&t.query)
		state.List(c, &t.chunks, codeChunk)
	})
}

func codeChunk(c *state.Coder, x *chunk) {
	state.Int(c, &x.id)
	state.Int(c, &x.status)
	c.Value(&x.start)
	c.Value(&x.end)
	c.Time(&x.from)
	c.Time(&x.till)
	c.Value(&x.code)
	c.Text(&x.message)
	if c.Loading() && (x.status < 0 || x.status >= len(chunkStatus)) {
		c.Damaged("a chunk has the unknown status %d", x.status)
	}
}

func (s *savedChunks) restore(to *chunking) {
	to.lastID, to.names = s.lastID, s.names
	for i := range s.tasks {
		t := &s.tasks[i]
		for n := range t.chunks {
			t.chunks[n].task = t
		}
		to.tasks[t.objectName] = t
	}
}
