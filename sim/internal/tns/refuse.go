package tns

import (
	"encoding/binary"
	"fmt"
)

// Refusal codes that clients translate into messages of their own.
const (
	CodeNoService = 12514 // the listener does not know the service
	CodeNoSID     = 12505 // the listener does not know the SID
)

// A Refuse is the answer to a CONNECT that is not served.
type Refuse struct {
	Code int // 12514 for ORA-12514
}

// Encode appends the body of the REFUSE packet to dst. Clients look for
// "(ERR=…)" in its text.
func (r Refuse) Encode(dst []byte) []byte {
	text := fmt.Sprintf("(DESCRIPTION=(TMP=)(VSNNUM=318767104)(ERR=%d)(ERROR_STACK=(ERROR=(CODE=%d)(EMFI=4))))", r.Code, r.Code)
	dst = append(dst, 0x22, 0)
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(text)))
	return append(dst, text...)
}

// A Redirect sends a client to another address, given as a descriptor.
type Redirect struct {
	Address string
}

// Encode appends the body of the REDIRECT packet to dst.
func (r Redirect) Encode(dst []byte) []byte {
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(r.Address)))
	return append(dst, r.Address...)
}
