package oracle

import (
	"context"
	"crypto/tls"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"

	"github.com/sijms/go-ora/v2/network"
	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/par"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

const secretURL = "https://objectstorage.us-phoenix-1.oraclecloud.com/p/t0ken-s3cret/n/ns/b/bk/o/x_1_20251215T201636030898Z.csv"

func TestStacksBecomeReasons(t *testing.T) {
	for name, tt := range map[string]struct {
		code   int
		stack  string
		reason pb.Reason
		ora    string
		retry  bool
	}{
		"logon":                     {1017, "ORA-01017: invalid username/password; logon denied", pb.Reason_REASON_LOGIN_REFUSED, "ORA-01017", false},
		"nested object not found":   {29913, "ORA-29913: error while processing ODCIEXTTABLEFETCH routine\nORA-20404: Object not found - " + secretURL + "\nORA-06512: at \"C##CLOUD$SERVICE.DBMS_CLOUD\", line 1", pb.Reason_REASON_PAR_EXPIRED, "ORA-20404", false},
		"reject limit under 20003":  {20003, "ORA-20003: Reject limit reached, query table \"ADMIN\".\"COPY$1_LOG\" for error details\nORA-06512: at line 1", pb.Reason_REASON_ROWS_REJECTED, "ORA-20003", false},
		"loader error":              {29913, "ORA-29913: error\nORA-29400: data cartridge error\nKUP-04037: terminator not found\nORA-30653: reject limit reached", pb.Reason_REASON_ROWS_REJECTED, "ORA-30653", false},
		"parallel snapshot too old": {12801, "ORA-12801: error signaled in parallel query server P001\nORA-01555: snapshot too old", pb.Reason_REASON_SNAPSHOT_GONE, "ORA-01555", false},
		"throttled":                 {20429, "ORA-20429: Request failed with status HTTP 429 - " + secretURL, pb.Reason_REASON_STORAGE_BUSY, "ORA-20429", true},
		"package not granted":       {6550, "ORA-06550: line 1, column 7:\nPLS-00201: identifier 'DBMS_CLOUD.EXPORT_DATA' must be declared\nORA-06550: line 1, column 7:\nPL/SQL: Statement ignored", pb.Reason_REASON_PRIVILEGE_MISSING, "ORA-06550", false},
		"only a wrapper":            {6512, "ORA-06512: at line 3", pb.Reason_REASON_DATABASE_ERROR, "ORA-06512", false},
		"unknown number":            {7445, "ORA-07445: exception encountered: " + secretURL, pb.Reason_REASON_DATABASE_ERROR, "ORA-07445", false},
		"SCN of another database":   {8181, "ORA-08181: specified number is not a valid system change number", pb.Reason_REASON_DATABASE_ERROR, "ORA-08181", false},
		"no text":                   {1555, "", pb.Reason_REASON_SNAPSHOT_GONE, "ORA-01555", false},
		"ended by an administrator": {28, "ORA-00028: your session has been killed", pb.Reason_REASON_CONNECTION_LOST, "ORA-00028", true},
	} {
		t.Run(name, func(t *testing.T) {
			err := classify(t.Context(), Kind{Name: "test.kind"}, fmt.Errorf("x: %w", &network.OracleError{ErrCode: tt.code, ErrMsg: tt.stack}))
			f := apierr.FailureOf(err)
			if f.GetReason() != tt.reason || f.GetFacts()["ora_code"] != tt.ora || f.GetRetryable() != tt.retry {
				t.Errorf("got %v", f)
			}
			if !strings.HasPrefix(f.GetText(), "test.kind: ") || !strings.Contains(f.GetText(), tt.ora) {
				t.Errorf("text %q names neither statement nor number", f.GetText())
			}
			for e := err; e != nil; e = errors.Unwrap(e) {
				if strings.Contains(e.Error(), "s3cret") {
					t.Errorf("%T shows the PAR: %v", e, e)
				}
			}
		})
	}
}

func TestServerLinesAreShownOnlyWhereTheyName(t *testing.T) {
	text := func(code int, stack string) string {
		return apierr.FailureOf(classify(t.Context(), Kind{Name: "k"}, &network.OracleError{ErrCode: code, ErrMsg: stack})).GetText()
	}
	got := text(12899, `ORA-12899: value too large for column "ADMIN"."T"."C" (actual: 12, maximum: 10)`)
	if want := `k: a text is too long for the target's column (ORA-12899): value too large for column "ADMIN"."T"."C" (actual: 12, maximum: 10)`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := text(1722, "ORA-01722: unable to convert string value containing 'my secret' to a number"); strings.Contains(got, "secret") {
		t.Errorf("%q shows a value", got)
	}
	if got := text(7445, "ORA-07445: whatever it is"); strings.Contains(got, "whatever") {
		t.Errorf("%q passes an unknown text on", got)
	}
	if got := text(20000, "ORA-20000: "+strings.Repeat("é", 1000)+"\nORA-06512: at line 1"); len(got) > 400 {
		t.Errorf("a long line stays long: %d bytes", len(got))
	}
}

func TestBrokenSocketsAreLostConnections(t *testing.T) {
	for _, err := range []error{
		io.EOF, driver.ErrBadConn, syscall.EPIPE, &net.OpError{Op: "read", Err: syscall.ECONNRESET}, errors.New("closed connection"),
		errors.Join(errors.New("x"), io.ErrUnexpectedEOF),
	} {
		if got := classify(t.Context(), Kind{}, err); !Lost(got) || !apierr.Retryable(got) {
			t.Errorf("%v becomes %v", err, apierr.FailureOf(got))
		}
	}
}

func TestUnknownDriverErrorsStayBehind(t *testing.T) {
	f := apierr.FailureOf(classify(t.Context(), Kind{Name: "k"}, errors.New("password is hunter2")))
	if strings.Contains(f.GetText(), "hunter2") || f.GetReason() != pb.Reason_REASON_DATABASE_ERROR {
		t.Errorf("got %v", f)
	}
}

func TestTheEndOfAContextExplainsTheError(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(apierr.New(codes.Aborted, pb.Reason_REASON_CANCELLED, "attempt 2 took over"))
	err := classify(ctx, Kind{Name: "k"}, &network.OracleError{ErrCode: 1013, ErrMsg: "ORA-01013: user requested cancel of current operation"})
	if f := apierr.FailureOf(err); f.GetReason() != pb.Reason_REASON_CANCELLED || f.GetText() != "k: attempt 2 took over" {
		t.Errorf("got %v", f)
	}
	late, stop := context.WithTimeoutCause(t.Context(), 0, fmt.Errorf("late: %w", context.DeadlineExceeded))
	defer stop()
	if e := apierr.From(classify(late, Kind{}, io.EOF)); e.Code() != codes.DeadlineExceeded {
		t.Errorf("a missed deadline has code %s", e.Code())
	}
}

func TestConnectFailuresSayWhatToDo(t *testing.T) {
	for name, tt := range map[string]struct {
		err     error
		problem string
		retry   bool
	}{
		"refused":      {&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, "connection refused", true},
		"unknown host": {&net.DNSError{Name: "adb.nowhere"}, `host name "adb.nowhere" is unknown`, true},
		"silent":       {errSilent, "peer did not answer in time", true},
		"wrong wallet": {&tls.CertificateVerificationError{}, "the two sides do not accept each other's certificates", false},
		"wrong DN":     {fmt.Errorf("tls: %w", errServerDN), "ssl_server_cert_dn", false},
		"hung up":      {io.EOF, "it closed the connection", true},
	} {
		t.Run(name, func(t *testing.T) {
			f := apierr.FailureOf(classifyConnect(t.Context(), tt.err, "h:1"))
			if f.GetReason() != pb.Reason_REASON_DATABASE_UNREACHABLE || f.GetRetryable() != tt.retry || f.GetHint() == "" {
				t.Errorf("got %v", f)
			}
			if !strings.Contains(f.GetText(), tt.problem) {
				t.Errorf("text %q does not say %q", f.GetText(), tt.problem)
			}
		})
	}
}

func TestEveryClassIsComplete(t *testing.T) {
	for code, c := range classes {
		if c.reason == pb.Reason_REASON_UNSPECIFIED || c.code == codes.OK || c.text == "" {
			t.Errorf("class of %s lacks something", oraText(code))
		}
	}
}

func FuzzStacksNeverShowAPAR(f *testing.F) {
	f.Add(20000, "ORA-20000: x "+secretURL)
	f.Add(1, "ORA-00001: unique constraint (A.B) violated")
	f.Fuzz(func(t *testing.T, code int, stack string) {
		if strings.Contains(par.Redact(stack), "s3cret") {
			return // the fuzzer wrote the bare word, which is no PAR
		}
		e := fromServer(code, stack+"\nORA-20000: at "+secretURL)
		if strings.Contains(e.Error(), "s3cret") {
			t.Errorf("%q", e.Error())
		}
	})
}
