package session

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/adbferry/adbferry/sim/internal/tns"
)

// errBreak says that a break or interrupt marker is next in the stream.
var errBreak = errors.New("break")

// errInterrupted is the cause by which the context of a running call ends
// when the client asks for it.
var errInterrupted = errors.New("interrupted by the client")

// queueLength is how many packets may wait. A client sends nothing but
// markers while a call runs, so that the queue is short whenever it matters.
const queueLength = 16

// An inbox reads packets in a goroutine of its own, so that a marker is
// noticed, and cancels the running call, before its turn in the queue.
type inbox struct {
	packets *tns.Reader
	queue   chan tns.Packet
	done    chan struct{} // closed when nobody reads the queue any more

	mu     sync.Mutex
	err    error // why run ended
	breaks int   // break and interrupt markers that arrived
	served int   // of these, how many were answered
	cancel context.CancelCauseFunc
}

func newInbox(packets *tns.Reader) *inbox {
	return &inbox{packets: packets, queue: make(chan tns.Packet, queueLength), done: make(chan struct{})}
}

// run reads until the stream ends, which cancels the running call.
func (b *inbox) run() {
	defer close(b.queue)
	for {
		p, err := b.packets.Next()
		if err != nil {
			b.ended(err)
			return
		}
		if p.Type == tns.TypeMarker {
			b.signal(p)
		}
		select {
		case b.queue <- p:
		case <-b.done:
			return
		}
	}
}

// ended keeps the reason why no more packets come. A call that runs for a
// client that is gone has no reader, so it is cancelled.
func (b *inbox) ended(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.err = err
	if b.cancel != nil {
		b.cancel(err)
	}
}

// signal notes a marker at once, before its turn in the queue. A reset only
// answers our own break and interrupts nothing.
func (b *inbox) signal(p tns.Packet) {
	m, err := tns.DecodeMarker(p.Body)
	if err != nil || m == tns.Reset {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.breaks++
	if b.cancel != nil {
		b.cancel(errInterrupted)
	}
}

// begin makes a context for one call, which ends when the client interrupts it
// or goes away. The returned function has to be called when the call is over.
func (b *inbox) begin(parent context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cancel = cancel
	if b.breaks > b.served {
		cancel(errInterrupted)
	}
	return ctx, func() {
		b.mu.Lock()
		b.cancel = nil
		b.mu.Unlock()
		cancel(nil)
	}
}

// detach lets the running call go on when the client interrupts it or goes away.
func (b *inbox) detach() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cancel = nil
}

// broken reports whether a marker waits to be answered.
func (b *inbox) broken() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.breaks > b.served
}

// settle marks all markers that arrived so far as answered.
func (b *inbox) settle() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.served = b.breaks
}

// packet returns the next packet. It is the only way out of the queue.
func (b *inbox) packet() (tns.Packet, error) {
	p, ok := <-b.queue
	if !ok {
		b.mu.Lock()
		defer b.mu.Unlock()
		return p, b.err
	}
	return p, nil
}

// next returns the payload of the next DATA packet, errBreak when the client
// breaks in, and io.EOF at the end of the connection.
func (b *inbox) next() (string, error) {
	for {
		p, err := b.packet()
		if err != nil {
			return "", err
		}
		switch p.Type {
		case tns.TypeData:
			flags, payload, err := tns.DataPayload(p.Body)
			if err != nil {
				return "", err
			}
			if flags&tns.FlagEnd != 0 {
				return "", io.EOF
			}
			if len(payload) > 0 {
				return string(payload), nil
			}
		case tns.TypeMarker:
			m, err := tns.DecodeMarker(p.Body)
			if err != nil {
				return "", err
			}
			if m != tns.Reset {
				return "", errBreak
			}
		default:
			return "", fmt.Errorf("%w: packet type %d in a conversation", tns.ErrMalformed, p.Type)
		}
	}
}
