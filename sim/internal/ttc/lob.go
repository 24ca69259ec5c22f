package ttc

import "github.com/adbferry/adbferry/sim/internal/datum"

// LobChunk is the chunk size that we tell clients, in bytes.
const LobChunk = 8132

// A LobOperation says what a LOB call does.
type LobOperation uint32

// The operations (wire notes, section 12).
const (
	LobLength     LobOperation = 0x1
	LobRead       LobOperation = 0x2
	LobTrim       LobOperation = 0x20
	LobWrite      LobOperation = 0x40
	LobCreateTemp LobOperation = 0x110
	LobFreeTemp   LobOperation = 0x111
	LobChunkSize  LobOperation = 0x4000
	LobOpen       LobOperation = 0x8000
	LobClose      LobOperation = 0x10000
	LobIsOpen     LobOperation = 0x11000
	LobFreeArray  LobOperation = 0x80111
)

// A LobRequest works on one LOB, or frees several.
type LobRequest struct {
	Operation         LobOperation
	Source            string // locator; of LobFreeArray all locators in a row
	Destination       string // locator
	SourceOffset      uint64 // from 1; of LobCreateTemp the character set form
	DestinationOffset uint64 // from 1; of LobCreateTemp the type number
	Amount            uint64 // characters or bytes
	Data              string // of LobWrite

	wantsCharset, wantsAmount, wantsNull bool
}

// Decode reads what follows the call's head.
func (m *LobRequest) Decode(r *Reader) error {
	m.decode(r)
	return r.Finish()
}

func (m *LobRequest) decode(r *Reader) {
	source := r.pointed(maxRequest, "bytes of locators")
	destination := r.pointed(maxLocator, "bytes in a locator")
	r.UB()
	r.UB()
	m.wantsCharset = r.U8() != 0
	r.U8()
	m.wantsNull = r.U8() != 0
	m.Operation = LobOperation(r.UB())
	scns := r.pointed(maxPairs, "SCNs")
	m.SourceOffset = r.UB()
	m.DestinationOffset = r.UB()
	m.wantsAmount = r.U8() != 0
	r.Skip(6)
	m.Source = r.Raw(source)
	m.Destination = r.Raw(destination)
	if m.wantsCharset {
		r.UB()
	}
	for range scns {
		r.UB()
	}
	if m.wantsAmount {
		m.Amount = r.UB()
	}
	if m.Operation == LobWrite {
		if code := r.U8(); code != codeLobData {
			r.fail("message %#x where LOB data is expected", code)
		}
		m.Data = r.CLR()
	}
}

// A LobReply is the answer to a LobRequest; an EndOfCall has to follow.
type LobReply struct {
	Locator string // as received, or of the new LOB
	Data    string // of LobRead; none when there is nothing to read
	Amount  int64  // characters or bytes
	Flag    bool   // of LobIsOpen

	// National says that the LOB is an NCLOB and sends Data, which is UTF-8
	// here, in the national character set: all clients write and read the text
	// of such a locator as AL16UTF16, whatever it says of its character set.
	National bool
}

// NationalData returns Data of an NCLOB, which clients send as AL16UTF16.
func (m *LobRequest) NationalData() string { return datum.FromUTF16(m.Data) }

// Encode writes the reply to m.
func (m *LobRequest) Encode(w *Writer, reply LobReply) {
	if reply.Data != "" {
		w.U8(codeLobData)
		w.CLR(reply.data())
	}
	w.U8(codeParameters)
	w.Raw(reply.Locator)
	w.Raw(m.Destination)
	if m.wantsCharset {
		w.UB(reply.charset())
	}
	if m.wantsAmount {
		w.SB(reply.Amount)
	}
	if m.wantsNull {
		w.UB(uint64(bit(reply.Flag)))
	}
}

func (r LobReply) data() string {
	if r.National {
		return datum.ToUTF16(r.Data)
	}
	return r.Data
}

func (r LobReply) charset() uint64 {
	if r.National {
		return CharsetAL16UTF16
	}
	return CharsetAL32UTF8
}
