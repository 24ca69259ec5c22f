package judges_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// A scenario is one line of the table: statements, and what Oracle answers.
// README.md describes every field.
type scenario struct {
	Name      string     `yaml:"name" json:"name"`
	Drivers   []string   `yaml:"drivers" json:"-"` // who can be asked; all when empty
	Because   string     `yaml:"because" json:"-"` // why not all
	Connect   *connect   `yaml:"connect" json:"connect,omitempty"`
	RoundTrip *roundTrip `yaml:"round_trip" json:"-"`
	Steps     []step     `yaml:"steps" json:"steps"`
}

// connect overrides how a scenario's sessions are opened.
type connect struct {
	User     string `yaml:"user" json:"user,omitempty"`
	Password string `yaml:"password" json:"password,omitempty"`
	Alias    string `yaml:"alias" json:"alias,omitempty"`
	NoWallet bool   `yaml:"no_wallet" json:"no_wallet,omitempty"`

	// Options that go-ora's judge does not set.
	SYSDBA      bool   `yaml:"sysdba" json:"sysdba,omitempty"`
	ProxyFor    string `yaml:"proxy_for" json:"proxy_for,omitempty"`
	Edition     string `yaml:"edition" json:"edition,omitempty"`
	NewPassword string `yaml:"new_password" json:"new_password,omitempty"`
	Context     bool   `yaml:"context" json:"context,omitempty"` // an application context
}

// a step is one call and the answer that it has to get.
type step struct {
	Session int    `yaml:"session" json:"session,omitempty"`
	Repeat  int    `yaml:"repeat" json:"repeat,omitempty"`
	Do      string `yaml:"do" json:"do,omitempty"` // commit, rollback or ping
	SQL     string `yaml:"sql" json:"sql,omitempty"`

	Binds []*string          `yaml:"binds" json:"binds,omitempty"`
	Named map[string]*string `yaml:"named" json:"named,omitempty"`
	Many  [][]*string        `yaml:"many" json:"many,omitempty"`
	Out   map[string]string  `yaml:"out" json:"out,omitempty"`

	Gives       map[string]*string     `yaml:"gives" json:"gives,omitempty"`
	Returning   map[string][]*string   `yaml:"returning" json:"returning,omitempty"`
	Cursors     map[string][][]*string `yaml:"cursors" json:"cursors,omitempty"`
	Rows        [][]*string            `yaml:"rows" json:"rows,omitzero"`
	Types       []string               `yaml:"types" json:"types,omitempty"`
	Names       []string               `yaml:"names" json:"names,omitempty"`
	Count       *int                   `yaml:"count" json:"count,omitempty"`
	Affected    *int                   `yaml:"affected" json:"affected,omitempty"`
	BatchErrors []batchError           `yaml:"batch_errors" json:"batch_errors,omitzero"`

	Error    int    `yaml:"error" json:"error,omitempty"`
	Position *int   `yaml:"position" json:"position,omitempty"`
	Message  string `yaml:"message" json:"message,omitempty"`
	Refused  bool   `yaml:"refused" json:"refused,omitempty"` // any error of the driver's own

	Cancel   bool   `yaml:"cancel" json:"cancel,omitempty"`
	Watch    string `yaml:"watch" json:"watch,omitempty"` // finds a row once the call to cancel runs
	Locators bool   `yaml:"locators" json:"locators,omitempty"`
	LOB      *lob   `yaml:"lob" json:"lob,omitempty"`

	LastRowid      string  `yaml:"last_rowid" json:"last_rowid,omitempty"` // a query for the ROWID that the driver has to tell
	ChangePassword *change `yaml:"change_password" json:"change_password,omitempty"`
}

// a change of the judge's password; "" is the one it has been given.
type change struct {
	Old string `yaml:"old" json:"old,omitempty"`
	New string `yaml:"new" json:"new,omitempty"`
}

type batchError struct {
	Row  int `yaml:"row" json:"row"`
	Code int `yaml:"code" json:"code"`
}

