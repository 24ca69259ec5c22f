package sim

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/adbferry/adbferry/sim/internal/fault"
	"github.com/adbferry/adbferry/sim/internal/objectstore"
	"github.com/adbferry/adbferry/sim/internal/physics"
)

// A StorageFault is what goes wrong with a request to Object Storage. Slow may
// come before one of the others.
type StorageFault struct {
	Status int           `json:"status,omitempty"` // answered with this status, and not carried out
	Slow   time.Duration `json:"slow,omitempty"`   // the request waits first
	// Truncate breaks the connection after so many bytes of the answer's body,
	// when Cut is set; the request has been carried out. 0 bytes lose all of the
	// answer.
	Cut      bool  `json:"cut,omitempty"`
	Truncate int64 `json:"truncate,omitempty"`
	// Duplicate carries the request out twice, as a proxy does that repeats it;
	// the second answer is the client's.
	Duplicate bool `json:"duplicate,omitempty"`
}

// A PendingStorageFault is a StorageFault that has been set: ask it whether it
// has struck, or heal it.
type PendingStorageFault = fault.Pending[StorageFault]

// Fail makes requests go wrong, whoever sends them. It composes with Intercept,
// whose hooks are asked afterwards.
//
// Error: the pattern is not a regular expression, or the fault does nothing or
// several things that exclude one another.
func (s *Storage) Fail(when Trigger, what StorageFault) (*PendingStorageFault, error) {
	if err := what.check(); err != nil {
		return nil, fmt.Errorf("fault in object storage: %w", err)
	}
	return s.faults.Add(when, what)
}

func (f StorageFault) check() error {
	actions := 0
	for _, is := range []bool{f.Status != 0, f.Cut, f.Duplicate} {
		if is {
			actions++
		}
	}
	switch {
	case actions == 0 && f.Slow == 0:
		return errors.New("the fault does nothing: want a status, slow, truncate or duplicate")
	case actions > 1:
		return errors.New("a status, truncate and duplicate exclude one another")
	case f.Status != 0 && (f.Status < 400 || f.Status > 599):
		return fmt.Errorf("status %d is not a failure: want 400 to 599", f.Status)
	case f.Slow < 0 || f.Truncate < 0:
		return errors.New("times and lengths must not be negative")
	case f.Truncate > 0 && !f.Cut:
		return errors.New("without Cut, Truncate has no effect")
	}
	return nil
}

// String says what happens.
func (f StorageFault) String() string {
	text := ""
	if f.Slow > 0 {
		text = fmt.Sprintf("waits for %v", f.Slow)
	}
	add := func(s string) {
		if text != "" {
			text += ", "
		}
		text += s
	}
	switch {
	case f.Status != 0:
		add(fmt.Sprintf("is answered with %d", f.Status))
	case f.Cut:
		add(fmt.Sprintf("is carried out, and its answer cut after %d bytes", f.Truncate))
	case f.Duplicate:
		add("is carried out twice")
	}
	return text
}

// ServeHTTP lets faults strike and leaves the rest to the store.
func (s *Storage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for _, p := range s.faults.Matching(requestEvent(r)) {
		if !p.Hit() {
			continue
		}
		if physics.Wait(r.Context(), p.Do.Slow) != nil {
			panic(http.ErrAbortHandler) // the client is gone
		}
		if s.strike(p.Do, w, r) {
			return
		}
	}
	s.store.ServeHTTP(w, r)
}

// strike applies a fault and reports whether the request is answered.
func (s *Storage) strike(f StorageFault, w http.ResponseWriter, r *http.Request) bool {
	switch {
	case f.Status != 0:
		_, _ = io.Copy(io.Discard, r.Body) // a client that is still sending would see a broken connection
		w.Header().Set("opc-request-id", rand.Text())
		objectstore.Fail(w, r, f.Status, failureCode(f.Status), "injected by the simulator")
	case f.Cut:
		s.store.ServeHTTP(&cutWriter{ResponseWriter: w, left: f.Truncate}, r)
		panic(http.ErrAbortHandler)
	case f.Duplicate:
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		for _, to := range []http.ResponseWriter{discard{}, w} {
			again := r.Clone(r.Context())
			again.Body = io.NopCloser(bytes.NewReader(body))
			s.store.ServeHTTP(to, again)
		}
	default:
		return false
	}
	return true
}

// failureCode is the code the service gives with a status (reference, section
// 5.6).
func failureCode(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return "NotAuthenticated"
	case http.StatusForbidden:
		return "NotAuthorized"
	case http.StatusNotFound:
		return "BucketNotFound"
	case http.StatusConflict:
		return "IncorrectState"
	case http.StatusTooManyRequests:
		return "TooManyRequests"
	case http.StatusInternalServerError:
		return "InternalServerError"
	case http.StatusServiceUnavailable:
		return "ServiceUnavailable"
	default:
		return "InvalidParameter"
	}
}

// discard takes the answer that no client gets.
type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) WriteHeader(int)             {}

// A cutWriter passes on the first bytes of a body and then breaks the connection.
type cutWriter struct {
	http.ResponseWriter
	left int64 // bytes that it still passes on
}

// Write implements http.ResponseWriter.
func (w *cutWriter) Write(p []byte) (int, error) {
	if int64(len(p)) < w.left {
		n, err := w.ResponseWriter.Write(p)
		w.left -= int64(n)
		return n, err
	}
	_, _ = w.ResponseWriter.Write(p[:w.left])
	if w.left > 0 { // so that the client gets what is not cut
		_ = http.NewResponseController(w.ResponseWriter).Flush()
	}
	panic(http.ErrAbortHandler)
}
