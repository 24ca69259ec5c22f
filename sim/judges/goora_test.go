package judges_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	ora "github.com/sijms/go-ora/v2"
	"github.com/sijms/go-ora/v2/network"
)

// judgeInProcess runs scenarios through go-ora: those that cancel something,
// or all others.
func judgeInProcess(t *testing.T, a access, all []scenario, cancelling bool) {
	t.Helper()
	for _, s := range all {
		if s.cancels() != cancelling {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			j := &goJudge{access: a, connect: s.Connect, sessions: map[int]*goSession{}}
			defer j.close(t)
			for i, step := range s.Steps {
				if err := j.step(t.Context(), step); err != nil {
					t.Fatalf("step %d (%.80s): %v", i+1, step.SQL, err)
				}
			}
		})
	}
}

// a goJudge is one scenario: its connections by number.
type goJudge struct {
	access   access
	connect  *connect
	sessions map[int]*goSession
}

// a goSession is one connection. The driver commits every statement outside a
// transaction, so one is always open, as it is in the other drivers.
type goSession struct {
	db   *sql.DB
	tx   *sql.Tx
	open map[string]prepared // to be used again in the same transaction
}

// prepared is a statement that is closed with its transaction.
type prepared struct{ *sql.Stmt }

func (j *goJudge) close(t *testing.T) {
	for _, s := range j.sessions {
		if err := errors.Join(s.end((*sql.Tx).Rollback), s.db.Close()); err != nil {
			t.Errorf("close: %v", err)
		}
	}
}

