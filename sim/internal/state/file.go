package state

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
)

// fileMode keeps the file to its owner: it holds keys, passwords and PARs.
const fileMode = 0o600

// Save writes the capture to path, in one step: until it returns without an
// error the file that was there stays as it was, whatever happens to this
// process or the machine. Beside it, "path.tmp" may be left by a crash.
func (c *Capture) Save(path string) error {
	if err := c.save(path); err != nil {
		return fmt.Errorf("save state to %s: %w", path, err)
	}
	return nil
}

func (c *Capture) save(path string) (err error) {
	fresh := path + ".tmp"
	if err := os.Remove(fresh); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(fresh, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(fresh))
		}
	}()
	_, err = fmt.Fprintf(f, "%s%d\n", title, version)
	if err == nil {
		err = c.write(f, false)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(fresh, path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder makes a rename durable.
func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// A File is a saved state that is being loaded: section by section, in the
// order in which Take was given the parts.
type File struct {
	path   string
	closer io.Closer
	r      *frameReader
}

// Open begins to load path. Close it when done.
//
// Errors: os.ErrNotExist, ErrDamaged, ErrVersion.
func Open(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open state: %w", err)
	}
	file := newFile(path, f, f)
	if err := file.header(); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), f.Close())
	}
	return file, nil
}

func newFile(path string, from io.Reader, closer io.Closer) *File {
	return &File{path: path, closer: closer, r: &frameReader{from: bufio.NewReaderSize(from, frameSize)}}
}

// header checks that this is a file of ours.
func (f *File) header() error {
	in := f.r.from.(*bufio.Reader)
	line := make([]byte, len(title))
	if _, err := io.ReadFull(in, line); err != nil || string(line) != title {
		return fmt.Errorf("%w: its first line is not that of a saved state", ErrDamaged)
	}
	var number []byte
	for len(number) < 10 {
		b, err := in.ReadByte()
		if err != nil || b != '\n' && (b < '0' || b > '9') {
			return fmt.Errorf("%w: it has no version", ErrDamaged)
		}
		if b == '\n' {
			break
		}
		number = append(number, b)
	}
	if string(number) != strconv.Itoa(version) {
		return fmt.Errorf("%w %s: this program reads and writes version %d", ErrVersion, number, version)
	}
	return nil
}

// Load loads the next section, which has to be that of the part.
//
// Errors: ErrDamaged, and what the part cannot make sense of.
func (f *File) Load(p Part) error {
	if err := f.load(p); err != nil {
		return fmt.Errorf("%s: %s: %w", f.path, p.Section(), err)
	}
	return nil
}

func (f *File) load(p Part) error {
	name, err := f.r.begin()
	if err != nil {
		return err
	}
	if name != p.Section() {
		return fmt.Errorf("%w: the section of %q stands where this one should", ErrDamaged, name)
	}
	c := &Coder{in: f.r}
	err = p.Load(c)
	if c.Err() != nil { // the cause of whatever the part says
		return c.Err()
	}
	if err == nil && len(f.r.rest) > 0 {
		err = fmt.Errorf("%w: the section goes on after the last value of it", ErrDamaged)
	}
	return err
}

// End makes sure that the file ends after the last section. Only then all of
// it is known to be sound.
//
// Error: ErrDamaged.
func (f *File) End() error {
	if err := f.end(); err != nil {
		return fmt.Errorf("%s: %w", f.path, err)
	}
	return nil
}

func (f *File) end() error {
	if err := f.r.next(); err != nil {
		return err
	}
	if f.r.kind != endFrame || len(f.r.rest) > 0 {
		return fmt.Errorf("%w: frame %d should be the last one and is not", ErrDamaged, f.r.place-1)
	}
	if _, err := io.ReadFull(f.r.from, make([]byte, 1)); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: bytes follow the frame that ends it", ErrDamaged)
	}
	return nil
}

// Close ends the loading.
func (f *File) Close() error { return f.closer.Close() }
