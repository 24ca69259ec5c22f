package session_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/hashicorp/go-hclog"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/session"
)

func TestHand(t *testing.T) {
	if os.Getenv("HAND") == "" {
		t.Skip()
	}
	s := startWith(t, session.Options{Logger: hclog.New(&hclog.LoggerOptions{Level: hclog.Trace})})
	onCounter(s)
	onLobs(s)
	var k sink
	onInsert(s, &k)
	onBlock(s, "BEGIN P(:a, :b, :c); END;", []database.Bind{{Name: "A", Mode: database.In}, {Name: "B", Mode: database.Out}, {Name: "C", Mode: database.InOut}},
		database.OutValue{}, database.OutValue{Value: datum.FromInt(77)}, database.OutValue{Value: datum.FromText("after")})
	s.on("BEGIN Q(:c, :d); END;", script{
		kind: database.Block, binds: []database.Bind{{Name: "C", Mode: database.In}, {Name: "D", Mode: database.Out}},
		run: func(_ context.Context, e database.Execution) (*database.Outcome, error) {
			return &database.Outcome{Out: []database.OutValue{{}, {Value: e.Values[0][0]}}}, nil
		},
	})
	s.on("BEGIN R(:c); END;", script{
		kind: database.Block, binds: []database.Bind{{Name: "C", Mode: database.Out}},
		run: func(_ context.Context, e database.Execution) (*database.Outcome, error) {
			return &database.Outcome{Out: []database.OutValue{{Cursor: &database.Cursor{Columns: []datum.Column{{Name: "N", Type: number}}, Rows: result(datum.Row{datum.FromInt(1)}, datum.Row{datum.FromInt(2)}, datum.Row{datum.FromInt(3)})}}}}, nil
		},
	})
	s.on("UPDATE T SET N = 1 RETURNING N INTO :n", script{
		kind: database.DML, binds: []database.Bind{{Name: "N", Mode: database.Return}},
		run: func(_ context.Context, e database.Execution) (*database.Outcome, error) {
			return &database.Outcome{Affected: 2, Returned: [][][]datum.Value{{{datum.FromInt(5), datum.FromInt(6)}}}}, nil
		},
	})
	begun := make(chan struct{}, 100)
	s.on("BEGIN SLEEP; END;", script{kind: database.Block, run: func(ctx context.Context, _ database.Execution) (*database.Outcome, error) {
		begun <- struct{}{}
		<-ctx.Done()
		return nil, ctx.Err()
	}})
	s.on("SELECT ALLTYPES", script{kind: database.Query, columns: []datum.Column{
		{Name: "N", Type: number},
		{Name: "V", Type: text(100)},
		{Name: "D", Type: datum.Type{Kind: datum.Date}},
		{Name: "TS", Type: datum.Type{Kind: datum.Timestamp, Scale: 6}},
		{Name: "TZ", Type: datum.Type{Kind: datum.TimestampTZ, Scale: 6}},
		{Name: "R", Type: datum.Type{Kind: datum.Raw, Size: 10}},
		{Name: "BD", Type: datum.Type{Kind: datum.BinaryDouble}},
		{Name: "NV", Type: datum.Type{Kind: datum.Text, National: true, Size: 20, Chars: 10}, Nullable: true},
		{Name: "NU", Type: text(10), Nullable: true},
		{Name: "P", Type: datum.Type{Kind: datum.Number, Precision: 10, Scale: 2}},
	}, run: constant(mustNumber(t, "123.5"), datum.FromText("Grüße 🚢"), datum.FromDate(moment), datum.FromTimestamp(moment), datum.FromTimestampTZ(moment, "+02:00"),
		datum.FromRaw([]byte{1, 2}), datum.FromDouble(1.5), datum.FromText("ΩΩ"), datum.NULL, mustNumber(t, "-12.25"))})
	fmt.Printf("READY %s\n", s.wallet)
	_, _ = os.Stdin.Read(make([]byte, 1))
}