// a lob is read and written through a locator.
type lob struct {
	Temporary string     `yaml:"temporary" json:"temporary,omitempty"`
	Out       string     `yaml:"out" json:"out,omitempty"` // the type of the one OUT bind that gives it
	Writes    []lobWrite `yaml:"writes" json:"writes,omitempty"`
	Trim      *int       `yaml:"trim" json:"trim,omitempty"`
	Size      int        `yaml:"size" json:"size"`
	Reads     []lobRead  `yaml:"reads" json:"reads,omitempty"`
	BindTo    string     `yaml:"bind_to" json:"bind_to,omitempty"`
}

type lobWrite struct {
	Offset int     `yaml:"offset" json:"offset"`
	Value  *string `yaml:"value" json:"value"`
}

type lobRead struct {
	Offset int     `yaml:"offset" json:"offset"`
	Amount int     `yaml:"amount" json:"amount"`
	Gives  *string `yaml:"gives" json:"gives"`
}

// A roundTrip is short for: make a table with one column of a type, insert
// each value and NULL through a bind, and read them back.
type roundTrip struct {
	Type   string    `yaml:"type"`
	Bind   string    `yaml:"bind"`  // the expression around the bind; default ":2"
	Shown  string    `yaml:"shown"` // an expression over V that shows what was stored
	As     []*string `yaml:"as"`    // what it shows, value by value
	Values []*string `yaml:"values"`
}

// steps spells a round trip out, through a table of that name.
func (r *roundTrip) steps(table string) []step {
	bind := r.Bind
	if bind == "" {
		bind = ":2"
	}
	steps := []step{{SQL: "CREATE TABLE " + table + " (id NUMBER, v " + r.Type + ")"}}
	for i, value := range append(slices.Clone(r.Values), nil) {
		id, one := fmt.Sprintf("number:%d", i), 1
		row := [][]*string{{value}}
		read := "SELECT v FROM " + table + " WHERE id = :1"
		if r.Shown != "" {
			read = "SELECT v, " + r.Shown + " FROM " + table + " WHERE id = :1"
			row[0] = append(row[0], append(slices.Clone(r.As), nil)[i])
		}
		steps = append(steps,
			step{SQL: "INSERT INTO " + table + " (id, v) VALUES (:1, " + bind + ")", Binds: []*string{&id, value}, Affected: &one},
			step{SQL: read, Binds: []*string{&id}, Rows: row})
	}
	return append(steps, step{SQL: "DROP TABLE " + table + " PURGE"})
}

// load reads the table. A field that does not exist is an error.
func load(t testing.TB) []scenario {
	t.Helper()
	files, err := filepath.Glob("scenarios/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("find scenarios: %d files: %v", len(files), err)
	}
	var all []scenario
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var some []scenario
		if err := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(&some); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		family := strings.TrimSuffix(filepath.Base(file), ".yaml")
		for i, s := range some {
			some[i].Name = family + "/" + s.Name
			if s.RoundTrip != nil {
				some[i].Steps = append(s.RoundTrip.steps(fmt.Sprintf("%s_%d", family, i)), s.Steps...)
			}
		}
		all = append(all, some...)
	}
	return all
}

// of returns the scenarios that a driver can be asked.
func of(all []scenario, driver string) []scenario {
	return slices.DeleteFunc(slices.Clone(all), func(s scenario) bool {
		return len(s.Drivers) > 0 && !slices.Contains(s.Drivers, driver)
	})
}

func (s scenario) cancels() bool {
	return slices.ContainsFunc(s.Steps, func(s step) bool { return s.Cancel })
}

func TestTheTableIsWellFormed(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range load(t) {
		if seen[s.Name] || len(s.Steps) == 0 {
			t.Errorf("%s: named twice or without steps", s.Name)
		}
		if (len(s.Drivers) > 0) != (s.Because != "") {
			t.Errorf("%s: leaving a driver out takes a reason, and only that", s.Name)
		}
		for _, d := range s.Drivers {
			if !slices.Contains(drivers(), d) {
				t.Errorf("%s: no driver %q", s.Name, d)
			}
		}
		seen[s.Name] = true
	}
}
