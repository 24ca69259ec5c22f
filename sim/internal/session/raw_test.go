package session_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/adbferry/adbferry/sim/internal/logon"
	"github.com/adbferry/adbferry/sim/internal/tns"
	"github.com/adbferry/adbferry/sim/internal/ttc"
)

// A raw client speaks the wire by hand, in the dialect of python-oracledb: it
// does what go-ora has no use for.
type raw struct {
	t    *testing.T
	conn net.Conn
	in   *tns.Reader
	out  *tns.Writer
	r    *ttc.Reader
}

// rawConnect logs on. Its connect data travels in packets of its own, and it
// asks for native network services although they are off.
func (s *server) rawConnect(t *testing.T) *raw {
	t.Helper()
	c := &raw{t: t, conn: s.dial(t)}
	c.in, c.out = tns.NewReader(c.conn), tns.NewWriter(c.conn)
	c.r = ttc.NewReader(c.next)
	data := "(DESCRIPTION=(CONNECT_DATA=(SERVICE_NAME=adbsj_low" + strings.Repeat(" ", 1000) + ")))"
	body := make([]byte, 66)
	binary.BigEndian.PutUint16(body[0:], 318)
	binary.BigEndian.PutUint16(body[16:], uint16(len(data)))
	binary.BigEndian.PutUint16(body[18:], 74)
	binary.BigEndian.PutUint32(body[50:], 8192)
	c.check(c.out.Packet(tns.TypeConnect, body))
	c.check(c.out.Data([]byte(data)))
	if p, err := c.in.Next(); err != nil || p.Type != tns.TypeAccept {
		t.Fatalf("packet type %d, %v", p.Type, err)
	}
	c.in.Accepted(8192)
	c.out.Accepted(8192)
	c.negotiate()
	c.logon()
	return c
}

