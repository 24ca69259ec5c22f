package oracle_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/agent/internal/wallet"
	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/config"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var kind = oracle.Kind{Name: "test.any"}

// open makes a Database for a simulated region; redirect sends it to another
// address instead, unless empty.
func open(t *testing.T, r *sim.Region, redirect string) *oracle.Database {
	t.Helper()
	dir := t.TempDir()
	if err := r.WriteWallet(dir); err != nil {
		t.Fatal(err)
	}
	if redirect != "" {
		tns := filepath.Join(dir, "tnsnames.ora")
		text, err := os.ReadFile(tns)
		if err != nil {
			t.Fatal(err)
		}
		_, from, _ := net.SplitHostPort(r.Address())
		_, to, _ := net.SplitHostPort(redirect)
		if err := os.WriteFile(tns, []byte(strings.ReplaceAll(string(text), from, to)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w, err := wallet.Open(dir, config.NewSecret(r.WalletPassword()))
	if err != nil {
		t.Fatal(err)
	}
	db, err := oracle.Open(oracle.Config{
		Wallet: w, Service: r.Alias("high"), User: "ADMIN", Password: config.NewSecret(r.Password()), ConnectTimeout: 2 * time.Second,
		CancelGrace: 200 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}

func session(t *testing.T, db *oracle.Database) *oracle.Session {
	t.Helper()
	s, err := db.Session(t.Context(), "test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func TestASilentPeerEndsWithTheContext(t *testing.T) {
	r := sim.StartT(t, sim.Config{}).Region(sim.SanJose)
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	db := open(t, r, silent.Addr().String())
	ctx, cancel := context.WithTimeoutCause(t.Context(), 200*time.Millisecond, errors.New("the caller waited long enough"))
	defer cancel()
	before := time.Now()
	_, err = db.Session(ctx, "test")
	if apierr.ReasonOf(err) != pb.Reason_REASON_CANCELLED || time.Since(before) > 5*time.Second {
		t.Errorf("after %s: %v", time.Since(before), err)
	}
}

func TestSessionsAreFixedToOurSettings(t *testing.T) {
	s := session(t, open(t, sim.StartT(t, sim.Config{}).Region(sim.SanJose), ""))
	var date, number, zone string
	found, err := s.Row(t.Context(), kind, "SELECT TO_CHAR(DATE '2024-01-02'), TO_CHAR(1.5), SESSIONTIMEZONE FROM DUAL", nil, &date, &number, &zone)
	if !found || err != nil || date != " 2024-01-02 00:00:00" || number != "1.5" || zone != "+00:00" {
		t.Errorf("date %q, number %q, zone %q, %v", date, number, zone, err)
	}
	if sid, serial := s.ID(); sid == 0 || serial == 0 {
		t.Errorf("session %d, %d", sid, serial)
	}
}

func TestTransactionsAreCommittedOrUndone(t *testing.T) {
	r := sim.StartT(t, sim.Config{}).Region(sim.SanJose)
	if err := r.Exec(t.Context(), "CREATE TABLE T (x NUMBER PRIMARY KEY)"); err != nil {
		t.Fatal(err)
	}
	s := session(t, open(t, r, ""))
	insert := func(values ...string) error {
		return s.Transact(t.Context(), func(tx *oracle.Tx) error {
			for _, v := range values {
				if n, err := tx.Exec(t.Context(), kind, "INSERT INTO T VALUES ("+v+")"); err != nil || n != 1 {
					return err
				}
			}
			return nil
		})
	}
	if err := insert("1", "2"); err != nil {
		t.Fatal(err)
	}
	if err := insert("3", "1"); !oracle.HasCode(err, 1) || apierr.ReasonOf(err) != pb.Reason_REASON_ROWS_REJECTED {
		t.Errorf("a key twice gave %v", err)
	}
	boom := errors.New("boom")
	if err := s.Transact(t.Context(), func(tx *oracle.Tx) error {
		_, err := tx.Exec(t.Context(), kind, "INSERT INTO T VALUES (4)")
		return errors.Join(boom, err)
	}); !errors.Is(err, boom) {
		t.Errorf("got %v", err)
	}
	if n, err := r.Count(t.Context(), "T"); n != 2 || err != nil {
		t.Errorf("%d rows, %v; want 2", n, err)
	}
}

func TestABrokenConnectionIsNotGivenBack(t *testing.T) {
	r := sim.StartT(t, sim.Config{}).Region(sim.SanJose)
	db := open(t, r, "")
	s := session(t, db)
	r.Cut()
	if _, err := s.Exec(t.Context(), kind, "CREATE TABLE T (x NUMBER)"); !oracle.Lost(err) || !s.Broken() {
		t.Errorf("got %v", err)
	}
	s.Close()
	for range 3 {
		s := session(t, db)
		var one int
		if _, err := s.Row(t.Context(), kind, "SELECT 1 FROM DUAL", nil, &one); err != nil || one != 1 {
			t.Errorf("a new session: %v", err)
		}
		s.Close()
		r.Cut()
	}
}

func TestAWrongPasswordIsTriedOnce(t *testing.T) {
	r := sim.StartT(t, sim.Config{}).Region(sim.SanJose)
	dir := t.TempDir()
	if err := r.WriteWallet(dir); err != nil {
		t.Fatal(err)
	}
	w, err := wallet.Open(dir, config.Secret{})
	if err != nil {
		t.Fatal(err)
	}
	db, err := oracle.Open(oracle.Config{Wallet: w, Service: r.Alias("LOW"), User: "ADMIN", Password: config.NewSecret("wrong"), ConnectTimeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	before := time.Now()
	_, err = db.Session(t.Context(), "test")
	if apierr.ReasonOf(err) != pb.Reason_REASON_LOGIN_REFUSED || time.Since(before) > 5*time.Second {
		t.Errorf("after %s: %v", time.Since(before), err)
	}
	db.Close()
}

func TestACommitThatBreaksIsReportedAsUnknown(t *testing.T) {
	r := sim.StartT(t, sim.Config{}).Region(sim.SanJose)
	if err := r.Exec(t.Context(), "CREATE TABLE T (x NUMBER)"); err != nil {
		t.Fatal(err)
	}
	s := session(t, open(t, r, ""))
	err := s.Transact(t.Context(), func(tx *oracle.Tx) error {
		_, err := tx.Exec(t.Context(), kind, "INSERT INTO T VALUES (1)")
		r.Cut()
		return err
	})
	if _, ok := errors.AsType[*oracle.CommitError](err); !ok || !s.Broken() {
		t.Errorf("got %v", err)
	}
}

func TestLongTextsReachPLSQL(t *testing.T) {
	s := session(t, open(t, sim.StartT(t, sim.Config{}).Region(sim.SanJose), ""))
	var n int64
	long := strings.Repeat("ü", 50_000)
	if err := s.Call(t.Context(), kind, "BEGIN :1 := DBMS_LOB.GETLENGTH(:2); END;", oracle.Out(&n), oracle.Long(long)); err != nil || n != 50_000 {
		t.Errorf("%d characters, %v", n, err)
	}
}

func TestEveryFileOfAWalletOpensTheDatabase(t *testing.T) {
	r := sim.StartT(t, sim.Config{}).Region(sim.SanJose)
	for name, tt := range map[string]struct {
		keep     string
		password string
	}{
		"PKCS#12": {"ewallet.p12", r.WalletPassword()}, "PEM": {"ewallet.pem", r.WalletPassword()}, "auto-login": {"cwallet.sso", ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := r.WriteWallet(dir); err != nil {
				t.Fatal(err)
			}
			for _, file := range []string{"ewallet.p12", "ewallet.pem", "cwallet.sso"} {
				if file != tt.keep {
					if err := os.Remove(filepath.Join(dir, file)); err != nil {
						t.Fatal(err)
					}
				}
			}
			w, err := wallet.Open(dir, config.NewSecret(tt.password))
			if err != nil {
				t.Fatal(err)
			}
			db, err := oracle.Open(oracle.Config{Wallet: w, Service: r.Alias("tp"), User: "ADMIN", Password: config.NewSecret(r.Password())})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(db.Close)
			session(t, db)
		})
	}
}

func TestADatabaseThatComesUpIsWaitedFor(t *testing.T) {
	r := sim.StartT(t, sim.Config{}).Region(sim.SanJose)
	lis, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	later := lis.Addr().String()
	if err := lis.Close(); err != nil {
		t.Fatal(err)
	}
	db := open(t, r, later)
	up := make(chan net.Listener, 1)
	time.AfterFunc(300*time.Millisecond, func() { up <- forward(t, later, r.Address()) })
	s, err := db.Session(t.Context(), "test")
	if err != nil {
		t.Fatal(err)
	}
	s.Discard()
	if err := (<-up).Close(); err != nil {
		t.Error(err)
	}
}

// forward sends the first connection to from on to another address.
func forward(t *testing.T, from, to string) net.Listener {
	lis, err := net.Listen("tcp", from)
	if err != nil {
		t.Error(err)
		return nil
	}
	go func() {
		client, err := lis.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", to)
		if err != nil {
			t.Error(err)
			return
		}
		go func() {
			_, _ = io.Copy(server, client)
			_ = server.Close()
		}()
		_, _ = io.Copy(client, server)
		_ = client.Close()
	}()
	return lis
}
