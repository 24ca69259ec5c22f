// Package state keeps the state of a simulation in one file, so that it
// survives a restart: a versioned sequence of sections, one per part of the
// simulation, in checksummed frames.
//
// It owns the container: how bytes become frames, when a file is to be
// trusted, and how it takes the place of the one before in one step. What a
// section says belongs to the part that it is of: package objectstore writes
// objects, package engine/heap rows. Saving and loading stream; neither holds
// more than a frame beside the state itself.
//
// A file reads
//
//	adbferry-sim state 2\n      the version of everything behind it
//	frame …                     kind, length, checksum, payload
//
// where a frame begins a section (and names it), continues it, or ends the
// file. A frame's checksum covers its place in the file, so that none can be
// lost, doubled or moved. Whatever is not exactly so is refused with
// ErrDamaged, and a file of another version with ErrVersion; both name the file.
package state

import "errors"

// version is that of the file's format: the frames and what each part writes
// into them. Whoever changes either counts it up.
const version = 2

// title begins a file, before its version.
const title = "adbferry-sim state "

// Errors of reading a file.
var (
	// ErrDamaged is a file that is cut off, altered, or no state at all.
	ErrDamaged = errors.New("the file is damaged")
	// ErrVersion is a file that another version of this program wrote.
	ErrVersion = errors.New("unknown version")
)

// A Part is something whose state is saved: its own section of the file.
type Part interface {
	// Section names the part in the file. No two parts share a name.
	Section() string

	// Hold lets nothing of the part change until release is called. All parts
	// are held at once, so that they are captured at one instant.
	Hold() (release func())

	// Capture notes what the part is now. It is called while the part is held
	// and is quick: what can be read later without a lock is left for then.
	Capture() Picture

	// Load makes a fresh part what it was when its section was written. After
	// an error, its own or the coder's, the part is of no use.
	Load(c *Coder) error
}

// A Picture is a part as it was at one instant. It is read while the part
// goes on to change.
type Picture interface {
	// Save writes the section; it may be called more than once and writes the
	// same again. Where the coder skims, it leaves out what cannot have changed
	// unless something else that it writes has: rows, and the bytes of objects.
	Save(c *Coder)

	// Close lets the part forget what only the picture needed.
	Close()
}
