package objectstore

import (
	"net/http"
	"slices"
	"sync"
)

// A Verdict is what an Intercept hook says about a request.
type Verdict int

// The verdicts of a hook.
const (
	Pass       Verdict = iota // not mine: the next hook, or the store, answers
	Answered                  // answered, and the hook is done
	AnsweredOn                // answered, and the hook stays for the next request
)

// A Hook looks at a request before the store does. To break the connection it
// panics with http.ErrAbortHandler, which counts as Answered.
type Hook func(w http.ResponseWriter, r *http.Request) Verdict

type faults struct {
	mu    sync.Mutex
	hooks []*Hook
}

// Intercept adds a fault: each request is shown to the hooks in the order they
// were added until one answers it. A hook is removed when it says Answered.
// Hooks run one at a time per request and may call the store.
func (s *Store) Intercept(h Hook) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.hooks = append(s.faults.hooks, &h)
}

// strike offers r to the hooks and reports whether one has answered it.
func (f *faults) strike(w http.ResponseWriter, r *http.Request) bool {
	f.mu.Lock()
	hooks := slices.Clone(f.hooks)
	f.mu.Unlock()
	for _, h := range hooks {
		if f.try(h, w, r) {
			return true
		}
	}
	return false
}

// try asks one hook. It is taken out while it is asked, so that a one-shot
// fault cannot strike two requests that arrive together.
func (f *faults) try(h *Hook, w http.ResponseWriter, r *http.Request) bool {
	at, ok := f.take(h)
	if !ok {
		return false
	}
	verdict := Answered
	defer func() {
		if verdict != Answered {
			f.putBack(at, h)
		}
	}()
	verdict = (*h)(w, r)
	return verdict != Pass
}

func (f *faults) take(h *Hook) (at int, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	at = slices.Index(f.hooks, h)
	if at >= 0 {
		f.hooks = slices.Delete(f.hooks, at, at+1)
	}
	return at, at >= 0
}

func (f *faults) putBack(at int, h *Hook) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hooks = slices.Insert(f.hooks, min(at, len(f.hooks)), h)
}
