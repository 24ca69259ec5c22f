package engine

import (
	"context"
	"strings"
	"sync"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// The limits of DBMS_OUTPUT in bytes.
const (
	longestLine     = 32767
	defaultBuffer   = 20000
	smallestBuffer  = 2000
	unlimitedBuffer = -1
)

// An outputBuffer holds the lines of one session until they are fetched.
type outputBuffer struct {
	limit int // bytes, or unlimitedBuffer
	used  int
	lines []string
	open  strings.Builder // the line that PUT has begun
	read  bool            // GET_LINE was the last call: what it left is to go
}

// outputs keeps the buffers of the sessions that have enabled theirs, by SID,
// which no two sessions of an instance ever share.
type outputs struct {
	instance *Instance

	mu      sync.Mutex
	buffers map[int]*outputBuffer
}

func (o *outputs) dbmsOutput() Package {
	number, line := numberParam("BUFFER_SIZE"), textParam("A")
	number.Optional, number.Default = true, datum.FromInt(defaultBuffer)
	return Package{Owner: "SYS", Name: "DBMS_OUTPUT", Procedures: []Procedure{
		setting("ENABLE", func(s *Session, args *Args) { o.enable(s, args.Value("BUFFER_SIZE")) }, number),
		setting("DISABLE", func(s *Session, _ *Args) { o.disable(s) }),
		o.writer("PUT", func(b *outputBuffer, text string) error { return b.put(text) }, line),
		o.writer("PUT_LINE", (*outputBuffer).putLine, line),
		o.writer("NEW_LINE", func(b *outputBuffer, _ string) error { return b.putLine("") }),
		setting("GET_LINE", o.getLine, outParam(textParam("LINE")), outParam(numberParam("STATUS"))),
	}}
}

// enable starts a buffer, or changes the limit of the one there is. It also
// forgets the buffers of sessions that have ended.
func (o *outputs) enable(s *Session, size datum.Value) {
	limit := unlimitedBuffer
	if n, ok := size.Int(); ok && !size.IsNull() {
		limit = max(int(n), smallestBuffer)
	}
	o.instance.mu.RLock()
	defer o.instance.mu.RUnlock()
	o.mu.Lock()
	defer o.mu.Unlock()
	for sid := range o.buffers {
		if o.instance.sessions[sid] == nil {
			delete(o.buffers, sid)
		}
	}
	if b := o.buffers[s.sid]; b != nil {
		b.limit = limit
		return
	}
	o.buffers[s.sid] = &outputBuffer{limit: limit}
}

func (o *outputs) disable(s *Session) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.buffers, s.sid)
}

// of returns a session's buffer, nil while it is disabled. Only its session
// uses it.
func (o *outputs) of(s *Session) *outputBuffer {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buffers[s.sid]
}

// writer is a procedure that writes, and does nothing while output is disabled.
func (o *outputs) writer(name string, write func(*outputBuffer, string) error, params ...Param) Procedure {
	return Procedure{Name: name, Params: params, Call: func(_ context.Context, s *Session, args *Args) error {
		b := o.of(s)
		if b == nil {
			return nil
		}
		if b.read {
			b.read, b.lines, b.used = false, nil, b.open.Len()
		}
		return write(b, args.Value("A").Text())
	}}
}

// put adds to the open line.
//
// Errors: ORA-20000 with ORU-10028 for a line and ORU-10027 for a buffer that
// gets too long.
func (b *outputBuffer) put(text string) error {
	if b.open.Len()+len(text) > longestLine {
		return datum.Errorf(20000, "ORU-10028: line length overflow, limit of %d bytes per line", longestLine)
	}
	if b.limit != unlimitedBuffer && b.used+len(text) > b.limit {
		return datum.Errorf(20000, "ORU-10027: buffer overflow, limit of %d bytes", b.limit)
	}
	b.used += len(text)
	b.open.WriteString(text)
	return nil
}

// putLine adds to the open line and ends it.
func (b *outputBuffer) putLine(text string) error {
	if err := b.put(text); err != nil {
		return err
	}
	b.lines = append(b.lines, b.open.String())
	b.open.Reset()
	return nil
}

// getLine hands the oldest line over with STATUS 0, or NULL with 1.
func (o *outputs) getLine(s *Session, args *Args) {
	args.Set("LINE", datum.NULL)
	args.Set("STATUS", datum.FromInt(1))
	b := o.of(s)
	if b == nil {
		return
	}
	b.read = true
	if len(b.lines) == 0 {
		return
	}
	args.Set("LINE", datum.FromText(b.lines[0]))
	args.Set("STATUS", datum.FromInt(0))
	b.used -= len(b.lines[0])
	b.lines = b.lines[1:]
}
