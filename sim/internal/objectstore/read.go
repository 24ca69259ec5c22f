package objectstore

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// overrides are the query parameters that replace response headers on GET
// (reference, section 5.3).
var overrides = map[string]string{
	"httpResponseContentDisposition": "Content-Disposition",
	"httpResponseCacheControl":       "Cache-Control",
	"httpResponseContentType":        "Content-Type",
	"httpResponseContentLanguage":    "Content-Language",
	"httpResponseContentEncoding":    "Content-Encoding",
	"httpResponseExpires":            "Expires",
}

// readObject answers GET and HEAD.
func (s *Store) readObject(w http.ResponseWriter, r *http.Request, t target) *failure {
	if f := s.authorize(t, readObject, t.object); f != nil {
		return f
	}
	o := s.lookup(t.bucket, t.object)
	if o == nil {
		return objectNotFound(t)
	}
	if f := checkMatch(r, o); f != nil {
		return f
	}
	span, f := parseRange(r.Header.Get("Range"), o.Size)
	if f != nil {
		w.Header().Set("Content-Range", fmt.Sprintf("bytes */%d", o.Size))
		return f
	}
	if f := describeObject(w.Header(), r, o); f != nil {
		return f
	}
	status := http.StatusOK
	w.Header().Set("Content-Length", strconv.FormatInt(span.size, 10))
	if span.partial {
		status = http.StatusPartialContent
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", span.from, span.from+span.size-1, o.Size))
	}
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = io.Copy(w, o.content.section(span.from, span.size))
	}
	return nil
}

// describeObject sets the headers of an object (reference, section 5.5).
func describeObject(h http.Header, r *http.Request, o *Object) *failure {
	h.Set("Accept-Ranges", "bytes")
	h.Set("Content-Type", o.ContentType)
	h.Set("ETag", o.ETag)
	h.Set("Last-Modified", o.Modified.Format(http.TimeFormat))
	h.Set("storage-tier", "Standard")
	h.Set("version-id", o.ETag)
	if o.MD5 != "" {
		h.Set("Content-MD5", o.MD5)
	} else {
		h.Set("opc-multipart-md5", o.MultipartMD5)
	}
	for name, value := range o.Meta {
		h.Set(name, value)
	}
	for key, values := range r.URL.Query() {
		header, ok := overrides[key]
		if !ok {
			return invalidParameter("unknown query parameter %q", key)
		}
		h.Set(header, values[len(values)-1])
	}
	return nil
}

// checkMatch evaluates If-Match and If-None-Match; o is nil when there is no
// such object.
func checkMatch(r *http.Request, o *Object) *failure {
	matches := func(tag string) bool {
		return o != nil && (tag == "*" || strings.Trim(tag, `"`) == o.ETag)
	}
	if tag := r.Header.Get("If-Match"); tag != "" && !matches(tag) {
		return &failure{http.StatusPreconditionFailed, "IfMatchFailed", "the If-Match condition does not hold"}
	}
	if tag := r.Header.Get("If-None-Match"); tag != "" && matches(tag) {
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			return &failure{http.StatusNotModified, "", ""}
		}
		return &failure{http.StatusPreconditionFailed, "IfNoneMatchFailed", "the If-None-Match condition does not hold"}
	}
	return nil
}

// span is a part of an object.
type span struct {
	from, size int64
	partial    bool
}

// parseRange reads a Range header with one range. What is no such header asks
// for the whole object, as HTTP demands.
func parseRange(header string, size int64) (span, *failure) {
	whole := span{size: size}
	spec, ok := strings.CutPrefix(header, "bytes=")
	if !ok || strings.Contains(spec, ",") {
		return whole, nil
	}
	first, last, ok := strings.Cut(strings.TrimSpace(spec), "-")
	if !ok {
		return whole, nil
	}
	if first == "" {
		n, err := strconv.ParseInt(last, 10, 64)
		if err != nil || n < 0 {
			return whole, nil
		}
		n = min(n, size)
		return satisfy(span{from: size - n, size: n, partial: true})
	}
	from, err := strconv.ParseInt(first, 10, 64)
	if err != nil || from < 0 {
		return whole, nil
	}
	to := size - 1
	if last != "" {
		if to, err = strconv.ParseInt(last, 10, 64); err != nil || to < from {
			return whole, nil
		}
		to = min(to, size-1)
	}
	return satisfy(span{from: from, size: to - from + 1, partial: true})
}

func satisfy(s span) (span, *failure) {
	if s.size <= 0 {
		return s, &failure{http.StatusRequestedRangeNotSatisfiable, "InvalidRange", "the range lies outside the object"}
	}
	return s, nil
}
