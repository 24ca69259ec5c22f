// Package datum holds Oracle's typed values, column types and errors as the
// simulator passes them between the wire, the SQL engine and DBMS_CLOUD.
//
// It is a leaf: it knows neither SQL nor sockets. Every scalar is kept in the
// byte form that Oracle itself stores and sends (wire notes, section 14): a
// NUMBER keeps all its digits, comparing two values of one kind is comparing
// bytes, and sending a row is copying bytes.
package datum

import "strings"

// Kind says what a Value holds.
type Kind uint8

// The kinds of value. The comment says how the bytes of Value.Bytes read.
const (
	Null         Kind = iota // nothing: every empty VARCHAR2 and RAW is also Null
	Text                     // VARCHAR2, CHAR, NVARCHAR2, NCHAR, LONG: UTF-8
	Number                   // exponent byte and base-100 digits, at most 21 bytes
	Date                     // 7 bytes, excess-100 century and year
	Timestamp                // 11 bytes: a Date and nanoseconds
	TimestampTZ              // 11 bytes in UTC, then the zone as text: "+02:00" or "Europe/Berlin"
	TimestampLTZ             // 11 bytes in UTC, the zone of the simulated database
	IntervalYM               // 5 bytes
	IntervalDS               // 11 bytes
	Raw                      // bytes
	BinaryFloat              // 4 bytes, sortable form
	BinaryDouble             // 8 bytes, sortable form
	Clob                     // CLOB and NCLOB contents, UTF-8; may be empty without being Null
	Blob                     // BLOB contents; may be empty without being Null
	Rowid                    // text form
	Boolean                  // one byte, 0 or 1
)

// A Value is one immutable Oracle value. The zero Value is NULL. Values are
// comparable: two equal values of one kind are the same value.
type Value struct {
	kind Kind
	data string
}

// NULL is the absent value.
var NULL Value

// Kind reports what v holds.
func (v Value) Kind() Kind { return v.kind }

// IsNull reports whether v is NULL.
func (v Value) IsNull() bool { return v.kind == Null }

// Bytes returns the stored form of v, described at its Kind. The result must
// not outlive a need for it in large loops: it shares memory with v.
func (v Value) Bytes() string { return v.data }

// Of makes a value of kind k from its stored form, which the caller
// guarantees to be well formed (a row kept by the engine, a validated bind).
func Of(k Kind, stored string) Value {
	if stored == "" && k != Clob && k != Blob {
		return NULL
	}
	return Value{kind: k, data: stored}
}

// FromText makes a VARCHAR2 value; the empty string is NULL, as in Oracle.
func FromText(s string) Value { return Of(Text, s) }

// FromRaw makes a RAW value; no bytes are NULL, as in Oracle.
func FromRaw(b []byte) Value { return Of(Raw, string(b)) }

// FromClob makes a CLOB value, which may be empty.
func FromClob(s string) Value { return Value{kind: Clob, data: s} }

// FromBlob makes a BLOB value, which may be empty.
func FromBlob(b []byte) Value { return Value{kind: Blob, data: string(b)} }

// FromBool makes a BOOLEAN value.
func FromBool(b bool) Value {
	if b {
		return Value{kind: Boolean, data: "\x01"}
	}
	return Value{kind: Boolean, data: "\x00"}
}

// Bool returns the truth of a Boolean value.
func (v Value) Bool() bool { return v.kind == Boolean && v.data == "\x01" }

// Text returns the characters of a Text, Clob or Rowid value, and "" for NULL.
// Values of other kinds have no text of their own: converting them depends on
// the session's NLS settings and belongs to the engine.
func (v Value) Text() string {
	switch v.kind {
	case Text, Clob, Rowid:
		return v.data
	default:
		return ""
	}
}

// Compare orders two non-null values of the same kind the way Oracle's binary
// sort does. It is meaningful for every kind but IntervalYM and IntervalDS of
// different layouts, which share the property as well.
func Compare(a, b Value) int { return strings.Compare(a.data, b.data) }
