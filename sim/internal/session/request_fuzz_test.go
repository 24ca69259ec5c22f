package session

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/tns"
	"github.com/adbferry/adbferry/sim/internal/ttc"
)

// An anything is a session in which every text is a statement: its first
// letter says of which kind.
type anything struct{}

func (anything) ID() (sid, serial int)                   { return 1, 1 }
func (anything) Commit(context.Context) error            { return nil }
func (anything) Rollback(context.Context) error          { return nil }
func (anything) InTransaction() bool                     { return false }
func (anything) Trace(database.Trace)                    {}
func (anything) SetSchema(context.Context, string) error { return nil }
func (anything) NLS() map[string]string                  { return nil }
func (anything) LockedLOB(context.Context, database.LOBPlace) (datum.Value, error) {
	return datum.FromClob(""), nil
}
func (anything) StoreLOB(context.Context, database.LOBPlace, datum.Value) error { return nil }
func (anything) Close()                                                         {}

func (anything) Prepare(_ context.Context, text string) (database.Statement, error) {
	switch text[0] {
	case 'S':
		return anyStatement{database.Query}, nil
	case 'I':
		return anyStatement{database.DML}, nil
	case 'B':
		return anyStatement{database.Block}, nil
	default:
		return nil, datum.Errorf(900, "invalid SQL statement")
	}
}

type anyStatement struct{ kind database.StatementKind }

func (s anyStatement) Kind() database.StatementKind { return s.kind }
func (s anyStatement) Verb() string                 { return "" }

func (s anyStatement) Columns() []datum.Column {
	if s.kind != database.Query {
		return nil
	}
	return []datum.Column{{Name: "C", Type: datum.Type{Kind: datum.Clob}}, {Name: "N", Type: datum.Type{Kind: datum.Number}}}
}

func (s anyStatement) Binds() []database.Bind {
	out := map[database.StatementKind]database.Mode{
		database.Query: database.In, database.DML: database.Return, database.Block: database.InOut,
	}
	return []database.Bind{{Name: "A", Mode: database.In}, {Name: "B", Mode: out[s.kind]}}
}

func (s anyStatement) Execute(_ context.Context, e database.Execution) (*database.Outcome, error) {
	out := &database.Outcome{Affected: 1, Out: make([]database.OutValue, 2), Rows: &anyRows{}}
	for _, row := range e.Values {
		out.Out[1].Value = row[1]
		out.Returned = append(out.Returned, [][]datum.Value{{row[0]}})
	}
	return out, nil
}

type anyRows struct{ n int }

func (r *anyRows) Next(context.Context) (datum.Row, error) {
	if r.n++; r.n > 3 {
		return nil, io.EOF
	}
	return datum.Row{datum.FromClob("üöä"), datum.FromInt(1)}, nil
}

func (r *anyRows) Close() {}

// seed is an execute request with two binds of one description.
func seed(options uint16, sql, bind string) string {
	return "\x03\x5E\x00\x02" + string([]byte{byte(options >> 8), byte(options)}) + "\x00\x01\x01\x06\x01\x01\x0D\x00\x00\x00\x01\x02\x00" +
		"\x01\x01\x02" + strings.Repeat("\x00", 25) + sql + "\x01\x01\x01\x01" + strings.Repeat("\x00", 11) + bind + bind
}

// FuzzRequest throws requests at a connection that is logged on. It may answer
// or end, but not panic, hang or grow without bounds.
func FuzzRequest(f *testing.F) {
	f.Add("\x03\x93\x00", "\x03\x05\x00\x01\x01\x01\x0A", false)
	number := "\x02\x03\x00\x00\x01\x16\x00\x00\x00\x00\x00\x01\x00\x00"
	rows := "\x07\x02\xC1\x02\x02\xC1\x03"
	for _, sql := range []string{"SELECT", "INSERT", "BEGIN;", "NOSUCH"} {
		f.Add(seed(0x8069, sql, number)+rows, "\x03\x4E\x00\x01\x01\x01\x02\x00\x00"+rows, false)
		f.Add(seed(0x8069, sql, number)+rows, "\x03\x05\x00\x01\x01\x01\x0A", false)
	}
	create := "\x01\x01\x28\x00\x00\x00\x00\x01\x00\x00\x02\x01\x10\x00\x00\x01\x01\x01\x70\x00"
	f.Add("\x03\x60\x00"+create+strings.Repeat("\x00", 47), "\x03\x09\x00", true)
	f.Fuzz(func(t *testing.T, first, second string, counted bool) {
		dialect := ttc.Dialect{Field: 12, Counted: counted, Placeholders: counted}
		c := &connection{log: hclog.NewNullLogger(), out: tns.NewWriter(io.Discard), session: anything{}}
		c.cursors.open, c.lobs.open = map[uint32]*cursor{}, map[uint64]*lob{}
		c.out.Accepted(tns.MinSDU)
		c.in = newInbox(tns.NewReader(strings.NewReader("")))
		c.in.run()
		c.r = ttc.NewReader(c.in.next)
		c.r.Dialect, c.w.Dialect = dialect, dialect
		for _, payload := range []string{first, second} {
			if err := c.request(t.Context(), payload); err != nil && !errors.Is(err, ttc.ErrProtocol) && !errors.Is(err, io.EOF) {
				t.Errorf("% x: %v", payload, err)
			}
		}
	})
}
