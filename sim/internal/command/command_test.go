package command_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	go_ora "github.com/sijms/go-ora/v2"
	"github.com/sijms/go-ora/v2/network"

	"github.com/adbferry/adbferry/sim/internal/command"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"adbferry-sim": func() { os.Exit(command.Main(os.Args[1:], os.Stdout, os.Stderr)) },
		"sql":          func() { os.Exit(runSQL(os.Stdout, os.Stderr, os.Args[1], os.Args[2], os.Args[3])) },
		"asof":         func() { os.Exit(runAsOf(os.Args[1], os.Args[2], os.Args[3])) },
	})
}

// TestScripts runs every script of testdata. Beside testscript's own commands
// they may use "await FILE" and "exec sql DIR REGION STATEMENT", which goes
// through go-ora, and "exec asof DIR REGION FILE".
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"await": await},
	})
}

// await waits until a file exists.
func await(ts *testscript.TestScript, _ bool, args []string) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range 3000 {
		if _, err := os.Stat(ts.MkAbs(args[0])); err == nil {
			return
		}
		<-tick.C
	}
	ts.Fatalf("waited in vain for %s", args[0])
}

// runSQL runs one statement and prints "done", the one value it returns,
// "ORA-nnnnn", or "lost" when the connection went away.
func runSQL(out, errs io.Writer, dir, region, statement string) int {
	value, err := query(dir, region, statement)
	e, oracle := errors.AsType[*network.OracleError](err)
	switch {
	case err == nil:
		_, _ = fmt.Fprintln(out, value)
		return 0
	case oracle:
		_, _ = fmt.Fprintf(out, "ORA-%05d\n", e.ErrCode)
	default:
		_, _ = fmt.Fprintln(out, "lost")
	}
	_, _ = fmt.Fprintln(errs, err)
	return 1
}

// runAsOf counts the rows of T as of the SCN that a file holds.
func runAsOf(dir, region, file string) int {
	scn, err := os.ReadFile(file)
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return runSQL(os.Stdout, os.Stderr, dir, region, "SELECT COUNT(*) FROM t AS OF SCN "+strings.TrimSpace(string(scn)))
}

// alias finds host, port and service of the level high in tnsnames.ora.
var alias = regexp.MustCompile(`(?i)_high *=.*\(port=(\d+)\)\(host=([^)]+)\).*\(service_name=([^)]+)\)`)

func query(dir, region, statement string) (value string, err error) {
	secret := func(name string) string {
		text, rerr := os.ReadFile(filepath.Join(dir, region, name))
		err = errors.Join(err, rerr)
		return strings.TrimSpace(string(text))
	}
	password, walletPassword, names := secret("password"), secret("wallet-password"), secret("wallet/tnsnames.ora")
	if err != nil {
		return "", err
	}
	at := alias.FindStringSubmatch(names)
	dsn := go_ora.BuildUrl("", 0, "", "ADMIN", password, map[string]string{
		"connStr": fmt.Sprintf("(DESCRIPTION=(ADDRESS=(PROTOCOL=tcps)(HOST=%s)(PORT=%s))(CONNECT_DATA=(SERVICE_NAME=%s)))",
			at[2], at[1], at[3]),
		"SSL":    "TRUE",
		"WALLET": filepath.Join(dir, region, "wallet"), "WALLET PASSWORD": walletPassword, "TIMEOUT": "0",
	})
	db, err := sql.Open("oracle", dsn)
	if err != nil {
		return "", err
	}
	defer func() { _ = db.Close() }()
	if !strings.HasPrefix(statement, "SELECT") {
		_, err := db.ExecContext(context.Background(), statement)
		return "done", err
	}
	err = db.QueryRowContext(context.Background(), statement).Scan(&value)
	return value, err
}
