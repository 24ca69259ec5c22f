package dbmscloud_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/dbmscloud"
	"github.com/adbferry/adbferry/sim/internal/engine"
	"github.com/adbferry/adbferry/sim/internal/objectstore"
)

// world is one database with DBMS_CLOUD and a live object store behind TLS.
type world struct {
	t       testing.TB
	store   *objectstore.Store
	inst    *engine.Instance
	session *engine.Session
	base    string // https://host:port
	http    *http.Client
}

func newWorld(t testing.TB, knobs dbmscloud.Knobs) *world {
	t.Helper()
	return newWorldOf(t, knobs, engine.Config{})
}

// newWorldOf is newWorld for a database of one's own.
func newWorldOf(t testing.TB, knobs dbmscloud.Knobs, config engine.Config) *world {
	t.Helper()
	w := &world{t: t, store: objectstore.New(objectstore.Config{Namespace: "ns"})}
	if err := w.store.CreateBucket("b"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewTLSServer(w.store)
	t.Cleanup(server.Close)
	w.base, w.http = server.URL, server.Client()
	w.inst = engine.New(config)
	w.inst.CreateUser("ADMIN", "secret")
	err := dbmscloud.Register(w.inst, dbmscloud.Config{
		HTTPClient: w.http, Hosts: []string{strings.TrimPrefix(server.URL, "https://")}, Knobs: knobs,
	})
	if err != nil {
		t.Fatal(err)
	}
	w.session = w.open()
	return w
}

// open starts another session.
func (w *world) open() *engine.Session {
	s := w.inst.Internal("ADMIN")
	w.t.Cleanup(s.Close)
	return s
}

// par returns the URL of a bucket PAR.
func (w *world) par(access objectstore.Access, list bool) string {
	w.t.Helper()
	path, err := w.store.CreatePAR(objectstore.PAR{Bucket: "b", Access: access, List: list, Expires: time.Now().Add(time.Hour)})
	if err != nil {
		w.t.Fatal(err)
	}
	return w.base + path
}

// full returns the URL of a PAR that reads, writes and lists.
func (w *world) full() string { return w.par(objectstore.AnyObjectReadWrite, true) }

func (w *world) put(name, text string) {
	w.t.Helper()
	if err := w.store.Put("b", name, []byte(text)); err != nil {
		w.t.Fatal(err)
	}
}

// objects returns the names of the bucket's objects.
func (w *world) objects() []string {
	var names []string
	for _, o := range w.store.List("b", "") {
		names = append(names, o.Name)
	}
	return names
}

// content returns the bytes of all objects with a prefix, joined.
func (w *world) content(prefix string) string {
	var b strings.Builder
	for _, o := range w.store.List("b", prefix) {
		data, _, _ := w.store.Get("b", o.Name)
		b.Write(data)
	}
	return b.String()
}

func (w *world) exec(statements ...string) {
	w.t.Helper()
	for _, text := range statements {
		if err := w.session.Exec(w.t.Context(), text); err != nil {
			w.t.Fatalf("%s: %v", text, err)
		}
	}
}

// query returns a result as lines of values parted by "|"; NULL is "".
func (w *world) query(text string) []string {
	w.t.Helper()
	return queryWith(w.t, w.session, text)
}

func queryWith(t testing.TB, s *engine.Session, text string) []string {
	t.Helper()
	cursor, err := s.Query(t.Context(), text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	defer cursor.Rows.Close()
	lines := []string{}
	for {
		row, err := cursor.Rows.Next(t.Context())
		if errors.Is(err, io.EOF) {
			return lines
		}
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		values, settings := make([]string, len(row)), s.NLS()
		for i, v := range row {
			if values[i], err = settings.Text(v); err != nil {
				t.Fatal(err)
			}
		}
		lines = append(lines, strings.Join(values, "|"))
	}
}

func (w *world) one(text string) string {
	w.t.Helper()
	return strings.Join(w.query(text), "\n")
}

// literal is a text as an SQL literal.
func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// export calls EXPORT_DATA.
func (w *world) export(ctx context.Context, uri, query, format string) error {
	return w.session.Exec(ctx, fmt.Sprintf(
		"BEGIN DBMS_CLOUD.EXPORT_DATA(file_uri_list => %s, query => %s, format => %s); END;",
		literal(uri), literal(query), literal(format)))
}

// load calls COPY_DATA; args are further arguments such as "field_list => '…'".
func (w *world) load(table, uri, format string, args ...string) error {
	all := append([]string{
		"table_name => " + literal(table), "file_uri_list => " + literal(uri), "format => " + literal(format),
	}, args...)
	return w.session.Exec(w.t.Context(), "BEGIN DBMS_CLOUD.COPY_DATA("+strings.Join(all, ", ")+"); END;")
}

func (w *world) mustExport(uri, query, format string) {
	w.t.Helper()
	if err := w.export(w.t.Context(), uri, query, format); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) mustLoad(table, uri, format string, args ...string) {
	w.t.Helper()
	if err := w.load(table, uri, format, args...); err != nil {
		w.t.Fatal(err)
	}
}

// wantStack checks that an error is ORA-code and that its stack holds pieces in
// this order.
func wantStack(t *testing.T, err error, code int, pieces ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want ORA-%05d", code)
	}
	e := datum.AsError(err)
	if e.Code != code {
		t.Errorf("code = %d, want %d: %s", e.Code, code, e.Text)
	}
	rest := e.Text
	for _, piece := range pieces {
		at := strings.Index(rest, piece)
		if at < 0 {
			t.Errorf("stack %q lacks %q", e.Text, piece)
			return
		}
		rest = rest[at+len(piece):]
	}
}

// send makes one HTTP request to the store and returns the body of its answer.
func (w *world) send(method, uri, body string, headers ...string) string {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, uri, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := w.http.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode/100 != 2 {
		w.t.Fatalf("%s: %d %s, %v", method, resp.StatusCode, text, err)
	}
	return string(text)
}
