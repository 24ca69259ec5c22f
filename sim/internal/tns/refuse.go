package tns

import (
	"encoding/binary"
	"fmt"
)

// Refusal codes that clients translate into messages of their own.
const (
	CodeNothingNamed  = 12504 // the connect data name neither a service nor a SID
	CodeNoSID         = 12505 // the listener does not know the SID
	CodeNoService     = 12514 // the listener does not know the service
	CodeBadDescriptor = 12533 // the connect data cannot be parsed
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
