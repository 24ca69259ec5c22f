package objectstore

import (
	"maps"
	"slices"

	"github.com/adbferry/adbferry/sim/internal/state"
)

// Section implements state.Part.
func (s *Store) Section() string { return "object storage" }

// Hold implements state.Part.
func (s *Store) Hold() (release func()) {
	s.mu.RLock()
	return s.mu.RUnlock
}

// A picture is a store at one instant: buckets with their objects, PARs,
// accounts, and multipart uploads with the parts that have arrived. What
// Intercept was given is not saved.
type picture struct {
	buckets  []savedBucket
	grants   map[string]grant
	accounts map[string]string
	uploads  []savedUpload
}

// A savedBucket is a bucket in its section. Its objects never change.
type savedBucket struct {
	name       string
	objects    []*Object
	publicRead bool
	publicList bool
}

// A savedUpload is an unfinished upload in its section.
type savedUpload struct {
	token string
	upload
}

// Capture implements state.Part.
func (s *Store) Capture() state.Picture {
	p := picture{grants: map[string]grant{}, accounts: maps.Clone(s.accounts)}
	for _, name := range slices.Sorted(maps.Keys(s.buckets)) {
		b := s.buckets[name]
		p.buckets = append(p.buckets, savedBucket{name, slices.Clone(b.objects), b.publicRead, b.publicList})
	}
	for token, g := range s.grants {
		p.grants[token] = *g
	}
	for _, token := range slices.Sorted(maps.Keys(s.uploads)) {
		up := *s.uploads[token]
		up.parts = maps.Clone(up.parts)
		p.uploads = append(p.uploads, savedUpload{token, up})
	}
	return &p
}

// Save implements state.Picture.
func (p *picture) Save(c *state.Coder) { p.code(c, nil) }

// Close implements state.Picture: objects are shared, not kept for the picture.
func (p *picture) Close() {}

// Load implements state.Part, for a store that nobody uses yet. PARs keep
// their tokens, and so their URLs.
func (s *Store) Load(c *state.Coder) error {
	var p picture
	p.code(c, s)
	if c.Err() != nil {
		return c.Err()
	}
	s.buckets = map[string]*bucket{}
	for _, b := range p.buckets {
		s.buckets[b.name] = &bucket{objects: b.objects, publicRead: b.publicRead, publicList: b.publicList}
	}
	s.grants = map[string]*grant{}
	for token, g := range p.grants {
		s.grants[token] = &g
	}
	s.uploads = map[string]*upload{}
	for _, up := range p.uploads {
		s.uploads[up.token] = &up.upload
	}
	s.accounts = p.accounts
	return nil
}

// code carries a picture; s is the store that it is loaded into.
func (p *picture) code(c *state.Coder, s *Store) {
	state.List(c, &p.buckets, codeBucket)
	state.Map(c, &p.grants, (*state.Coder).Text, codeGrant)
	state.Map(c, &p.accounts, (*state.Coder).Text, (*state.Coder).Text)
	state.List(c, &p.uploads, func(c *state.Coder, up *savedUpload) {
		c.Text(&up.token)
		c.Text(&up.id)
		codeTarget(c, &up.target)
		if c.Loading() {
			up.object = &Object{}
		}
		codeObject(c, up.object)
		state.Map(c, &up.parts, state.Int[int], func(c *state.Coder, part **Writer) {
			if c.Loading() {
				*part = s.Create(up.target.bucket, up.target.object)
			}
			codePart(c, *part)
		})
	})
}

func codeBucket(c *state.Coder, b *savedBucket) {
	c.Text(&b.name)
	c.Bool(&b.publicRead)
	c.Bool(&b.publicList)
	state.Pointers(c, &b.objects, codeObject)
	if c.Loading() && !slices.IsSortedFunc(b.objects, func(a, b *Object) int {
		if a.Name < b.Name {
			return -1
		}
		return 1 // equal names are out of order, too
	}) {
		c.Damaged("the objects of bucket %s are out of order", b.name)
	}
}

func codeGrant(c *state.Coder, g *grant) {
	c.Text(&g.Bucket)
	access := string(g.Access)
	c.Text(&access)
	c.Text(&g.Object)
	c.Bool(&g.List)
	c.Time(&g.Expires)
	c.Bool(&g.revoked)
	if !c.Loading() || c.Err() != nil {
		return
	}
	if g.Access = Access(access); !g.Access.known() {
		c.Damaged("unknown access type %q", access)
	}
}

// codeObject carries an object. An object that changes gets another ETag, so
// that skimming leaves the bytes out.
func codeObject(c *state.Coder, o *Object) {
	c.Text(&o.Name)
	c.Text(&o.MD5)
	c.Text(&o.MultipartMD5)
	c.Text(&o.ETag)
	c.Text(&o.ContentType)
	state.Map(c, &o.Meta, (*state.Coder).Text, (*state.Coder).Text)
	c.Time(&o.Created)
	c.Time(&o.Modified)
	state.Int(c, &o.Size)
	if !c.Skims() {
		codeContent(c, &o.content)
	}
	if c.Loading() && o.Size != o.content.size {
		c.Damaged("object %s has %d bytes instead of %d", o.Name, o.content.size, o.Size)
	}
}

// codeContent carries bytes, as pieces that are full but for the last one.
func codeContent(c *state.Coder, x *content) {
	state.List(c, &x.segments, (*state.Coder).Bytes)
	if !c.Loading() {
		return
	}
	x.size = 0
	for i, s := range x.segments {
		if len(s) == 0 || len(s) > segmentSize || i < len(x.segments)-1 && len(s) < segmentSize {
			c.Damaged("an object has a piece of %d bytes", len(s))
			return
		}
		x.size += int64(len(s))
	}
}

func codeTarget(c *state.Coder, t *target) {
	c.Text(&t.token)
	c.Text(&t.namespace)
	c.Text(&t.bucket)
	c.Text(&t.object)
	c.Text(&t.upload)
	state.Int(c, &t.part)
	c.Bool(&t.signed)
	c.Text(&t.user)
	c.Text(&t.password)
}

// codePart carries one part of an upload. What is read is written again, so
// that its digest is there when the parts are joined.
func codePart(c *state.Coder, w *Writer) {
	c.Text(&w.object.MD5)
	c.Text(&w.object.ETag)
	if c.Skims() {
		return
	}
	var read content
	if !c.Loading() {
		read = w.object.content
	}
	codeContent(c, &read)
	if !c.Loading() {
		return
	}
	for _, s := range read.segments {
		_, _ = w.Write(s) // never fails
	}
}
