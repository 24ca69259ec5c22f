// Package durable writes small files so that they outlive the machine: on return
// both the bytes and the name are on the disk. It knows nothing of what the
// files hold.
package durable

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Replace writes a file whole or not at all, in place of one of that name, and
// readable to its owner only. A crash may leave a temporary file beside it,
// whose name begins with a dot.
func Replace(path string, content []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, errors.Join(err, os.Remove(f.Name())))
	}
	return Folder(filepath.Dir(path))
}

// Folder makes the names in a folder durable: those of files that were made,
// linked or renamed in it.
func Folder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("sync folder %s: %w", path, err)
	}
	return nil
}
