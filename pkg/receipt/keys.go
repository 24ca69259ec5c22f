package receipt

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// fileKeys are the keys of a file, as they are spelled.
var fileKeys = []string{"format", "receipt", "payload", "signature", "public_key"}

// unambiguous refuses a text in which a person may read another value than the
// decoder takes: with a key that is there twice, at any depth, or, as decoding
// passes over the case of letters, one that is not spelled as a file's keys are.
// What is below "receipt" is for protojson to know, which takes exact names only.
//
// Errors: ErrAltered for a key that is there twice.
func unambiguous(text []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	var open []level
	for first := true; ; first = false {
		token, err := decoder.Token()
		switch {
		case errors.Is(err, io.EOF) && !first:
			return nil
		case err != nil:
			return err
		case len(open) == 0 && !first:
			return errors.New("something follows the receipt")
		}
		if len(open) > 0 && open[len(open)-1].wantsKey() {
			if name, ok := token.(string); ok {
				if err := open[len(open)-1].key(name, len(open)); err != nil {
					return err
				}
				continue
			}
		}
		open = within(open, token)
	}
}

// within follows a token that is no key into an object or array, or out of it.
func within(open []level, token json.Token) []level {
	switch token {
	case json.Delim('}'), json.Delim(']'):
		return open[:len(open)-1]
	}
	if len(open) > 0 {
		open[len(open)-1].inValue = false
	}
	switch token {
	case json.Delim('{'):
		return append(open, level{keys: map[string]bool{}})
	case json.Delim('['):
		return append(open, level{})
	}
	return open
}

// A level is an object or array that is being read.
type level struct {
	keys    map[string]bool // of an object, as far as it was read; nil for an array
	inValue bool            // a key was read, its value not yet
}

func (l *level) wantsKey() bool { return l.keys != nil && !l.inValue }

// key takes the next key of an object in.
func (l *level) key(name string, depth int) error {
	switch {
	case depth == 1 && !slices.Contains(fileKeys, name):
		return fmt.Errorf("it has a key %q, which is none of a receipt's", name)
	case l.keys[name]:
		return fmt.Errorf("%w: the key %q stands in it twice", ErrAltered, name)
	}
	l.keys[name], l.inValue = true, true
	return nil
}
