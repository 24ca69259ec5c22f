package objectstore

import (
	"io"
	"net/http"
	"strings"
)

// writeObject answers PUT. Nothing is stored when the body ends early or does
// not match its Content-MD5.
func (s *Store) writeObject(w http.ResponseWriter, r *http.Request, t target) *failure {
	if f := s.authorize(t, writeObject, t.object); f != nil {
		return f
	}
	if f := checkMatch(r, s.lookup(t.bucket, t.object)); f != nil {
		return f
	}
	out := s.Create(t.bucket, t.object)
	out.object.takeHeaders(r.Header)
	if f := receive(out, r); f != nil {
		return f
	}
	o, err := out.Commit()
	if err != nil {
		return bucketNotFound(t)
	}
	h := w.Header()
	h.Set("ETag", o.ETag)
	h.Set("opc-content-md5", o.MD5)
	h.Set("Last-Modified", o.Modified.Format(http.TimeFormat))
	h.Set("version-id", o.ETag)
	w.WriteHeader(http.StatusOK)
	return nil
}

// takeHeaders keeps what a PUT says about its object.
func (o *Object) takeHeaders(h http.Header) {
	if ct := h.Get("Content-Type"); ct != "" {
		o.ContentType = ct
	}
	for name, values := range h {
		if lower := strings.ToLower(name); strings.HasPrefix(lower, "opc-meta-") {
			if o.Meta == nil {
				o.Meta = map[string]string{}
			}
			o.Meta[lower] = values[0]
		}
	}
}

// receive reads the request body into out and verifies its Content-MD5.
func receive(out *Writer, r *http.Request) *failure {
	if _, err := io.Copy(out, r.Body); err != nil {
		return &failure{http.StatusBadRequest, "RequestBodyIncomplete", "the request body ended early"}
	}
	if want := r.Header.Get("Content-MD5"); want != "" && want != out.md5() {
		return &failure{http.StatusBadRequest, "UnmatchedContentMD5", "the Content-MD5 header and the body differ"}
	}
	return nil
}
