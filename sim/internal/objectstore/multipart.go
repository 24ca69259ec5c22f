package objectstore

import (
	"crypto/md5" //nolint:gosec // the service's own integrity check is MD5
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// maxParts is the largest part number (reference, section 5.4, UNCONFIRMED).
const maxParts = 10000

// upload is an unfinished multipart upload. Its access URI has a token of its
// own and dies with the PAR that started it.
type upload struct {
	id     string
	target target // the object, with the PAR's token
	object *Object
	parts  map[int]*Writer
}

// startUpload answers PUT with opc-multipart: true (reference, section 5.4).
func (s *Store) startUpload(w http.ResponseWriter, r *http.Request, t target) *failure {
	if f := s.authorize(t, writeObject, t.object); f != nil {
		return f
	}
	up := &upload{id: newID(), target: t, object: &Object{Name: t.object, ContentType: "application/octet-stream"}, parts: map[int]*Writer{}}
	up.object.takeHeaders(r.Header)
	token := newToken()
	s.mu.Lock()
	s.uploads[token] = up
	s.mu.Unlock()
	return writeJSON(w, map[string]string{
		"namespace":   s.namespace,
		"bucket":      t.bucket,
		"object":      t.object,
		"uploadId":    up.id,
		"timeCreated": s.now().UTC().Format(time.RFC3339Nano),
		"storageTier": "Standard",
		"accessUri":   "/p/" + token + "/n/" + s.namespace + "/b/" + t.bucket + "/u/" + escapeObject(t.object) + "/id/" + up.id + "/",
	})
}

func writeJSON(w http.ResponseWriter, v any) *failure {
	body, err := json.Marshal(v)
	if err != nil {
		return &failure{http.StatusInternalServerError, "InternalServerError", err.Error()}
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body)
	return nil
}

// serveUpload answers requests to the access URI of an upload.
func (s *Store) serveUpload(w http.ResponseWriter, r *http.Request, t target) *failure {
	up, f := s.findUpload(t)
	if f != nil {
		return f
	}
	switch {
	case t.part > 0 && r.Method == http.MethodPut:
		return s.putPart(w, r, t, up)
	case t.part == 0 && r.Method == http.MethodPost:
		return s.commitUpload(w, t, up)
	case t.part == 0 && r.Method == http.MethodGet:
		return s.listParts(w, up)
	case t.part == 0 && r.Method == http.MethodDelete:
		s.mu.Lock()
		delete(s.uploads, t.token)
		s.mu.Unlock()
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return methodNotAllowed(r)
}

func (s *Store) findUpload(t target) (*upload, *failure) {
	s.mu.RLock()
	up := s.uploads[t.token]
	s.mu.RUnlock()
	if up == nil || up.id != t.upload || up.target.object != t.object || up.target.bucket != t.bucket {
		return nil, &failure{http.StatusNotFound, "NoSuchUpload", "No such upload"}
	}
	return up, s.authorize(up.target, writeObject, t.object)
}

func (s *Store) putPart(w http.ResponseWriter, r *http.Request, t target, up *upload) *failure {
	if t.part > maxParts {
		return invalidParameter("part numbers end at %d", maxParts)
	}
	part := s.Create(t.bucket, t.object)
	if f := receive(part, r); f != nil {
		return f
	}
	part.object.MD5, part.object.ETag = part.md5(), newID()
	s.mu.Lock()
	up.parts[t.part] = part
	s.mu.Unlock()
	w.Header().Set("ETag", part.object.ETag)
	w.Header().Set("opc-content-md5", part.object.MD5)
	w.WriteHeader(http.StatusOK)
	return nil
}

// commitUpload joins the parts in the order of their numbers.
func (s *Store) commitUpload(w http.ResponseWriter, t target, up *upload) *failure {
	s.mu.Lock()
	_, open := s.uploads[t.token]
	delete(s.uploads, t.token)
	parts := maps.Clone(up.parts) // a part may still be arriving
	s.mu.Unlock()
	if !open || len(parts) == 0 {
		return invalidParameter("the upload has no parts")
	}
	digest := md5.New() //nolint:gosec // see the import
	out := s.Create(t.bucket, t.object)
	out.object = up.object
	for _, n := range slices.Sorted(maps.Keys(parts)) {
		part := parts[n]
		digest.Write(part.digest.Sum(nil))
		for _, segment := range part.object.content.segments {
			out.object.content.append(segment)
		}
	}
	out.object.MultipartMD5 = fmt.Sprintf("%s-%d", base64.StdEncoding.EncodeToString(digest.Sum(nil)), len(parts))
	o, err := out.Commit()
	if err != nil {
		return bucketNotFound(t)
	}
	w.Header().Set("ETag", o.ETag)
	w.Header().Set("opc-multipart-md5", o.MultipartMD5)
	w.WriteHeader(http.StatusOK)
	return nil
}

func (s *Store) listParts(w http.ResponseWriter, up *upload) *failure {
	type part struct {
		PartNumber int    `json:"partNumber"`
		ETag       string `json:"etag"`
		MD5        string `json:"md5"`
		Size       int64  `json:"size"`
	}
	parts := []part{}
	s.mu.RLock()
	for _, n := range slices.Sorted(maps.Keys(up.parts)) {
		o := up.parts[n].object
		parts = append(parts, part{n, o.ETag, o.MD5, o.content.size})
	}
	s.mu.RUnlock()
	return writeJSON(w, parts)
}
