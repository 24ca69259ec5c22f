// Package objectstore is OCI Object Storage in memory, as a database and a
// tool see it: buckets of objects behind pre-authenticated requests (PARs),
// served over HTTP with the status codes, headers and failure bodies of the
// real service (reference, section 5).
//
// It owns the bytes, the PARs and what each PAR permits. It does not own the
// socket or the certificate (its user does: Store is an http.Handler and looks
// only at the path, so it answers for every host name), and it knows nothing
// of databases. Requests signed with a key, copy, rename and restore are not
// simulated; such requests are refused as the service refuses an unknown
// caller.
//
// Beside the wire stands a Go API: arrange with CreateBucket, SetPublic, Put,
// CreatePAR and AddAccount, break with Intercept, look inside with Get and List.
package objectstore

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Knobs are the behaviours that the reference cannot confirm. The zero value
// of each is its documented default.
type Knobs struct {
	// DeadPARStatus answers requests with an expired or revoked PAR: 404
	// BucketNotFound (default), 401 NotAuthenticated or 403 NotAuthorized
	// (reference, section 5.6, UNCONFIRMED).
	DeadPARStatus int `yaml:"dead_par_status"`

	// OutsidePrefixStatus answers object requests outside the prefix of a
	// prefix PAR: 401 NotAuthenticated (default, confirmed only for listings)
	// or 404 BucketNotFound.
	OutsidePrefixStatus int `yaml:"outside_prefix_status"`

	// DeleteStatus answers DELETE of an object through a PAR, which no PAR
	// permits: 404 BucketNotFound (default) or 401 NotAuthenticated.
	DeleteStatus int `yaml:"delete_status"`
}

// Validate names the first knob that is in no position.
func (k Knobs) Validate() error {
	for _, knob := range []struct {
		name   string
		status int
		others []int // beside 0, the default
	}{
		{"DeadPARStatus", k.DeadPARStatus, []int{404, 401, 403}},
		{"OutsidePrefixStatus", k.OutsidePrefixStatus, []int{401, 404}},
		{"DeleteStatus", k.DeleteStatus, []int{404, 401}},
	} {
		if knob.status != 0 && !slices.Contains(knob.others, knob.status) {
			return fmt.Errorf("knob %s: %d is not one of %v", knob.name, knob.status, knob.others)
		}
	}
	return nil
}

// A Config says what New makes. All fields may be zero but Namespace.
type Config struct {
	Namespace string
	Knobs     Knobs
	Now       func() time.Time // nil: time.Now
}

// A Store is one Object Storage namespace. Its methods may be called from any
// goroutine; what a method has written is visible to every later request
// (strong consistency).
type Store struct {
	namespace string
	knobs     Knobs
	now       func() time.Time

	mu       sync.RWMutex
	buckets  map[string]*bucket
	grants   map[string]*grant  // by token
	uploads  map[string]*upload // by token of the upload's own access URI
	accounts map[string]string  // auth tokens by user

	faults faults
}

type bucket struct {
	objects    []*Object // by name
	publicRead bool
	publicList bool
}

// ErrNoBucket is returned for a bucket that was never created.
var ErrNoBucket = errors.New("no such bucket")

// New makes an empty store.
func New(cfg Config) *Store {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Store{
		namespace: cfg.Namespace,
		knobs:     cfg.Knobs,
		now:       cfg.Now,
		buckets:   map[string]*bucket{},
		grants:    map[string]*grant{},
		uploads:   map[string]*upload{},
		accounts:  map[string]string{},
	}
}

// Namespace returns the name of the store's namespace.
func (s *Store) Namespace() string { return s.namespace }

// CreateBucket makes an empty bucket; one that exists already is left alone.
func (s *Store) CreateBucket(name string) error {
	if name == "" || strings.ContainsAny(name, "/?#%") {
		return fmt.Errorf("bucket name %q: must not be empty or contain / ? # %%", name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.buckets[name] == nil {
		s.buckets[name] = &bucket{}
	}
	return nil
}

// Put creates or overwrites an object.
func (s *Store) Put(bucket, name string, data []byte) error {
	w := s.Create(bucket, name)
	_, _ = w.Write(data)
	_, err := w.Commit()
	return err
}

// Get returns an object's bytes and description; ok is false when there is
// none.
func (s *Store) Get(bucket, name string) (data []byte, o Object, ok bool) {
	found := s.lookup(bucket, name)
	if found == nil {
		return nil, Object{}, false
	}
	data = make([]byte, found.Size)
	_, _ = found.content.ReadAt(data, 0)
	return data, *found, true
}

// List describes the objects whose names start with prefix, by name.
func (s *Store) List(bucket, prefix string) []Object {
	s.mu.RLock()
	defer s.mu.RUnlock()
	b := s.buckets[bucket]
	if b == nil {
		return nil
	}
	var found []Object
	for _, o := range b.objects[b.position(prefix):] {
		if !strings.HasPrefix(o.Name, prefix) {
			break
		}
		found = append(found, *o)
	}
	return found
}

// Delete removes an object, as its owner could with a credential. It reports
// whether there was one.
func (s *Store) Delete(bucket, name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.buckets[bucket]
	if b == nil {
		return false
	}
	i := b.position(name)
	if i == len(b.objects) || b.objects[i].Name != name {
		return false
	}
	b.objects = slices.Delete(b.objects, i, i+1)
	return true
}

func (s *Store) lookup(bucket, name string) *Object {
	s.mu.RLock()
	defer s.mu.RUnlock()
	b := s.buckets[bucket]
	if b == nil {
		return nil
	}
	i := b.position(name)
	if i == len(b.objects) || b.objects[i].Name != name {
		return nil
	}
	return b.objects[i]
}

// position returns the index of the first object at or after name.
func (b *bucket) position(name string) int {
	i, _ := slices.BinarySearchFunc(b.objects, name, func(o *Object, name string) int {
		return strings.Compare(o.Name, name)
	})
	return i
}

// install puts o into its bucket in place of any object of its name. Objects
// are never changed once installed, so readers need no lock while they read.
func (s *Store) install(bucket string, o *Object) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.buckets[bucket]
	if b == nil {
		return fmt.Errorf("bucket %q: %w", bucket, ErrNoBucket)
	}
	i := b.position(o.Name)
	if i < len(b.objects) && b.objects[i].Name == o.Name {
		o.Created = b.objects[i].Created
		b.objects[i] = o
		return nil
	}
	b.objects = slices.Insert(b.objects, i, o)
	return nil
}
