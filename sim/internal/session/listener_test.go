package session_test

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/session"
	"github.com/adbferry/adbferry/sim/internal/tns"
	"github.com/adbferry/adbferry/sim/internal/ttc"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestCutConnectionsAreReplaced(t *testing.T) {
	s := start(t)
	onCounter(s)
	db := s.connect(t)
	for range 3 {
		if n, err := count(t.Context(), db, 10); n != 10 || err != nil {
			t.Fatalf("%d rows: %v", n, err)
		}
		s.listener.Cut()
	}
}

func TestCutEndsARunningCall(t *testing.T) {
	s := start(t)
	begun := make(chan struct{})
	var cause error
	done := make(chan struct{})
	s.on("BEGIN WAIT; END;", script{
		kind: database.Block,
		run: func(ctx context.Context, _ database.Execution) (*database.Outcome, error) {
			close(begun)
			<-ctx.Done()
			cause = context.Cause(ctx)
			close(done)
			return nil, ctx.Err()
		},
	})
	db := s.connect(t)
	go func() {
		<-begun
		s.listener.Cut()
	}()
	if _, err := db.ExecContext(t.Context(), "BEGIN WAIT; END;"); !errors.Is(err, io.EOF) {
		t.Errorf("got %v", err)
	}
	<-done
	if !errors.Is(cause, session.ErrCut) {
		t.Errorf("the call ended by %v", cause)
	}
}

// TestRestart closes a listener and opens another on its address: the pool
// gets over it.
func TestRestart(t *testing.T) {
	s := start(t)
	onCounter(s)
	db := s.connect(t)
	if _, err := count(t.Context(), db, 10); err != nil {
		t.Fatal(err)
	}
	if err := s.listener.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := session.Listen(context.WithoutCancel(t.Context()), s.listener.Addr().String(), s.config, s.fake, session.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := count(t.Context(), db, 10); n != 10 || err != nil {
		t.Errorf("%d rows: %v", n, err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
}

func TestCloseDoesNotWaitForSilentClients(t *testing.T) {
	s := start(t)
	for range 3 {
		conn, err := net.Dial("tcp", s.listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
	}
	if err := s.listener.Close(); err != nil {
		t.Error(err)
	}
}

// dial makes a TLS connection as a client with the wallet's certificate.
func (s *server) dial(t *testing.T) net.Conn {
	t.Helper()
	certs, err := certificates()
	if err != nil {
		t.Fatal(err)
	}
	conn, err := tls.Dial("tcp", s.listener.Addr().String(), &tls.Config{
		Certificates: []tls.Certificate{certs.client.TLS()}, RootCAs: s.config.ClientCAs,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// TestGarbageEndsAConnectionOnly speaks no TNS over good TLS.
func TestGarbageEndsAConnectionOnly(t *testing.T) {
	s := start(t)
	for _, garbage := range []string{
		"\x00\x00\x00\x00\x01\x00\x00\x00",                                  // a packet shorter than its header
		"\x00\x0A\x00\x00\x06\x00\x00\x00\x00\x00",                          // data before connect
		"\x00\x0C\x00\x00\x01\x00\x00\x00\x01\x3D\x01\x2C",                  // a connect packet cut short
		"\xFF\xFF\x00\x00\x01\x00\x00\x00" + "and it goes on and on and on", // an oversized packet
	} {
		conn := s.dial(t)
		if _, err := conn.Write([]byte(garbage)); err != nil {
			t.Fatal(err)
		}
		if n, err := conn.Read(make([]byte, 1)); err == nil {
			t.Errorf("%d bytes came back for % x", n, garbage)
		}
	}
	onCounter(s)
	if n, err := count(t.Context(), s.connect(t), 10); n != 10 || err != nil {
		t.Errorf("%d rows: %v", n, err)
	}
}

func TestRefusals(t *testing.T) {
	s := start(t)
	for _, tc := range []struct {
		version uint16
		data    string
		want    int
	}{
		{317, "(DESCRIPTION=(CONNECT_DATA=(SID=nowhere)))", 12505},
		{317, "(DESCRIPTION=(CONNECT_DATA=(SERVICE_NAME=nowhere)))", 12514},
		{317, "(DESCRIPTION=(CONNECT_DATA=(SERVER=dedicated)))", 12504},
		{317, "(DESCRIPTION=(CONNECT_DATA=(SERVICE_NAME=adbsj_high", 12533},
		{314, "(DESCRIPTION=(CONNECT_DATA=(SERVICE_NAME=adbsj_high)))", 12514},
	} {
		conn := s.dial(t)
		body := make([]byte, 62)
		binary.BigEndian.PutUint16(body[0:], tc.version)
		binary.BigEndian.PutUint16(body[16:], uint16(len(tc.data)))
		binary.BigEndian.PutUint16(body[18:], 70)
		if err := tns.NewWriter(conn).Packet(tns.TypeConnect, append(body, tc.data...)); err != nil {
			t.Fatal(err)
		}
		p, err := tns.NewReader(conn).Next()
		if err != nil || p.Type != tns.TypeRefuse || !strings.Contains(string(p.Body), fmt.Sprintf("(ERR=%d)", tc.want)) {
			t.Errorf("%s: %d %q %v", tc.data, p.Type, p.Body, err)
		}
	}
}

func TestInterceptorsSeeAndDecide(t *testing.T) {
	var calls []session.Call
	var decide session.Decision
	s := startWith(t, session.Options{Intercept: func(_ context.Context, c session.Call) session.Decision {
		if c.Function != ttc.FuncExecute || c.SQL != countTo {
			return session.Decision{}
		}
		calls = append(calls, c)
		return decide
	}})
	onCounter(s)
	db := s.connect(t)
	if n, err := count(t.Context(), db, 10); n != 10 || err != nil {
		t.Fatalf("%d rows: %v", n, err)
	}
	if c := calls[0]; c.User != "ADMIN" || c.SID != 101 || c.Serial != 7 {
		t.Errorf("seen as %+v", c)
	}
	decide.Err = datum.Errorf(1555, "snapshot too old")
	if _, err := count(t.Context(), db, 10); oraCode(err) != 1555 {
		t.Errorf("got %v", err)
	}
	decide = session.Decision{Cut: true}
	if _, err := db.ExecContext(t.Context(), countTo, 1); err == nil {
		t.Error("a cut connection answered")
	}
	decide = session.Decision{}
	if n, err := count(t.Context(), db, 10); n != 10 || err != nil {
		t.Errorf("%d rows: %v", n, err)
	}
}
