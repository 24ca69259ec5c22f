// Package config reads configuration files: strict YAML into a struct that
// already holds its defaults, secrets from the environment or from files of
// their own, and all problems reported at once.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
)

// Load reads the YAML file at path into the struct that into points at; see Decode.
func Load(path string, into any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read configuration: %w", err)
	}
	return Decode("configuration "+path, data, into)
}

// Keys returns the top-level keys of files that are read into a T, a struct whose
// fields have yaml tags, in the fields' order.
func Keys[T any]() []string {
	var keys []string
	for _, f := range reflect.VisibleFields(reflect.TypeFor[T]()) {
		if key := f.Tag.Get("yaml"); key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

// Decode reads YAML into the struct that into points at. Keys the struct does
// not have, and keys given twice, are errors that name their line. A struct with
// a Validate method is asked for its problems, which it joins with errors.Join.
// Errors begin with what the text is.
func Decode(what string, data []byte, into any) error {
	dec := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict())
	if err := dec.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: %s", what, problem(err))
	}
	v, ok := into.(interface{ Validate() error })
	if !ok {
		return nil
	}
	if err := v.Validate(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// problem renders a YAML error in one line: "line 3, column 1: unknown field "x"".
func problem(err error) string {
	ye, ok := errors.AsType[yaml.Error](err)
	if !ok || ye.GetToken() == nil {
		return err.Error()
	}
	pos := ye.GetToken().Position
	return fmt.Sprintf("line %d, column %d: %s", pos.Line, pos.Column, ye.GetMessage())
}

// A Secret is a text that no printer shows.
type Secret struct{ value string }

// NewSecret wraps a secret text.
func NewSecret(value string) Secret { return Secret{value: value} }

// Reveal returns the secret itself.
func (s Secret) Reveal() string { return s.value }

// IsZero reports whether there is no secret.
func (s Secret) IsZero() bool { return s.value == "" }

// String hides the secret.
func (s Secret) String() string { return "REDACTED" }

// GoString hides the secret from %#v.
func (s Secret) GoString() string { return "config.Secret(REDACTED)" }

// MarshalText hides the secret from encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// A SecretSource says where a secret is: in an environment variable or in a
// file, so that configuration files can be shown and checked in.
type SecretSource struct {
	Env  string `yaml:"env"`
	File string `yaml:"file"`
}

// IsZero reports whether no source is given.
func (s SecretSource) IsZero() bool { return s == SecretSource{} }

// Validate reports a source that names both places.
func (s SecretSource) Validate() error {
	if s.Env != "" && s.File != "" {
		return errors.New("give env or file, not both")
	}
	return nil
}

// Load fetches the secret. A file name is relative to baseDir; one final line
// end of the file is not part of the secret. An empty secret is an error.
func (s SecretSource) Load(baseDir string) (Secret, error) {
	switch {
	case s.Env != "":
		value, ok := os.LookupEnv(s.Env)
		if !ok || value == "" {
			return Secret{}, fmt.Errorf("environment variable %s is not set", s.Env)
		}
		return NewSecret(value), nil
	case s.File != "":
		data, err := os.ReadFile(Resolve(baseDir, s.File))
		if err != nil {
			return Secret{}, fmt.Errorf("read secret: %w", err)
		}
		value := strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")
		if value == "" {
			return Secret{}, fmt.Errorf("file %s is empty", s.File)
		}
		return NewSecret(value), nil
	default:
		return Secret{}, errors.New("no env or file is given")
	}
}

// Resolve returns name relative to dir, unless it is absolute or empty.
func Resolve(dir, name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, name)
}
