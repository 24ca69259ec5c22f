package objectstore

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Access is what a PAR permits (reference, section 5.2).
type Access string

// The six access types, by the names the service gives them.
const (
	ObjectRead         Access = "ObjectRead"
	ObjectWrite        Access = "ObjectWrite"
	ObjectReadWrite    Access = "ObjectReadWrite"
	AnyObjectRead      Access = "AnyObjectRead"
	AnyObjectWrite     Access = "AnyObjectWrite"
	AnyObjectReadWrite Access = "AnyObjectReadWrite"
)

func (a Access) reads() bool {
	return a == ObjectRead || a == ObjectReadWrite || a == AnyObjectRead || a == AnyObjectReadWrite
}

func (a Access) writes() bool {
	return a == ObjectWrite || a == ObjectReadWrite || a == AnyObjectWrite || a == AnyObjectReadWrite
}

// wholeBucket reports whether the PAR is for a bucket or prefix.
func (a Access) wholeBucket() bool { return strings.HasPrefix(string(a), "Any") }

func (a Access) known() bool { return a.reads() || a.writes() }

// A PAR is a request for a pre-authenticated request: what its creator fills
// in. It cannot be changed afterwards.
type PAR struct {
	Bucket  string
	Access  Access
	Object  string    // the object of an Object… type; the prefix of an AnyObject… type, "" for all
	List    bool      // bucketListingAction ListObjects instead of Deny
	Expires time.Time // required
}

// grant is a PAR in force or expired; a revoked one stays, so that it is
// answered differently from a token that never was.
type grant struct {
	PAR
	revoked bool
}

// CreatePAR creates a PAR and returns the path of its URL, which is the only
// place its token ever appears: "/p/{token}/n/{namespace}/b/{bucket}/o/" and,
// for an object PAR, the object's name. The path of a prefix PAR does not
// contain the prefix; callers append it themselves (reference, section 5.1).
func (s *Store) CreatePAR(p PAR) (path string, err error) {
	if err := p.check(); err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.buckets[p.Bucket] == nil {
		return "", fmt.Errorf("bucket %q: %w", p.Bucket, ErrNoBucket)
	}
	token := newToken()
	s.grants[token] = &grant{PAR: p}
	path = "/p/" + token + "/n/" + s.namespace + "/b/" + p.Bucket + "/o/"
	if !p.Access.wholeBucket() {
		path += escapeObject(p.Object)
	}
	return path, nil
}

func (p PAR) check() error {
	switch {
	case !p.Access.known():
		return fmt.Errorf("unknown access type %q", p.Access)
	case p.Expires.IsZero():
		return errors.New("timeExpires is required")
	case !p.Access.wholeBucket() && p.Object == "":
		return fmt.Errorf("%s needs an object name", p.Access)
	case !p.Access.wholeBucket() && p.List:
		return fmt.Errorf("%s cannot list a bucket", p.Access)
	}
	return nil
}

// RevokePAR deletes the PAR with the given path or URL. It reports whether
// there was one in force.
func (s *Store) RevokePAR(path string) bool {
	return s.end(path, func(g *grant) { g.revoked = true })
}

// ExpirePAR lets the lifetime of the PAR with the given path or URL end now. It
// reports whether there was one in force.
func (s *Store) ExpirePAR(path string) bool {
	return s.end(path, func(g *grant) { g.Expires = s.now() })
}

// end changes a PAR that is in force.
func (s *Store) end(path string, how func(*grant)) bool {
	_, rest, _ := strings.Cut(path, "/p/")
	token, _, _ := strings.Cut(rest, "/")
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.grants[token]
	if g == nil || g.revoked || !s.now().Before(g.Expires) {
		return false
	}
	how(g)
	return true
}

// right is what a request asks for.
type right int

const (
	readObject right = iota + 1
	writeObject
	listBucket
	deleteObject
)

// authorize finds the PAR of a request and checks that it covers name (an
// object, or the prefix of a listing). Without a PAR, an account or the bucket
// has to permit the request.
func (s *Store) authorize(t target, want right, name string) *failure {
	if t.token == "" {
		return s.authorizeNative(t, want)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	g := s.grants[t.token]
	if g == nil {
		return &failure{http.StatusUnauthorized, "NotAuthenticated", "PAR does not exist"}
	}
	if f := s.alive(g, t); f != nil {
		return f
	}
	if t.namespace != s.namespace || t.bucket != g.Bucket {
		return bucketNotFound(t)
	}
	return s.permits(g, t, want, name)
}

// alive answers for an expired or revoked PAR.
func (s *Store) alive(g *grant, t target) *failure {
	if !g.revoked && s.now().Before(g.Expires) {
		return nil
	}
	switch s.knobs.DeadPARStatus {
	case http.StatusUnauthorized:
		return &failure{http.StatusUnauthorized, "NotAuthenticated", "PAR is expired"}
	case http.StatusForbidden:
		return &failure{http.StatusForbidden, "NotAuthorized", "PAR is expired"}
	default:
		return bucketNotFound(t)
	}
}

// permits checks what a PAR may do, and with which objects. A refusal looks like a
// bucket that does not exist, except where knobs say otherwise.
func (s *Store) permits(g *grant, t target, want right, name string) *failure {
	if g.Access.wholeBucket() && !strings.HasPrefix(name, g.Object) {
		return s.outsidePrefix(t, want)
	}
	allowed := false
	switch want {
	case readObject:
		allowed = g.Access.reads()
	case writeObject:
		allowed = g.Access.writes()
	case listBucket:
		allowed = g.List
	case deleteObject:
		return s.refuseDelete(t)
	}
	if !g.Access.wholeBucket() && name != g.Object {
		allowed = false
	}
	if !allowed {
		return bucketNotFound(t)
	}
	return nil
}

func (s *Store) outsidePrefix(t target, want right) *failure {
	if want != listBucket && s.knobs.OutsidePrefixStatus == http.StatusNotFound {
		return bucketNotFound(t)
	}
	return &failure{
		http.StatusUnauthorized, "NotAuthenticated",
		"The prefix from the request and the prefix from PAR are not compatible",
	}
}

func (s *Store) refuseDelete(t target) *failure {
	if s.knobs.DeleteStatus == http.StatusUnauthorized {
		return &failure{http.StatusUnauthorized, "NotAuthenticated", "PAR does not permit this operation"}
	}
	return bucketNotFound(t)
}

// escapeObject percent-encodes an object name for a path and keeps its slashes.
func escapeObject(name string) string {
	parts := strings.Split(name, "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return strings.Join(parts, "/")
}
