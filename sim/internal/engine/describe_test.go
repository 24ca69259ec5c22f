package engine

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// What a client is told about a result, before there are rows.
func TestResultsAreDescribed(t *testing.T) {
	s := testSession(t)
	exec(t, s, `CREATE TABLE t (
		n NUMBER, p NUMBER(10,2) NOT NULL, i INTEGER, v VARCHAR2(10), c VARCHAR2(10 CHAR), f CHAR(3), nv NVARCHAR2(5), d DATE,
		ts TIMESTAMP, tz TIMESTAMP(3) WITH TIME ZONE, r RAW(7), b CLOB, fl FLOAT(30), ym INTERVAL YEAR(4) TO MONTH, secret NUMBER INVISIBLE)`)
	number := func(p, sc int) datum.Type { return datum.Type{Kind: datum.Number, Precision: p, Scale: sc} }
	nullable := func(name string, t datum.Type) datum.Column { return datum.Column{Name: name, Type: t, Nullable: true} }
	for _, c := range []struct {
		query string
		want  []datum.Column
	}{
		{"SELECT * FROM t", []datum.Column{
			nullable("N", number(0, -127)),
			{Name: "P", Type: number(10, 2)},
			nullable("I", number(38, 0)),
			nullable("V", datum.Type{Kind: datum.Text, Size: 10, Chars: 10}),
			nullable("C", datum.Type{Kind: datum.Text, CharSized: true, Size: 40, Chars: 10}),
			nullable("F", datum.Type{Kind: datum.Text, Fixed: true, Size: 3, Chars: 3}),
			nullable("NV", datum.Type{Kind: datum.Text, National: true, CharSized: true, Size: 10, Chars: 5}),
			nullable("D", datum.Type{Kind: datum.Date}), nullable("TS", datum.Type{Kind: datum.Timestamp, Scale: 6}),
			nullable("TZ", datum.Type{Kind: datum.TimestampTZ, Scale: 3}), nullable("R", datum.Type{Kind: datum.Raw, Size: 7}),
			nullable("B", datum.Type{Kind: datum.Clob}), nullable("FL", number(30, -127)),
			nullable("YM", datum.Type{Kind: datum.IntervalYM, Precision: 4}),
		}},
		{`SELECT secret, COUNT(*), p + 1 x, v || 'ab' FROM t GROUP BY secret, p, v`, []datum.Column{
			nullable("SECRET", number(0, -127)), nullable("COUNT(*)", number(0, -127)), nullable("X", number(0, -127)),
			nullable("V||'ab'", datum.Type{Kind: datum.Text, Size: 12, Chars: 12}),
		}},
		{`SELECT 'abc' "a b", NULL, SYSDATE, DATE '2024-01-01' - 1, ts - ts FROM t`, []datum.Column{
			nullable("a b", datum.Type{Kind: datum.Text, Fixed: true, Size: 3, Chars: 3}), nullable("NULL", datum.Type{Kind: datum.Text}),
			nullable("SYSDATE", datum.Type{Kind: datum.Date}), nullable("DATE'2024-01-01'-1", datum.Type{Kind: datum.Date}),
			nullable("TS-TS", datum.Type{Kind: datum.IntervalDS, Precision: 9, Scale: 9}),
		}},
		{"SELECT UPPER(c) u, SUBSTR(v, 1, 2) s, RAWTOHEX(r) h, HEXTORAW(v) w FROM t", []datum.Column{
			nullable("U", datum.Type{Kind: datum.Text, CharSized: true, Size: 40, Chars: 10}),
			nullable("S", datum.Type{Kind: datum.Text, Size: 10, Chars: 10}),
			nullable("H", datum.Type{Kind: datum.Text, Size: 14, Chars: 14}), nullable("W", datum.Type{Kind: datum.Raw, Size: 5}),
		}},
		{"SELECT v FROM t UNION ALL SELECT 'a longer text' FROM DUAL", []datum.Column{
			nullable("V", datum.Type{Kind: datum.Text, Size: 13, Chars: 13}),
		}},
	} {
		st, err := s.Prepare(t.Context(), c.query)
		if err != nil {
			t.Errorf("%s\n%v", c.query, err)
			continue
		}
		if diff := cmp.Diff(c.want, st.Columns()); diff != "" {
			t.Errorf("%s\n%s", c.query, diff)
		}
	}
}
