package session_test

import (
	"context"
	"database/sql"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	go_ora "github.com/sijms/go-ora/v2"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
)

func text(size int) datum.Type { return datum.Type{Kind: datum.Text, Size: size, Chars: size} }

func mustNumber(t *testing.T, s string) datum.Value {
	t.Helper()
	v, err := datum.ParseNumber(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestScalarsReachTheClient(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	scale := func(k datum.Kind, n int) datum.Type { return datum.Type{Kind: k, Scale: n} }
	nines := strings.Repeat("9", 38)
	long := strings.Repeat("ü", 2000)
	for _, tc := range []struct {
		name  string
		typ   datum.Type
		value datum.Value
		want  any
	}{
		{"text", text(20), datum.FromText("Grüße 🚢"), "Grüße 🚢"},
		{"text of 4000 bytes", text(4000), datum.FromText(long), long},
		{"text of 252 bytes", text(4000), datum.FromText(long[:252]), long[:252]},
		{"text of 254 bytes", text(4000), datum.FromText(long[:254]), long[:254]},
		{"char", datum.Type{Kind: datum.Text, Fixed: true, Size: 3, Chars: 3}, datum.FromText("ab "), "ab "},
		{"national text", datum.Type{Kind: datum.Text, National: true, Size: 20, Chars: 10}, datum.FromText("Ω🚢"), "Ω🚢"},
		{"long", datum.Type{Kind: datum.Text, Long: true}, datum.FromText(long), long},
		{"null text", text(20), datum.NULL, nil},
		{"integer", number, datum.FromInt(-7), "-7"},
		{"zero", number, datum.FromInt(0), "0"},
		{"38 digits", datum.Type{Kind: datum.Number, Precision: 38}, mustNumber(t, nines), nines},
		{"negative 38 digits", number, mustNumber(t, "-"+nines), "-" + nines},
		{"fraction", datum.Type{Kind: datum.Number, Precision: 10, Scale: 2}, mustNumber(t, "123.45"), "123.45"},
		{"tiny", number, mustNumber(t, "1e-128"), "0." + strings.Repeat("0", 127) + "1"},
		{"huge", number, mustNumber(t, "9.99e125"), "999" + strings.Repeat("0", 123)},
		{"null number", number, datum.NULL, nil},
		{"date", scale(datum.Date, 0), datum.FromDate(moment), moment.Truncate(time.Second)},
		{"first date", scale(datum.Date, 0), datum.FromDate(time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)), time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)},
		{"last date", scale(datum.Date, 0), datum.FromDate(time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)},
		{"null date", scale(datum.Date, 0), datum.NULL, nil},
		{"timestamp", scale(datum.Timestamp, 9), datum.FromTimestamp(moment), moment},
		{"timestamp with offset", scale(datum.TimestampTZ, 6), datum.FromTimestampTZ(moment, "-08:30"), moment.In(time.FixedZone("-08:30", -30600))},
		{"timestamp with region", scale(datum.TimestampTZ, 6), datum.FromTimestampTZ(moment, "Europe/Berlin"), moment.In(berlin)},
		{"timestamp with local zone", scale(datum.TimestampLTZ, 6), datum.FromTimestampLTZ(moment), moment},
		{"raw", datum.Type{Kind: datum.Raw, Size: 16}, datum.FromRaw([]byte{0, 0xFF, 1}), []byte{0, 0xFF, 1}},
		{"null raw", datum.Type{Kind: datum.Raw, Size: 16}, datum.NULL, nil},
		{"float", datum.Type{Kind: datum.BinaryFloat}, datum.Of(datum.BinaryFloat, "\xBF\xC0\x00\x00"), 1.5},
		{"interval of days", datum.Type{Kind: datum.IntervalDS, Precision: 2, Scale: 6}, datum.Of(datum.IntervalDS, "\x80\x00\x00\x01\x3E\x3F\x40\x80\x00\x00\x00"), "+01 02:03:04.000000"},
		{"interval of years", datum.Type{Kind: datum.IntervalYM, Precision: 2}, datum.Of(datum.IntervalYM, "\x80\x00\x00\x01\x3E"), "+01-02"},
		{"double", datum.Type{Kind: datum.BinaryDouble}, datum.FromDouble(-math.Pi), -math.Pi},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := start(t)
			s.on("SELECT C FROM T", script{
				kind:    database.Query,
				columns: []datum.Column{{Name: "N", Type: number}, {Name: "C", Type: tc.typ, Nullable: true}, {Name: "LAST", Type: text(3)}},
				run:     constant(datum.FromInt(1), tc.value, datum.FromText("end")),
			})
			var first, last string
			var got any
			row := s.connect(t).QueryRowContext(t.Context(), "SELECT C FROM T")
			if err := row.Scan(&first, &got, &last); err != nil {
				t.Fatal(err)
			}
			if first != "1" || last != "end" {
				t.Errorf("the columns beside it hold %q and %q", first, last)
			}
			if diff := cmp.Diff(tc.want, got, sameInstant); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// sameInstant compares times by instant and by offset.
var sameInstant = cmp.Comparer(func(a, b time.Time) bool {
	_, x := a.Zone()
	_, y := b.Zone()
	return a.Equal(b) && x == y
})

func TestBindsReachTheDatabase(t *testing.T) {
	tokyo := time.FixedZone("", 9*3600)
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", 40000)
	for _, tc := range []struct {
		name string
		bind any
		want datum.Value
	}{
		{"string", "Grüße 🚢", datum.FromText("Grüße 🚢")},
		{"empty string", "", datum.NULL},
		{"string of 40,000 bytes", long, datum.FromText(long)},
		{"national string", go_ora.NVarChar("Ω🚢"), datum.FromText("Ω🚢")},
		{"integer", int64(math.MinInt64), mustNumber(t, "-9223372036854775808")},
		{"float", 0.1, mustNumber(t, "0.1")},
		{"bool", true, datum.FromInt(1)},
		{"nil", nil, datum.NULL},
		{"time with offset", moment.In(tokyo), datum.FromTimestampTZ(moment, "+09:00")},
		{"time in a region", moment.In(berlin), datum.FromTimestampTZ(moment, "Europe/Berlin")},
		{"time in UTC", moment, datum.FromTimestampTZ(moment, "UTC")},
		{"timestamp", go_ora.TimeStamp(moment), datum.FromTimestamp(moment)},
		{"bytes", []byte{0, 1, 0xFF}, datum.FromRaw([]byte{0, 1, 0xFF})},
		{"no bytes", []byte{}, datum.NULL},
		{"CLOB", go_ora.Clob{String: "line\nline 🚢", Valid: true}, datum.FromClob("line\nline 🚢")},
		{"large CLOB", go_ora.Clob{String: long, Valid: true}, datum.FromClob(long)},
		{"BLOB", go_ora.Blob{Data: []byte(long)}, datum.FromBlob([]byte(long))},
		{"null CLOB", go_ora.Clob{}, datum.NULL},
		{"null string", sql.NullString{}, datum.NULL},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := start(t)
			var got []datum.Value
			s.on("INSERT INTO T VALUES (:1, :2, :3)", script{
				kind: database.DML, binds: ins("1", "2", "3"),
				run: func(_ context.Context, e database.Execution) (*database.Outcome, error) {
					got = e.Values[0]
					return &database.Outcome{Affected: 1}, nil
				},
			})
			_, err := s.connect(t).ExecContext(t.Context(), "INSERT INTO T VALUES (:1, :2, :3)", 1, tc.bind, "end")
			if err != nil {
				t.Fatal(err)
			}
			want := []datum.Value{datum.FromInt(1), tc.want, datum.FromText("end")}
			if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b datum.Value) bool { return a == b })); diff != "" {
				t.Errorf("got kind %v, % x", got[1].Kind(), got[1].Bytes())
			}
		})
	}
}
