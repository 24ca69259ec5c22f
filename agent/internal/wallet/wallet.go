// Package wallet opens the wallet of a database, a directory or the zip file
// as it was downloaded: tnsnames.ora as descriptors by alias, and the TLS
// material that proves who we are and whom we trust. It connects to nothing
// and keeps no password.
//
// Facts: reference, section 9; wire notes, section 18.
package wallet

import (
	"archive/zip"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/adbferry/adbferry/pkg/config"
)

// maxFile bounds the files read from a wallet, in bytes. Real ones have a few
// kilobytes; a zip may claim anything.
const maxFile = 4 << 20

// A Wallet is an opened wallet. It is immutable and safe for concurrent use.
type Wallet struct {
	path    string
	entries map[string]Descriptor // by lower-case alias
	aliases []string              // as written, in file order
	tls     *tls.Config
}

// Open reads the wallet at path. The password opens ewallet.p12 or
// ewallet.pem; without one the auto-login file cwallet.sso is used.
//
// Errors: *MissingError, *PasswordError, *FormatError.
func Open(name string, password config.Secret) (*Wallet, error) {
	files, err := openFiles(name)
	if err != nil {
		return nil, err
	}
	text, err := files.read("tnsnames.ora")
	if err != nil {
		return nil, err
	}
	w := &Wallet{path: name, entries: make(map[string]Descriptor)}
	if err := w.parse(string(text)); err != nil {
		return nil, &FormatError{Path: files.name("tnsnames.ora"), Err: err}
	}
	m, err := loadMaterial(files, password)
	if err != nil {
		return nil, err
	}
	w.tls = m.config()
	return w, nil
}

// TLS returns a new client configuration with the wallet's key, certificate
// and trusted certificates. The caller sets ServerName.
func (w *Wallet) TLS() *tls.Config { return w.tls.Clone() }

// Aliases returns the aliases of tnsnames.ora, as written and in file order.
func (w *Wallet) Aliases() []string { return slices.Clone(w.aliases) }

// Descriptor returns the connect descriptor of an alias in any letter case.
//
// Error: *AliasError.
func (w *Wallet) Descriptor(alias string) (Descriptor, error) {
	d, ok := w.entries[strings.ToLower(alias)]
	if !ok {
		return Descriptor{}, &AliasError{Alias: alias, Known: w.Aliases()}
	}
	return d, nil
}

func (w *Wallet) parse(text string) error {
	entries, err := parseNames(text)
	if err != nil {
		return err
	}
	for _, e := range entries {
		d, err := describe(e.value)
		if err != nil {
			// One odd entry must not lock the user out of the others; asking
			// for it is answered with the aliases that work.
			continue
		}
		for _, alias := range e.aliases {
			if _, known := w.entries[strings.ToLower(alias)]; !known {
				w.aliases = append(w.aliases, alias)
			}
			w.entries[strings.ToLower(alias)] = d
		}
	}
	return nil
}

// files reads the files of a wallet, whatever it is stored in.
type files struct {
	path string
	fsys fs.FS
}

func openFiles(name string) (files, error) {
	info, err := os.Stat(name)
	if err != nil {
		return files{}, &MissingError{Path: name, Err: err}
	}
	if info.IsDir() {
		return files{path: name, fsys: os.DirFS(name)}, nil
	}
	if info.Size() > maxFile {
		return files{}, &FormatError{Path: name, Err: fmt.Errorf("%d bytes are too many for a wallet", info.Size())}
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return files{}, &MissingError{Path: name, Err: err}
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return files{}, &FormatError{Path: name, Err: errors.New("it is neither a directory nor a zip file")}
	}
	return files{path: name, fsys: inner(z)}, nil
}

// inner finds the folder of the zip that holds tnsnames.ora: some people zip
// the directory instead of its files.
func inner(z *zip.Reader) fs.FS {
	for _, f := range z.File {
		if path.Base(f.Name) != "tnsnames.ora" || path.Dir(f.Name) == "." {
			continue
		}
		if sub, err := fs.Sub(z, path.Dir(f.Name)); err == nil {
			return sub
		}
	}
	return z
}

// name is how a file is called in errors.
func (f files) name(file string) string { return path.Join(f.path, file) }

func (f files) has(file string) bool {
	_, err := fs.Stat(f.fsys, file)
	return err == nil
}

func (f files) read(file string) (_ []byte, err error) {
	r, err := f.fsys.Open(file)
	if err != nil {
		return nil, &MissingError{Path: f.name(file), Err: err}
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, &MissingError{Path: f.name(file), Err: err}
	}
	if len(data) > maxFile {
		return nil, &FormatError{Path: f.name(file), Err: errors.New("it is too long")}
	}
	return data, nil
}
