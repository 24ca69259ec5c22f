package engine

import (
	"context"
	"unsafe"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
)

// lobPackage is the procedures of DBMS_LOB that change LOBs, temporary ones and
// those of a row that the transaction has locked. Its functions, which SQL can
// call, are built in.
//
// Not simulated: writing through the locator of a LOB that a view or subquery
// gave, which is refused; BFILEs; opening.
func lobPackage() Package {
	lob := Param{Name: "LOB_LOC", Mode: database.InOut}
	dest := Param{Name: "DEST_LOB", Mode: database.InOut, writes: true}
	written := Param{Name: "LOB_LOC", Mode: database.InOut, writes: true}
	return Package{Owner: "SYS", Name: "DBMS_LOB", Procedures: []Procedure{
		{Name: "CREATETEMPORARY", Params: []Param{lob, booleanParam("CACHE"), optional(numberParam("DUR"))}, Call: createTemporary},
		{Name: "FREETEMPORARY", Params: []Param{lob}, Call: func(_ context.Context, _ *Session, args *Args) error {
			args.Set("LOB_LOC", datum.NULL)
			return nil
		}},
		{Name: "APPEND", Params: []Param{dest, {Name: "SRC_LOB"}}, Call: appendLOB},
		{Name: "WRITEAPPEND", Params: []Param{written, numberParam("AMOUNT"), {Name: "BUFFER"}}, Call: writeAppend},
		{Name: "TRIM", Params: []Param{written, numberParam("NEWLEN")}, Call: trimLOB},
	}}
}

// createTemporary makes an empty LOB of the variable's type: it is converted
// when it is assigned.
func createTemporary(_ context.Context, s *Session, args *Args) error {
	s.growing = nil
	if args.target("LOB_LOC").Kind == datum.Blob {
		args.Set("LOB_LOC", datum.FromBlob(nil))
		return nil
	}
	args.Set("LOB_LOC", datum.FromClob(""))
	return nil
}

// noLocator is what DBMS_LOB says to a LOB that is NULL.
func noLocator() *datum.Error {
	return datum.Errorf(6502, "PL/SQL: numeric or value error: invalid LOB locator specified: ORA-22275")
}

// appendLOB is DBMS_LOB.APPEND.
func appendLOB(_ context.Context, s *Session, args *Args) error {
	to, from := args.Value("DEST_LOB"), args.Value("SRC_LOB")
	if !isLOB(to.Kind()) || from.IsNull() {
		return noLocator()
	}
	tail, err := s.convert(from, datum.Type{Kind: to.Kind()})
	if err != nil {
		return err
	}
	args.Set("DEST_LOB", s.extended(to, tail.Bytes()))
	return nil
}

// writeAppend is DBMS_LOB.WRITEAPPEND: amount bytes or UCS-2 characters of the
// buffer.
//
// Error: ORA-21560 for an amount that the buffer does not have.
func writeAppend(_ context.Context, s *Session, args *Args) error {
	to := args.Value("LOB_LOC")
	if !isLOB(to.Kind()) {
		return noLocator()
	}
	amount, err := s.integer(args.Value("AMOUNT"))
	if err != nil {
		return err
	}
	buffer, err := s.convert(args.Value("BUFFER"), datum.Type{Kind: to.Kind()})
	if err != nil {
		return err
	}
	tail, have := buffer.Bytes(), len(buffer.Bytes())
	if to.Kind() == datum.Clob {
		have = newUCS2Index(tail).units
	}
	if amount < 1 || amount > have {
		return datum.Errorf(21560, "argument %d is null, invalid, or out of range", 2)
	}
	if to.Kind() == datum.Clob {
		tail = newUCS2Index(tail).cut(0, amount)
	} else {
		tail = tail[:amount]
	}
	args.Set("LOB_LOC", s.extended(to, tail))
	return nil
}

// trimLOB is DBMS_LOB.TRIM.
func trimLOB(_ context.Context, s *Session, args *Args) error {
	v := args.Value("LOB_LOC")
	n, err := s.integer(args.Value("NEWLEN"))
	switch {
	case err != nil:
		return err
	case v.Kind() == datum.Clob && n >= 0 && n <= s.located(v.Text()).units:
		args.Set("LOB_LOC", datum.FromClob(s.located(v.Text()).cut(0, n)))
	case v.Kind() == datum.Blob && n >= 0 && n <= len(v.Bytes()):
		args.Set("LOB_LOC", datum.Of(datum.Blob, v.Bytes()[:n]))
	default:
		return datum.Errorf(22926, "specified trim length is greater than current LOB value's length")
	}
	return nil
}

// extended returns a LOB with a tail. The LOB that was extended last is
// extended in place: building one of many pieces copies each once. Nobody sees
// the bytes behind a value's end, so values that share the memory stay what
// they are.
func (s *Session) extended(v datum.Value, tail string) datum.Value {
	text := v.Bytes()
	if len(text) == 0 || len(s.growing) != len(text) || unsafe.StringData(text) != unsafe.SliceData(s.growing) {
		s.growing = append(make([]byte, 0, 2*(len(text)+len(tail))), text...)
	}
	s.growing = append(s.growing, tail...)
	return datum.Of(v.Kind(), unsafe.String(unsafe.SliceData(s.growing), len(s.growing)))
}
