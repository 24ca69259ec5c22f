package dbmscloud

import (
	"cmp"
	"slices"

	"github.com/adbferry/adbferry/sim/internal/state"
)

// savedFiles are the files of a database's directories as the part of a state
// that they are.
type savedFiles struct {
	*files

	database string // its name
}

// Section implements state.Part.
func (p savedFiles) Section() string { return "files of " + p.database }

// Hold implements state.Part.
func (p savedFiles) Hold() (release func()) {
	p.mu.RLock()
	return p.mu.RUnlock
}

// A filePicture is the files at one instant.
type filePicture []savedFile

type savedFile struct {
	fileName
	file
}

// Capture implements state.Part.
func (p savedFiles) Capture() state.Picture {
	x := make(filePicture, 0, len(p.all))
	for n, f := range p.all {
		x = append(x, savedFile{n, f})
	}
	slices.SortFunc(x, func(a, b savedFile) int {
		return cmp.Or(cmp.Compare(a.directory, b.directory), cmp.Compare(a.name, b.name))
	})
	return &x
}

// Save implements state.Picture.
func (x *filePicture) Save(c *state.Coder) { x.code(c) }

// Close implements state.Picture.
func (x *filePicture) Close() {}

// Load implements state.Part.
func (p savedFiles) Load(c *state.Coder) error {
	var x filePicture
	x.code(c)
	if c.Err() != nil {
		return c.Err()
	}
	p.all, p.size = map[fileName]file{}, 0
	for _, f := range x {
		p.all[f.fileName] = f.file
		p.size += len(f.data)
	}
	return nil
}

func (x *filePicture) code(c *state.Coder) {
	state.List(c, (*[]savedFile)(x), func(c *state.Coder, f *savedFile) {
		c.Text(&f.directory)
		c.Text(&f.name)
		c.Bytes(&f.data)
		c.Time(&f.created)
		c.Time(&f.modified)
	})
}