func (c *raw) check(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// next returns the payload of the next packet, which has to be data.
func (c *raw) next() (string, error) {
	p, err := c.in.Next()
	if err != nil {
		return "", err
	}
	if p.Type != tns.TypeData {
		return "", fmt.Errorf("packet type %d", p.Type)
	}
	_, payload, err := tns.DataPayload(p.Body)
	return string(payload), err
}

// send sends a request without waiting for its reply.
func (c *raw) send(write func(w *ttc.Writer)) {
	c.t.Helper()
	var w ttc.Writer
	write(&w)
	c.check(c.out.Data(w.Bytes()))
}

// call sends a request and returns a reader at the start of the reply.
func (c *raw) call(write func(w *ttc.Writer)) *ttc.Reader {
	c.t.Helper()
	c.send(write)
	return c.reply()
}

func (c *raw) reply() *ttc.Reader {
	c.t.Helper()
	payload, err := c.next()
	c.check(err)
	c.r.Begin(payload)
	return c.r
}

func (c *raw) negotiate() {
	c.call(ttc.NetworkReply{}.Encode) // requests have the same layout
	c.call(func(w *ttc.Writer) { w.Raw("\x01\x06\x00raw client\x00") })
	c.call(func(w *ttc.Writer) {
		compile := make([]byte, 40)
		compile[7] = 16
		w.U8(2, 0x69, 3, 0x69, 3, 1, byte(len(compile)))
		w.U8(compile...)
		w.U8(2, 0, 0)
		for _, v := range []uint16{1, 1, 1, 0, 0} {
			w.U16(v)
		}
	})
}

func (c *raw) auth(f ttc.Function, pairs ...string) map[string]string {
	r := c.call(func(w *ttc.Writer) {
		w.U8(3, byte(f), 0, 1)
		w.UB(5)
		w.UB(0x101)
		w.U8(1)
		w.UB(uint64(len(pairs) / 2))
		w.U8(1, 1)
		w.Raw("admin")
		for i := 0; i < len(pairs); i += 2 {
			w.KV(pairs[i], pairs[i+1], 0)
		}
	})
	if code := r.U8(); code != 8 {
		c.t.Fatalf("message %#x in reply to %s", code, f)
	}
	got := map[string]string{}
	for range r.UB() {
		key := r.DLC()
		got[key] = r.DLC()
		r.UB()
	}
	return got
}

// logon proves the password (wire notes, section 5).
func (c *raw) logon() {
	one := c.auth(ttc.FuncAuthOne, "AUTH_MACHINE", "raw")
	decode := func(s string) []byte {
		b, err := hex.DecodeString(s)
		c.check(err)
		return b
	}
	derive := func(secret string, salt []byte, rounds, size int) []byte {
		key, err := pbkdf2.Key(sha512.New, secret, salt, rounds, size)
		c.check(err)
		return key
	}
	crypt := func(key, in []byte, mode func(cipher.Block, []byte) cipher.BlockMode) []byte {
		block, err := aes.NewCipher(key)
		c.check(err)
		out := make([]byte, len(in))
		mode(block, make([]byte, 16)).CryptBlocks(out, in)
		return out
	}
	salt := decode(one["AUTH_VFR_DATA"])
	key := derive(password, append(salt, "AUTH_PBKDF2_SPEEDY_KEY"...), logon.VerifierIterations, 64)
	verifier := sha512.Sum512(append(append([]byte{}, key...), salt[:16]...))
	server := crypt(verifier[:32], decode(one["AUTH_SESSKEY"]), cipher.NewCBCDecrypter)
	client := make([]byte, 32)
	combo := derive(strings.ToUpper(hex.EncodeToString(append(client, server...))), decode(one["AUTH_PBKDF2_CSK_SALT"]), logon.ComboIterations, 32)
	two := c.auth(ttc.FuncAuthTwo,
		"AUTH_SESSKEY", hex.EncodeToString(crypt(verifier[:32], client, cipher.NewCBCEncrypter)),
		"AUTH_PBKDF2_SPEEDY_KEY", hex.EncodeToString(crypt(combo, append(make([]byte, 16), key...), cipher.NewCBCEncrypter)))
	if two["AUTH_SESSION_ID"] != "101" {
		c.t.Fatalf("logged on as %v", two)
	}
}

// An ending is what the end of a call says.
type ending struct {
	status, cursor, rows uint64
	code                 int
	text                 string
}

// end reads the end of a call, and that nothing follows it.
func (c *raw) end(r *ttc.Reader) ending {
	c.t.Helper()
	if code := r.U8(); code != 4 {
		c.t.Fatalf("message %#x where the end of a call is expected: %v", code, r.Err())
	}
	var e ending
	e.status = r.UB()
	r.UB()
	r.UB()
	r.UB()
	r.UB()
	r.UB()
	e.cursor = r.UB()
	r.SB()
	r.Skip(6)
	r.Skip(5)
	r.UB()
	r.Skip(2)
	r.UB()
	r.UB()
	r.DLC()
	r.Skip(3)
	e.code = int(r.UB())
	e.rows = r.UB()
	if e.code != 0 {
		e.text = r.CLR()
	}
	c.check(r.Finish())
	return e
}

// fails sends a request that is answered with an error and nothing else.
func (c *raw) fails(code int, write func(w *ttc.Writer)) {
	c.t.Helper()
	if e := c.end(c.call(write)); e.code != code {
		c.t.Errorf("got %+v, want ORA-%05d", e, code)
	}
}

// ping checks that the connection is in order.
func (c *raw) ping() {
	c.t.Helper()
	c.status(c.call(func(w *ttc.Writer) { w.U8(3, byte(ttc.FuncPing), 0) }))
}

func (c *raw) status(r *ttc.Reader) {
	c.t.Helper()
	if code := r.U8(); code != 9 {
		c.t.Fatalf("message %#x where a status is expected", code)
	}
	r.UB()
	r.UB()
	c.check(r.Finish())
}

// parameters reads the return parameters of an execute or fetch.
func (c *raw) parameters(r *ttc.Reader) {
	c.t.Helper()
	if code := r.U8(); code != 8 {
		c.t.Fatalf("message %#x where parameters are expected", code)
	}
	for range r.UB() {
		r.UB()
	}
	r.UB()
	r.UB()
	r.UB()
}

// gone checks that the server closed the connection.
func (c *raw) gone() {
	c.t.Helper()
	if payload, err := c.next(); err == nil {
		c.t.Errorf("still answered % x", payload)
	}
}

// A bind as a raw client describes it.
type rawBind struct {
	kind, flags byte
	size, cont  uint64
}

// execute writes an execute request up to its bind rows.
func execute(w *ttc.Writer, options, cursor uint64, sql string, rows uint64, defines, binds []rawBind) {
	w.U8(3, byte(ttc.FuncExecute), 0)
	w.UB(options)
	w.UB(cursor)
	w.U8(1)
	w.UB(uint64(len(sql)))
	w.U8(1)
	w.UB(13)
	w.U8(0, 0)
	w.UB(0)
	w.UB(rows)
	w.UB(0)
	pointer := func(n int) {
		w.U8(byte(min(n, 1)))
		w.UB(uint64(n))
	}
	pointer(len(binds))
	w.Zeros(5)
	pointer(len(defines))
	w.Zeros(18)
	w.Raw(sql)
	w.UB(1)
	w.UB(rows)
	w.Zeros(11)
	for _, b := range append(defines, binds...) {
		w.U8(b.kind, b.flags, 0, 0)
		w.UB(b.size)
		w.UB(0)
		w.UB(b.cont)
		w.Zeros(3)
		w.U8(1)
		w.UB(0)
		w.UB(0)
	}
}
