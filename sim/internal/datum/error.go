package datum

import (
	"errors"
	"fmt"
	"strings"
)

// An Error is what Oracle reports for a failed call: a number, a text that may
// be a stack of several "ORA-nnnnn: …" lines, and the offset in the statement.
type Error struct {
	Code int    // 942 for ORA-00942; the number of the first line of the stack
	Text string // the whole stack, lines parted by "\n", without a final one
	Pos  int    // offset into the statement in bytes, from 0; 0 when unknown
}

func (e *Error) Error() string { return e.Text }

// Errorf makes the error ORA-code with a formatted text.
func Errorf(code int, format string, args ...any) *Error {
	return &Error{Code: code, Text: fmt.Sprintf("ORA-%05d: ", code) + fmt.Sprintf(format, args...)}
}

// At returns a copy of e that points at offset pos of the statement.
func (e *Error) At(pos int) *Error {
	c := *e
	c.Pos = pos
	return &c
}

// Above returns a stack with "ORA-code: text" as its first line and e below it,
// as PL/SQL and external tables wrap the errors they meet.
func (e *Error) Above(code int, format string, args ...any) *Error {
	top := Errorf(code, format, args...)
	return &Error{Code: code, Text: top.Text + "\n" + e.Text, Pos: e.Pos}
}

// With returns e with one more line at the end of its stack.
func (e *Error) With(line string) *Error {
	c := *e
	c.Text = strings.TrimRight(c.Text, "\n") + "\n" + line
	return &c
}

// AsError returns err as an Oracle error. Any other error becomes ORA-00600, the
// simulator's way of saying that it is itself at fault.
func AsError(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return Errorf(600, "internal error code, arguments: [adbferry-sim], [%v]", err)
}
