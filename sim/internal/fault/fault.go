// Package fault keeps the faults that wait to strike: which events each one
// matches, at the how-many-th it strikes, and whether it stays. What a fault
// does is its owner's business.
package fault

import (
	"fmt"
	"regexp"
	"slices"
	"sync"
)

// A Trigger says which events a fault strikes at.
type Trigger struct {
	// Match is a regular expression (RE2) that an event's text has to contain,
	// without regard to letter case; "" matches all.
	Match string `json:"match,omitempty"`
	// Nth is the matching event it strikes at first, from 1; 0 means 1.
	Nth int `json:"nth,omitempty"`
	// Repeat lets it strike at every matching event from there on.
	Repeat bool `json:"repeat,omitempty"`
}

// A Pending is a fault that has been set. Its methods may be called from any
// goroutine.
type Pending[F any] struct {
	Trigger
	Do F // what to do

	set     *Set[F]
	pattern *regexp.Regexp
	seen    int // matching events; guarded by set.mu
	struck  int
}

// A Set holds the faults of one place in the order they were set. The zero
// value is empty and ready.
type Set[F any] struct {
	mu      sync.Mutex
	pending []*Pending[F]
}

// Add sets a fault. Error: the pattern is no regular expression, or Nth is negative.
func (s *Set[F]) Add(t Trigger, do F) (*Pending[F], error) {
	pattern, err := regexp.Compile("(?is)" + t.Match)
	if err != nil {
		return nil, fmt.Errorf("pattern %q: %w", t.Match, err)
	}
	if t.Nth < 0 {
		return nil, fmt.Errorf("number %d of an event: the first is 1", t.Nth)
	}
	p := &Pending[F]{Trigger: t, Do: do, set: s, pattern: pattern}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending = append(s.pending, p)
	return p, nil
}

// Matching returns the faults that match an event. Which of them strike is
// for Hit to say.
func (s *Set[F]) Matching(event string) []*Pending[F] {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []*Pending[F]
	for _, p := range s.pending {
		if p.pattern.MatchString(event) {
			found = append(found, p)
		}
	}
	return found
}

// Pending returns the faults that have not struck, or will again.
func (s *Set[F]) Pending() []*Pending[F] {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.pending)
}

// Heal takes all faults back and returns how many there were.
func (s *Set[F]) Heal() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.pending)
	s.pending = nil
	return n
}

// Hit counts one event that matched and reports whether the fault strikes at
// it. One that strikes once is gone from its set then, so that two events at
// the same time are never struck both.
func (p *Pending[F]) Hit() bool {
	p.set.mu.Lock()
	defer p.set.mu.Unlock()
	at := slices.Index(p.set.pending, p)
	if at < 0 {
		return false
	}
	p.seen++
	if p.seen < p.Nth {
		return false
	}
	p.struck++
	if !p.Repeat {
		p.set.pending = slices.Delete(p.set.pending, at, at+1)
	}
	return true
}

// Heal takes the fault back and reports whether it was still pending.
func (p *Pending[F]) Heal() bool {
	p.set.mu.Lock()
	defer p.set.mu.Unlock()
	at := slices.Index(p.set.pending, p)
	if at >= 0 {
		p.set.pending = slices.Delete(p.set.pending, at, at+1)
	}
	return at >= 0
}

// Struck returns how many times the fault has struck.
func (p *Pending[F]) Struck() int {
	p.set.mu.Lock()
	defer p.set.mu.Unlock()
	return p.struck
}

// String says when the fault strikes: `the 2nd of "COPY_DATA"`.
func (t Trigger) String() string {
	text := ordinal(max(t.Nth, 1))
	if t.Match != "" {
		text += fmt.Sprintf(" of %q", t.Match)
	}
	if t.Repeat {
		text += " and all that follow"
	}
	return text
}

func ordinal(n int) string {
	suffix := "th"
	switch {
	case n%100 >= 11 && n%100 <= 13:
	case n%10 == 1:
		suffix = "st"
	case n%10 == 2:
		suffix = "nd"
	case n%10 == 3:
		suffix = "rd"
	}
	return fmt.Sprintf("the %d%s", n, suffix)
}
