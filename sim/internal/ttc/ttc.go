// Package ttc encodes and decodes the messages that travel inside the DATA
// packets of an Oracle connection, from a server's side: it decodes requests
// and encodes replies, one file per message (wire notes, sections 4 to 14).
//
// It knows neither sockets nor what a statement means. Everything a client
// sends is bounded before memory is taken for it; an error from a Decode
// method means that the stream cannot be read on and the connection has to be
// closed.
package ttc

import "errors"

// Message codes: the first byte of a message.
const (
	codeProtocol   = 0x01
	codeDataTypes  = 0x02
	codeFunction   = 0x03
	codeEndOfCall  = 0x04
	codeRowHeader  = 0x06
	codeRow        = 0x07
	codeParameters = 0x08
	codeStatus     = 0x09
	codeIOVector   = 0x0B
	codeLobData    = 0x0E
	codeDescribe   = 0x10
	codePiggyback  = 0x11
	codeServerSide = 0x17
	codeNetwork    = 0xDE
)

// FieldVersion is the newest TTC field version we speak: Oracle 19c (wire
// notes, section 15).
const FieldVersion = 12

// Character sets and forms (wire notes, section 8).
const (
	CharsetAL32UTF8  = 873
	CharsetAL16UTF16 = 2000

	FormImplicit = 1 // database character set
	FormNational = 2 // national character set
)

// ErrProtocol is what every error about bytes that make no message wraps.
var ErrProtocol = errors.New("protocol violation")

// A Dialect is what negotiation settled about the layout of later messages
// (wire notes, section 4.3).
type Dialect struct {
	// Field is the TTC field version in use.
	Field int
	// Counted says that character arrays carry their own length.
	Counted bool
	// RawScale says that the scale of numeric columns is one signed byte
	// rather than a length-prefixed number.
	RawScale bool
	// Placeholders says that the client sends a value for every RETURNING
	// bind too. Only the driver that announces a national character set does.
	Placeholders bool
}
