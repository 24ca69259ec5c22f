package objectstore

import (
	"crypto/md5" //nolint:gosec // the service's own integrity check is MD5
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"io"
	"time"
)

// segmentSize bounds one piece of an object's content. Objects grow by pieces,
// so that writing one never copies what it already holds.
const segmentSize = 1 << 20

// An Object is the description of one stored object.
type Object struct {
	Name         string
	Size         int64
	MD5          string // base64; "" for a multipart object
	MultipartMD5 string // base64 of the parts' MD5s, "-" and their number; "" for a simple object
	ETag         string
	ContentType  string
	Meta         map[string]string // opc-meta-* by lower-case header name
	Created      time.Time
	Modified     time.Time

	content content
}

// content is the bytes of an object in pieces of at most segmentSize.
type content struct {
	segments [][]byte
	size     int64
}

func (c *content) append(p []byte) {
	c.size += int64(len(p))
	for len(p) > 0 {
		last := len(c.segments) - 1
		if last < 0 || len(c.segments[last]) == segmentSize {
			c.segments = append(c.segments, nil)
			last++
		}
		n := min(len(p), segmentSize-len(c.segments[last]))
		c.segments[last] = append(c.segments[last], p[:n]...)
		p = p[n:]
	}
}

// ReadAt implements io.ReaderAt.
func (c *content) ReadAt(p []byte, off int64) (n int, err error) {
	for n < len(p) && off < c.size {
		piece := c.segments[off/segmentSize][off%segmentSize:]
		m := copy(p[n:], piece)
		n += m
		off += int64(m)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (c *content) section(off, size int64) io.Reader { return io.NewSectionReader(c, off, size) }

// A Writer appends the bytes of one object. Nothing is visible before Commit;
// a Writer that is dropped leaves no trace.
type Writer struct {
	store  *Store
	bucket string
	object *Object
	digest hash.Hash
}

// Create starts an object.
func (s *Store) Create(bucket, name string) *Writer {
	return &Writer{
		store:  s,
		bucket: bucket,
		object: &Object{Name: name, ContentType: "application/octet-stream"},
		digest: md5.New(), //nolint:gosec // see the import
	}
}

// Write appends p. It never fails.
func (w *Writer) Write(p []byte) (int, error) {
	w.digest.Write(p)
	w.object.content.append(p)
	return len(p), nil
}

// Commit makes the object visible under its name, in place of an older one.
// The only error is ErrNoBucket.
func (w *Writer) Commit() (Object, error) {
	o := w.object
	o.Size = o.content.size
	if o.MultipartMD5 == "" {
		o.MD5 = w.md5()
	}
	o.ETag = newID()
	o.Modified = w.store.now().UTC()
	o.Created = o.Modified
	if err := w.store.install(w.bucket, o); err != nil {
		return Object{}, err
	}
	return *o, nil
}

func (w *Writer) md5() string { return base64.StdEncoding.EncodeToString(w.digest.Sum(nil)) }

// newID makes a random identifier in the shape of the service's ETags.
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// newToken makes the secret part of an access URI.
func newToken() string {
	var b [48]byte
	_, _ = rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}
