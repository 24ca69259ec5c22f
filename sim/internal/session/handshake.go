package session

import (
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/adbferry/adbferry/sim/internal/tns"
	"github.com/adbferry/adbferry/sim/internal/ttc"
)

// logonLimit is the longest request, in bytes, of a client that has yet to prove
// who it is.
const logonLimit = 1 << 20

// refused ends a handshake that was answered with REFUSE.
type refused int

func (e refused) Error() string { return fmt.Sprintf("refused with TNS-%05d", int(e)) }

// handshake reads CONNECT and answers it. After ACCEPT the inbox is ready to
// run.
func (c *connection) handshake(conn net.Conn) error {
	if err := conn.SetDeadline(time.Now().Add(c.patience)); err != nil {
		return fmt.Errorf("set deadline: %w", err)
	}
	packets := tns.NewReader(conn)
	wish, err := readConnect(packets)
	if err != nil {
		return err
	}
	if code := c.choose(wish); code != 0 {
		if err := c.out.Packet(tns.TypeRefuse, tns.Refuse{Code: code}.Encode(nil)); err != nil {
			return err
		}
		return refused(code)
	}
	accept := wish.Answer()
	if err := c.out.Packet(tns.TypeAccept, accept.Encode(nil)); err != nil {
		return err
	}
	packets.Accepted(tns.MaxSDU)
	c.out.Accepted(accept.SDU)
	c.in = newInbox(packets)
	c.r = ttc.NewReader(c.in.next)
	c.r.Limit = logonLimit
	return nil
}

// choose finds the wanted service, or the code to refuse with.
func (c *connection) choose(wish tns.Connect) int {
	if wish.Version < tns.LongVersion {
		return tns.CodeNoService
	}
	d, err := tns.ParseDescriptor(wish.Data)
	if err != nil {
		return tns.CodeBadDescriptor
	}
	switch {
	case d.Service != "" && c.db.Serves(d.Service):
		c.service = d.Service
		return 0
	case d.Service != "":
		return tns.CodeNoService
	case d.SID != "" && c.db.Serves(d.SID):
		c.service = d.SID
		return 0
	case d.SID != "":
		return tns.CodeNoSID
	default:
		return tns.CodeNothingNamed
	}
}

// readConnect reads the CONNECT packet and the connect data, which may follow
// in DATA packets.
func readConnect(packets *tns.Reader) (tns.Connect, error) {
	var wish tns.Connect
	p, err := packets.Next()
	if err != nil {
		return wish, fmt.Errorf("read connect packet: %w", err)
	}
	if p.Type != tns.TypeConnect {
		return wish, fmt.Errorf("%w: packet type %d where connect is expected", tns.ErrMalformed, p.Type)
	}
	if err := wish.Decode(p.Body); err != nil {
		return wish, err
	}
	if wish.Follows() {
		wish.Data, err = readConnectData(packets, wish.Length)
	}
	return wish, err
}

// readConnectData collects a descriptor that is too long for its CONNECT packet;
// those of an Autonomous Database always are.
func readConnectData(packets *tns.Reader, length int) (string, error) {
	var b strings.Builder
	for b.Len() < length {
		p, err := packets.Next()
		if err != nil {
			return "", fmt.Errorf("read connect data: %w", err)
		}
		_, payload, err := tns.DataPayload(p.Body)
		if err != nil {
			return "", err
		}
		if p.Type != tns.TypeData || len(payload) == 0 {
			return "", fmt.Errorf("%w: packet type %d where connect data is expected", tns.ErrMalformed, p.Type)
		}
		b.Write(payload)
	}
	if b.Len() > length {
		return "", fmt.Errorf("%w: %d bytes of connect data, %d announced", tns.ErrMalformed, b.Len(), length)
	}
	return b.String(), nil
}
