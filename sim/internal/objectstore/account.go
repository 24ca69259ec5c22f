package objectstore

import (
	"crypto/subtle"
	"fmt"
	"net/http"
)

// AddAccount lets a user reach all buckets by native URLs, with HTTP basic
// authentication and this auth token: read, write, list and delete. It stands
// for a user of the tenancy whose policies allow all of that; a second call
// replaces the token. The real service takes auth tokens at its Swift endpoint
// only, and DBMS_CLOUD translates native URIs to that one; here they are taken
// at the native URLs themselves (reference, section 3).
func (s *Store) AddAccount(user, token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accounts[user] = token
}

// SetPublic opens a bucket to everybody for reading objects and, with list, for
// listing them.
//
// Error: ErrNoBucket.
func (s *Store) SetPublic(bucket string, list bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.buckets[bucket]
	if b == nil {
		return fmt.Errorf("bucket %q: %w", bucket, ErrNoBucket)
	}
	b.publicRead, b.publicList = true, list
	return nil
}

// authorizeNative checks a request without a PAR: an account may do everything,
// everybody may read what is public.
func (s *Store) authorizeNative(t target, want right) *failure {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if t.signed {
		token, known := s.accounts[t.user]
		if !known || subtle.ConstantTimeCompare([]byte(token), []byte(t.password)) == 0 {
			return &failure{
				http.StatusUnauthorized, "NotAuthenticated",
				"The required information to complete authentication was not provided or was incorrect.",
			}
		}
	}
	b := s.buckets[t.bucket]
	if t.namespace != s.namespace || b == nil {
		return bucketNotFound(t)
	}
	if t.signed || b.publicRead && want == readObject || b.publicList && want == listBucket {
		return nil
	}
	return bucketNotFound(t)
}

// deleteObject answers DELETE of an object, which only an account can do.
func (s *Store) deleteObject(w http.ResponseWriter, t target) *failure {
	if f := s.authorize(t, deleteObject, t.object); f != nil {
		return f
	}
	if !s.Delete(t.bucket, t.object) {
		return objectNotFound(t)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