// dsn turns an alias into what go-ora takes: it does not read tnsnames.ora.
func (j *goJudge) dsn(step step) (string, error) {
	a := j.access
	user, password, alias := a.User, a.Password, a.Alias
	values := url.Values{"SSL": {"TRUE"}, "TIMEOUT": {"0"}, "PREFETCH_ROWS": {"1000"}}
	if step.Locators {
		values.Set("LOB FETCH", "POST")
	}
	if c := j.connect; c != nil {
		user, password, alias = first(c.User, user), first(c.Password, password), first(c.Alias, alias)
	}
	if j.connect == nil || !j.connect.NoWallet {
		values.Set("WALLET", a.Wallet)
		values.Set("WALLET PASSWORD", a.WalletPassword)
	}
	names, err := os.ReadFile(filepath.Join(a.Wallet, "tnsnames.ora"))
	if err != nil {
		return "", err
	}
	entry := regexp.MustCompile(`(?m)^` + alias + ` = ?(.*)$`).FindSubmatch(names)
	if entry == nil {
		return "", fmt.Errorf("no alias %s", alias)
	}
	values.Set("connStr", string(entry[1]))
	return (&url.URL{
		Scheme: "oracle", Host: ":0", Path: "/", User: url.UserPassword(user, password), RawQuery: values.Encode(),
	}).String(), nil
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func (j *goJudge) session(ctx context.Context, step step) (*goSession, error) {
	s := j.sessions[step.Session]
	if s == nil {
		dsn, err := j.dsn(step)
		if err != nil {
			return nil, err
		}
		db, err := sql.Open("oracle", dsn)
		if err != nil {
			return nil, err
		}
		db.SetMaxOpenConns(1)
		s = &goSession{db: db, open: map[string]prepared{}}
		j.sessions[step.Session] = s
	}
	return s, s.begin(ctx)
}

func (s *goSession) begin(ctx context.Context) (err error) {
	if s.tx == nil {
		s.tx, err = s.db.BeginTx(context.WithoutCancel(ctx), nil)
	}
	return err
}

// end ends the transaction and what was prepared in it.
func (s *goSession) end(how func(*sql.Tx) error) error {
	if s.tx == nil {
		return nil
	}
	var errs []error
	for _, stmt := range s.open {
		errs = append(errs, stmt.Close())
	}
	errs = append(errs, how(s.tx))
	s.tx, s.open = nil, map[string]prepared{}
	return errors.Join(errs...)
}

// prepare makes or finds a statement. The driver does not tell the server that
// a bind has changed its type, so other types take another statement.
func (s *goSession) prepare(ctx context.Context, text string, binds []any) (prepared, error) {
	key := text
	for _, bind := range binds {
		key += fmt.Sprintf(" %T", bind)
	}
	if stmt, ok := s.open[key]; ok {
		return stmt, nil
	}
	stmt, err := s.tx.PrepareContext(ctx, text)
	if err != nil {
		return prepared{}, err
	}
	s.open[key] = prepared{stmt}
	return prepared{stmt}, nil
}

// step runs a step as often as it says; an error has to be the announced one.
func (j *goJudge) step(ctx context.Context, step step) error {
	for range max(step.Repeat, 1) {
		err := j.act(ctx, step)
		if _, different := errors.AsType[disagreement](err); different {
			return err
		}
		if err := judgeFailure(step, err); err != nil {
			return err
		}
	}
	return nil
}

func (j *goJudge) act(ctx context.Context, step step) error {
	s, err := j.session(ctx, step)
	switch {
	case err != nil:
		return err
	case step.Do == "commit":
		return s.end((*sql.Tx).Commit)
	case step.Do == "rollback":
		return s.end((*sql.Tx).Rollback)
	case step.Do == "ping":
		_, err := s.tx.ExecContext(ctx, "BEGIN NULL; END;")
		return err
	case len(step.Many) > 0:
		return s.many(ctx, step)
	case step.Cancel:
		return j.cancel(ctx, s, step)
	case isQuery(step.SQL):
		return s.query(ctx, step)
	default:
		return s.exec(ctx, step)
	}
}

func isQuery(text string) bool {
	return slices.Contains([]string{"SELECT", "WITH"}, strings.ToUpper(strings.Fields(text)[0]))
}

// A disagreement is an answer that is not what the table says.
type disagreement struct{ text string }

func (d disagreement) Error() string { return d.text }

func check(what string, want, got any) error {
	if diff := cmp.Diff(want, got); diff != "" {
		return disagreement{fmt.Sprintf("%s (-want +got)\n%.2000s", what, diff)}
	}
	return nil
}

// judgeFailure accepts the error that a step announces, and no other outcome.
func judgeFailure(step step, err error) error {
	announced := step.Refused || step.Error != 0
	switch {
	case !announced:
		return err
	case err == nil:
		return disagreement{fmt.Sprintf("no error, want %d", step.Error)}
	case step.Refused:
		return nil // any error is what the step wants
	}
	failure, ok := errors.AsType[*network.OracleError](err)
	if !ok {
		return disagreement{fmt.Sprintf("want error %d, got %v", step.Error, err)}
	}
	if step.Position != nil && *step.Position != failure.ErrPos() {
		return disagreement{fmt.Sprintf("error at %d, want %d", failure.ErrPos(), *step.Position)}
	}
	if !strings.Contains(failure.Error(), step.Message) {
		return disagreement{fmt.Sprintf("message %q without %q", failure.Error(), step.Message)}
	}
	return check("error", step.Error, failure.ErrCode)
}

func (s *goSession) query(ctx context.Context, step step) error {
	binds, err := arguments(step, nil)
	if err != nil {
		return err
	}
	stmt, err := s.prepare(ctx, step.SQL, binds)
	if err != nil {
		return err
	}
	rows, err := stmt.QueryContext(ctx, binds...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	if err := describe(step, rows); err != nil {
		return err
	}
	if step.Rows == nil {
		return countRows(step, rows)
	}
	return compare(step.Rows, rows.Next, rows.Scan, rows.Err)
}

func describe(step step, rows *sql.Rows) error {
	if step.Names == nil {
		return nil
	}
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	return check("names", step.Names, names)
}

func countRows(step step, rows *sql.Rows) error {
	n := 0
	for rows.Next() {
		n++
	}
	if err := rows.Err(); err != nil || step.Count == nil {
		return err
	}
	return check("rows", *step.Count, n)
}

// compare reads a result, of a query or of a REF CURSOR, against the table.
func compare(want [][]*string, next func() bool, scan func(...any) error, failed func() error) error {
	n := 0
	for ; next(); n++ {
		if n >= len(want) {
			continue
		}
		got := make([]any, len(want[n]))
		targets := make([]any, len(got))
		for i, value := range want[n] {
			targets[i] = target(value, &got[i])
		}
		if err := scan(targets...); err != nil {
			return disagreement{fmt.Sprintf("row %d: %v", n, err)}
		}
		for i, value := range want[n] {
			if err := same(fmt.Sprintf("row %d column %d", n, i), value, got[i]); err != nil {
				return err
			}
		}
	}
	if err := failed(); err != nil {
		return err
	}
	return check("rows", len(want), n)
}

func (s *goSession) exec(ctx context.Context, step step) error {
	out := map[string]*receiver{}
	binds, err := arguments(step, out)
	if err != nil {
		return err
	}
	result, err := s.run(ctx, step, binds)
	if err != nil {
		return err
	}
	if step.Affected != nil {
		n, err := result.RowsAffected()
		if err != nil {
			return err
		}
		if err := check("affected", int64(*step.Affected), n); err != nil {
			return err
		}
	}
	return answered(step, out)
}

// run executes DML through a prepared statement, all else directly.
func (s *goSession) run(ctx context.Context, step step, binds []any) (sql.Result, error) {
	if !slices.Contains([]string{"INSERT", "UPDATE", "DELETE"}, strings.Fields(step.SQL)[0]) || step.Out != nil {
		return s.tx.ExecContext(ctx, step.SQL, binds...)
	}
	stmt, err := s.prepare(ctx, step.SQL, binds)
	if err != nil {
		return nil, err
	}
	return stmt.ExecContext(ctx, binds...)
}

func answered(step step, out map[string]*receiver) error {
	for name, want := range step.Gives {
		if err := same(name, want, out[name].value()); err != nil {
			return err
		}
	}
	for name, want := range step.Returning {
		if len(want) != 1 {
			return disagreement{"go-ora returns one row"}
		}
		if err := same(name, want[0], out[name].value()); err != nil {
			return err
		}
	}
	for name, want := range step.Cursors {
		if err := refCursor(want, out[name].dest.(*ora.RefCursor)); err != nil {
			return err
		}
	}
	return nil
}

func refCursor(want [][]*string, cursor *ora.RefCursor) error {
	rows, err := cursor.Query()
	if err != nil {
		return err
	}
	err = compare(want, rows.Next_, rows.Scan, rows.Err)
	return errors.Join(err, rows.Close(), cursor.Close())
}

// many runs array DML. The driver reports only the first error of a batch.
func (s *goSession) many(ctx context.Context, step step) error {
	columns := make([]any, len(step.Many[0]))
	for i := range columns {
		column := make([]*string, len(step.Many))
		for n, row := range step.Many {
			column[n] = row[i]
		}
		array, err := arrayOf(column)
		if err != nil {
			return err
		}
		columns[i] = array
	}
	result, err := s.tx.ExecContext(ctx, step.SQL, columns...)
	if len(step.BatchErrors) > 0 {
		var failure *network.OracleError
		if !errors.As(err, &failure) {
			return disagreement{fmt.Sprintf("want a batch error, got %v", err)}
		}
		return check("first error of the batch", step.BatchErrors[0].Code, failure.ErrCode)
	}
	if err != nil || step.Affected == nil {
		return err
	}
	n, err := result.RowsAffected()
	return errors.Join(err, check("affected", int64(*step.Affected), n))
}
