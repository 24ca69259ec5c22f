package objectstore

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// maxURL is the longest URL the service takes, object name included
// (reference, section 5.1).
const maxURL = 3500

// target is a request path taken apart (reference, section 5.1).
type target struct {
	token     string // "" without PAR
	namespace string
	bucket    string
	object    string // decoded; "" addresses the bucket
	upload    string // id of a multipart upload; "" for an object path
	part      int    // of an upload path; 0 for the upload itself

	signed         bool // with HTTP basic authentication
	user, password string
}

// parsePath takes an escaped path apart. Object names are decoded last, so a
// slash that was percent-encoded stays part of a name.
func parsePath(escaped string) (t target, ok bool) {
	rest := escaped
	if after, found := strings.CutPrefix(rest, "/p/"); found {
		if t.token, rest, ok = cutPart(after, "/n/"); !ok {
			return t, false
		}
	} else if rest, ok = strings.CutPrefix(rest, "/n/"); !ok {
		return t, false
	}
	if t.namespace, rest, ok = cutPart(rest, "/b/"); !ok {
		return t, false
	}
	slash := strings.IndexByte(rest, '/')
	if slash <= 0 {
		return t, false
	}
	t.bucket, rest = rest[:slash], rest[slash:]
	if after, found := strings.CutPrefix(rest, "/u/"); found {
		return t.withUpload(after)
	}
	if rest != "/o" && !strings.HasPrefix(rest, "/o/") {
		return t, false
	}
	name, err := url.PathUnescape(strings.TrimPrefix(rest[2:], "/"))
	t.object = name
	return t, err == nil
}

// cutPart splits s at sep and wants a name without slashes before it.
func cutPart(s, sep string) (part, rest string, ok bool) {
	part, rest, ok = strings.Cut(s, sep)
	return part, rest, ok && part != "" && !strings.Contains(part, "/")
}

// withUpload takes the rest of a multipart path apart:
// {object}/id/{uploadId}/{partNum}. The object's name may contain "/id/" too.
func (t target) withUpload(rest string) (target, bool) {
	at := strings.LastIndex(rest, "/id/")
	if at <= 0 {
		return t, false
	}
	id, part, _ := strings.Cut(rest[at+len("/id/"):], "/")
	name, err := url.PathUnescape(rest[:at])
	if err != nil || id == "" {
		return t, false
	}
	t.object, t.upload = name, id
	if part != "" {
		if t.part, err = strconv.Atoi(part); err != nil || t.part < 1 {
			return t, false
		}
	}
	return t, true
}

// ServeHTTP implements http.Handler.
func (s *Store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	stampRequest(w, r)
	if s.faults.strike(w, r) {
		return
	}
	if f := s.serve(w, r); f != nil {
		f.write(w, r)
	}
}

// stampRequest sets the headers that every answer carries.
func stampRequest(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("opc-request-id", newID())
	h.Set("x-api-id", "native")
	if id := r.Header.Get("opc-client-request-id"); id != "" {
		h.Set("opc-client-request-id", id)
	}
}

func (s *Store) serve(w http.ResponseWriter, r *http.Request) *failure {
	if len("https://")+len(r.Host)+len(r.RequestURI) > maxURL {
		return invalidParameter("the URL is longer than %d bytes", maxURL)
	}
	t, ok := parsePath(r.URL.EscapedPath())
	t.user, t.password, t.signed = r.BasicAuth()
	switch {
	case !ok:
		return &failure{http.StatusNotFound, "NotFound", "no such resource"}
	case t.upload != "":
		return s.serveUpload(w, r, t)
	case t.object == "":
		return s.serveBucket(w, r, t)
	}
	return s.serveObject(w, r, t)
}

func (s *Store) serveBucket(w http.ResponseWriter, r *http.Request, t target) *failure {
	switch r.Method {
	case http.MethodGet:
		return s.serveListing(w, r, t)
	case http.MethodDelete:
		if f := s.authorize(t, deleteObject, ""); f != nil {
			return f
		}
	}
	return methodNotAllowed(r)
}

func (s *Store) serveObject(w http.ResponseWriter, r *http.Request, t target) *failure {
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		return s.readObject(w, r, t)
	case http.MethodPut:
		if strings.EqualFold(r.Header.Get("opc-multipart"), "true") {
			return s.startUpload(w, r, t)
		}
		return s.writeObject(w, r, t)
	case http.MethodDelete:
		return s.deleteObject(w, t)
	}
	return methodNotAllowed(r)
}

func methodNotAllowed(r *http.Request) *failure {
	return &failure{http.StatusMethodNotAllowed, "MethodNotAllowed", r.Method + " is not allowed on this resource"}
}
