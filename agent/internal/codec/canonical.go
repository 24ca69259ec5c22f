package codec

import (
	"fmt"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A Canonical is how a column's value enters digests: as a text that is the
// same wherever the value is. Its expressions are the same on both sides.
type Canonical struct {
	// Text is the expression of that text: digits, letters and + - . : / _ and
	// blanks, and "~" for NULL, which is no value's text.
	Text string
	// Width is the longest text in bytes.
	Width int
	// Readable is the expression of the value as a person reads it; NULL for NULL.
	Readable string
	// Crypto is set when the expression calls DBMS_CRYPTO, which has to be granted.
	Crypto bool
}

// canonical is the part of a family that digests need. A type can have it that
// no file format carries.
type canonical interface {
	// claims reports whether the column's type is of this family.
	claims(c *pb.Column) bool
	// canonical renders the expressions for a value that is not NULL.
	canonical(c *pb.Column, ref string) Canonical
}

const (
	// sha256Hex is the length of a SHA-256 as hexadecimal text.
	sha256Hex = 64
	// nullText stands for NULL, so that no hash function's idea of NULL matters.
	nullText = "'~'"
)

// CanonicalOf returns how a column enters digests; ok is false for types without
// such a form. ref is the quoted column.
func CanonicalOf(c *pb.Column, ref string) (form Canonical, ok bool) {
	f := canonicalFamily(c)
	if f == nil {
		return Canonical{}, false
	}
	form = f.canonical(c, ref)
	form.Text = fmt.Sprintf("CASE WHEN %s IS NULL THEN %s ELSE %s END", ref, nullText, form.Text)
	return form, true
}

func canonicalFamily(c *pb.Column) canonical {
	if f := familyOf(c); f != nil {
		return f
	}
	if (largeObject{}).claims(c) {
		return largeObject{}
	}
	return nil
}

// Hash renders the SHA-256 of a text's bytes as hexadecimal text. Texts are
// hashed in the character set they are stored in: those of databases with
// different character sets cannot be compared.
func Hash(text string) string { return fmt.Sprintf("RAWTOHEX(STANDARD_HASH(%s, 'SHA256'))", text) }

// plain is the form of families whose written text is short and canonical already.
func plain(text string, width int) Canonical {
	return Canonical{Text: text, Width: width, Readable: text}
}

// hashed is the form of values of any bytes: hashing them keeps texts short and
// never needs pieces.
func hashed(ref, readable string) Canonical {
	return Canonical{Text: Hash(ref), Width: sha256Hex, Readable: readable}
}

// largeObject is CLOB, NCLOB and BLOB, which only DBMS_CRYPTO hashes. It does so
// with the AL32UTF8 form of characters (reference 6.1). Empty ones are no value
// of it, so they are told apart here.
type largeObject struct{}

func (largeObject) claims(c *pb.Column) bool {
	return c.GetDataType() == "CLOB" || c.GetDataType() == "NCLOB" || c.GetDataType() == "BLOB"
}

func (largeObject) canonical(_ *pb.Column, ref string) Canonical {
	const lengthDigits = 20
	text := fmt.Sprintf("CASE WHEN DBMS_LOB.GETLENGTH(%[1]s) = 0 THEN '0' "+
		"ELSE TO_CHAR(DBMS_LOB.GETLENGTH(%[1]s), 'TM9') || ':' || RAWTOHEX(DBMS_CRYPTO.HASH(%[1]s, 4)) END", ref)
	return Canonical{Text: text, Width: lengthDigits + 1 + sha256Hex, Readable: "TO_CHAR(DBMS_LOB.GETLENGTH(" + ref + "), 'TM9')", Crypto: true}
}
