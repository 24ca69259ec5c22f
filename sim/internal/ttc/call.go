package ttc

import "fmt"

// A Function is the code of a call or piggyback.
type Function uint8

// The functions we answer (wire notes, section 6).
const (
	FuncReExecute      Function = 0x04
	FuncFetch          Function = 0x05
	FuncLogoff         Function = 0x09
	FuncCommit         Function = 0x0E
	FuncRollback       Function = 0x0F
	FuncVersion        Function = 0x3B
	FuncReExecuteFetch Function = 0x4E
	FuncExecute        Function = 0x5E
	FuncLob            Function = 0x60
	FuncCloseCursors   Function = 0x69
	FuncAuthTwo        Function = 0x73
	FuncAuthOne        Function = 0x76
	FuncCancelCursors  Function = 0x78
	FuncEndToEnd       Function = 0x87
	FuncPing           Function = 0x93
	FuncSetSchema      Function = 0x98
	FuncAppContext     Function = 0x9A
	FuncSessionState   Function = 0xB0
)

var functionNames = map[Function]string{
	FuncReExecute: "re-execute", FuncFetch: "fetch", FuncLogoff: "logoff",
	FuncCommit: "commit", FuncRollback: "rollback", FuncVersion: "version",
	FuncReExecuteFetch: "re-execute and fetch", FuncExecute: "execute", FuncLob: "lob",
	FuncCloseCursors: "close cursors", FuncAuthTwo: "logon, phase two",
	FuncAuthOne: "logon, phase one", FuncCancelCursors: "cancel cursors",
	FuncEndToEnd: "end-to-end", FuncPing: "ping", FuncSetSchema: "set schema",
	FuncAppContext: "application context", FuncSessionState: "session state",
}

func (f Function) String() string {
	if name, ok := functionNames[f]; ok {
		return name
	}
	return fmt.Sprintf("function %#x", uint8(f))
}

// A Call is the head of a request or of a piggyback in front of one.
type Call struct {
	Piggyback bool
	Function  Function
	Sequence  uint8
}

// Decode reads a head, message code included.
func (m *Call) Decode(r *Reader) error {
	switch code := r.U8(); code {
	case codeFunction:
		m.Piggyback = false
	case codePiggyback:
		m.Piggyback = true
	default:
		r.fail("message %#x where a call is expected", code)
	}
	m.Function = Function(r.U8())
	m.Sequence = r.U8()
	return r.err
}
