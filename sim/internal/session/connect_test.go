package session_test

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
)

var number = datum.Type{Kind: datum.Number, Scale: -127}

func TestSelectOneValue(t *testing.T) {
	for _, tc := range []struct {
		name    string
		options []string
	}{
		{"key store", nil},
		{"auto-login wallet", []string{"WALLET PASSWORD", ""}},
		{"times in UTC", []string{"SERVER LOCATION", "UTC"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := start(t)
			s.on("SELECT 42 FROM DUAL", script{
				kind:    database.Query,
				columns: []datum.Column{{Name: "42", Type: number}},
				run:     constant(datum.FromInt(42)),
			})
			var n int
			row := s.connect(t, tc.options...).QueryRowContext(t.Context(), "SELECT 42 FROM DUAL")
			if err := row.Scan(&n); err != nil || n != 42 {
				t.Errorf("%d: %v", n, err)
			}
		})
	}
}

func TestLoginTellsWhoAndWhere(t *testing.T) {
	s := start(t)
	db := s.connect(t)
	if err := db.PingContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	login := s.logins[0]
	if login.User != "ADMIN" || login.Service != "adbsj_high.adb.oraclecloud.com" {
		t.Errorf("%+v", login)
	}
	if login.Program == "" || login.Machine == "" || login.Process == "" || !strings.HasPrefix(login.AlterSession, "ALTER SESSION SET") {
		t.Errorf("%+v", login)
	}
}

func TestRefusedLogons(t *testing.T) {
	s := start(t)
	for _, tc := range []struct {
		name, dsn string
		want      string
	}{
		{"wrong password", s.dsn(t, "Wrong-Password-1"), "ORA-01017"},
		{"unknown user", strings.Replace(s.dsn(t, password), "//admin:", "//nobody:", 1), "ORA-01017"},
		{"unknown service", s.dsn(t, password, "connStr", strings.Replace(s.descriptor(t, "adbsj_high"), "adbsj_high.", "nowhere.", 1)), "ORA-12514"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			db, err := sql.Open("oracle", tc.dsn)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = db.Close() }()
			if err := db.PingContext(t.Context()); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
	if len(s.logins) != 0 {
		t.Errorf("%d sessions opened", len(s.logins))
	}
}

// TestQuotedUsersKeepTheirCase logs on as a user that exists in upper case
// only.
func TestQuotedUsersKeepTheirCase(t *testing.T) {
	s := start(t)
	for user, want := range map[string]bool{"%22ADMIN%22": true, "%22admin%22": false} {
		db, err := sql.Open("oracle", strings.Replace(s.dsn(t, password), "//admin:", "//"+user+":", 1))
		if err != nil {
			t.Fatal(err)
		}
		if err := db.PingContext(t.Context()); (err == nil) != want {
			t.Errorf("%s: %v", user, err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestAClientCertificateIsRequired(t *testing.T) {
	s := start(t)
	dsn := s.dsn(t, password, "WALLET", "", "WALLET PASSWORD", "", "SSL VERIFY", "FALSE")
	db, err := sql.Open("oracle", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if err := db.PingContext(t.Context()); err == nil || !strings.Contains(err.Error(), "certificate required") {
		t.Errorf("got %v", err)
	}
}
