package state

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"io"
)

// A Capture is the pictures of all parts of a simulation, taken at one instant.
type Capture struct {
	names    []string
	pictures []Picture
}

// Take captures parts at one instant: all are held while each is captured. The
// parts are held in their order; whoever holds several takes them in the same.
// Close the capture when done.
func Take(parts []Part) *Capture {
	for _, p := range parts {
		defer p.Hold()()
	}
	var c Capture
	for _, p := range parts {
		c.names = append(c.names, p.Section())
		c.pictures = append(c.pictures, p.Capture())
	}
	return &c
}

// Close lets the parts forget what only the capture needed.
func (c *Capture) Close() {
	for _, p := range c.pictures {
		p.Close()
	}
}

// A Seed makes fingerprints of one process comparable.
type Seed struct{ seed maphash.Seed }

// NewSeed draws a seed.
func NewSeed() Seed { return Seed{maphash.MakeSeed()} }

// Fingerprint is equal for captures between which nothing changed. It looks at
// definitions only, not at rows and the bytes of objects.
func (c *Capture) Fingerprint(s Seed) (uint64, error) {
	var h maphash.Hash
	h.SetSeed(s.seed)
	err := c.write(&h, true)
	return h.Sum64(), err
}

// write writes the frames of all sections.
func (c *Capture) write(to io.Writer, skims bool) error {
	w := newFrameWriter(to)
	for i, p := range c.pictures {
		w.begin(c.names[i])
		coder := &Coder{out: w, skims: skims}
		p.Save(coder)
		if err := coder.Err(); err != nil {
			return fmt.Errorf("%s: %w", c.names[i], err)
		}
	}
	w.end()
	w.flush(endFrame)
	return w.err
}

// Bytes returns what the n-th part writes into its section, without frames:
// where a fuzz target begins.
func (c *Capture) Bytes(n int) ([]byte, error) {
	var section bytes.Buffer
	one := Capture{names: c.names[n : n+1], pictures: c.pictures[n : n+1]}
	if err := one.write(&section, false); err != nil {
		return nil, err
	}
	r := &frameReader{from: &section}
	if _, err := r.begin(); err != nil {
		return nil, err
	}
	var data []byte
	for {
		if err := r.next(); err != nil || r.kind != dataFrame {
			return data, err
		}
		data = append(data, r.rest...)
	}
}

// LoadBytes loads a part from what Bytes returned.
func LoadBytes(p Part, section []byte) error {
	var file bytes.Buffer
	w := newFrameWriter(&file)
	w.begin(p.Section())
	w.write(string(section))
	w.end()
	w.flush(endFrame)
	f := newFile("section", &file, io.NopCloser(nil))
	if err := f.Load(p); err != nil {
		return err
	}
	return f.End()
}
