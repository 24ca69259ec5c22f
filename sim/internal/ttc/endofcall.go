package ttc

import "github.com/adbferry/adbferry/sim/internal/datum"

// Call status bits (wire notes, section 6).
const (
	statusDone        = 0x01
	statusTransaction = 0x02
)

// A RowError is the failure of one row of array DML.
type RowError struct {
	Row  int // from 0
	Code int
	Text string
}

// An EndOfCall ends the reply to a logon, an execute, a fetch or a LOB call
// (wire notes, section 9). With Code 1403 it also ends a result set.
type EndOfCall struct {
	InTransaction bool
	Cursor        uint32
	Code          int
	Pos           int    // offset into the statement, bytes from 0
	Text          string // of Code, without a final line feed
	SQLType       uint8
	Rows          uint64      // affected, or fetched so far
	Rowid         datum.Value // of the last row that the call changed, NULL for none
	RowErrors     []RowError
}

func callStatus(inTransaction bool) uint64 {
	if inTransaction {
		return statusDone | statusTransaction
	}
	return statusDone
}

// Encode writes the message in the layout of field versions 8 to 13.
func (m EndOfCall) Encode(w *Writer) {
	w.U8(codeEndOfCall)
	w.UB(callStatus(m.InTransaction))
	w.UB(0)
	w.UB(m.Rows & 0xFFFFFFFF)
	w.UB(uint64(m.Code) & 0xFFFF)
	w.UB(0)
	w.UB(0)
	w.UB(uint64(m.Cursor))
	w.SB(int64(m.Pos))
	w.U8(m.SQLType, 0, 0, 0, 0, 0)
	w.address(m.Rowid.Text())
	w.UB(0) // error of the operating system
	w.U8(0, 0)
	w.UB(0)
	w.UB(0)
	w.DLC("")
	m.rowErrors(w)
	w.UB(uint64(m.Code))
	w.UB(m.Rows)
	if m.Code != 0 {
		w.CLR(m.Text + "\n")
	}
}

// rowErrors writes three lists that belong together by position. The single byte
// after each count stands for a size that nobody uses but that must not be FE.
func (m EndOfCall) rowErrors(w *Writer) {
	n := uint64(len(m.RowErrors))
	if n == 0 {
		w.U8(0, 0, 0)
		return
	}
	w.UB(n)
	w.U8(0)
	for _, e := range m.RowErrors {
		w.UB(uint64(e.Code))
	}
	w.UB(n)
	w.U8(0)
	for _, e := range m.RowErrors {
		w.UB(uint64(e.Row))
	}
	w.UB(n)
	w.U8(0)
	for _, e := range m.RowErrors {
		w.UB(uint64(len(e.Text) + 1))
		w.CLR(e.Text + "\n")
		w.U8(0, 0)
	}
}
