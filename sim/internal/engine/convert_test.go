package engine

import (
	"context"
	"testing"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
)

// Columns of every type take what can be converted and give it back.
func TestImplicitConversionIntoColumns(t *testing.T) {
	s := testSession(t)
	exec(t, s, `ALTER SESSION SET nls_timestamp_tz_format = 'YYYY-MM-DD HH24:MI:SS.FF TZR' nls_timestamp_format = 'YYYY-MM-DD HH24:MI:SS.FF'`)
	for _, c := range []struct{ typ, value, want string }{
		{"NUMBER", "'12.50'", "12.5"},
		{"NUMBER(5,2)", "123.456", "123.46"},
		{"NUMBER(5,-2)", "12345", "12300"},
		{"NUMBER(2,4)", "0.00456", ".0046"},
		{"INTEGER", "2.5", "3"},
		{"FLOAT(10)", "123456", "123500"},
		{"NUMBER", "1.5d", "1.5"},
		{"VARCHAR2(20)", "12.50", "12.5"},
		{"VARCHAR2(20)", "DATE '2024-02-29'", "29-FEB-24"},
		{"VARCHAR2(20)", "HEXTORAW('AB')", "AB"},
		{"CHAR(3)", "'a'", "a  "},
		{"CHAR(3 CHAR)", "'ä'", "ä  "},
		{"NVARCHAR2(3)", "'äöü'", "äöü"},
		{"DATE", "'29-FEB-24'", "29-FEB-24"},
		{"DATE", "TIMESTAMP '2024-02-29 12:00:00.9'", "29-FEB-24"},
		{"TIMESTAMP", "DATE '2024-02-29'", "2024-02-29 00:00:00.000000"},
		{"TIMESTAMP(2)", "TIMESTAMP '2024-02-29 12:00:00.999'", "2024-02-29 12:00:01.000000"},
		{"TIMESTAMP(9)", "TIMESTAMP '2024-02-29 12:00:00.123456789'", "2024-02-29 12:00:00.123456789"},
		{"TIMESTAMP WITH TIME ZONE", "TIMESTAMP '2024-02-29 12:00:00 Europe/Berlin'", "2024-02-29 12:00:00.000000 Europe/Berlin"},
		{"TIMESTAMP WITH TIME ZONE", "DATE '2024-02-29'", "2024-02-29 00:00:00.000000 +00:00"},
		{"TIMESTAMP WITH LOCAL TIME ZONE", "TIMESTAMP '2024-02-29 12:00:00 +02:00'", "2024-02-29 10:00:00.000000"},
		{"INTERVAL YEAR TO MONTH", "'+01-06'", "+01-06"},
		{"INTERVAL DAY TO SECOND(2)", "INTERVAL '1.239' SECOND", "+00 00:00:01.240000"},
		{"RAW(4)", "'0AFF'", "0AFF"},
		{"BINARY_FLOAT", "'1.5'", "1.5E+000"},
		{"BINARY_DOUBLE", "2", "2.0E+000"},
		{"CLOB", "'text'", "text"},
		{"CLOB", "42", "42"},
		{"BLOB", "HEXTORAW('41')", "blob:A"},
		{"ROWID", "'AAAAAAAAAAAAAAAAAA'", "AAAAAAAAAAAAAAAAAA"},
		{"LONG", "'old'", "old"},
		{"VARCHAR2(5)", "''", "~"},
		{"CLOB", "EMPTY_CLOB()", ""},
		{"CLOB", "''", "~"},
	} {
		exec(t, s, "CREATE TABLE c (v "+c.typ+")", "INSERT INTO c VALUES ("+c.value+")")
		if got := query(t, s, "SELECT v FROM c"); got != c.want {
			t.Errorf("%s <- %s: %q, want %q", c.typ, c.value, got, c.want)
		}
		exec(t, s, "ROLLBACK", "DROP TABLE c")
	}
}

func TestValuesThatDoNotFitAColumn(t *testing.T) {
	s := testSession(t)
	for _, c := range []struct{ typ, value, want string }{
		{"NUMBER(3)", "1000", "ORA-01438"},
		{"NUMBER(3)", "999.5", "ORA-01438"},
		{"NUMBER(2,4)", "0.01", "ORA-01438"},
		{"NUMBER(2,4)", "0", "0"},
		{"NUMBER", "'one'", "ORA-01722"},
		{"NUMBER", "DATE '2024-01-01'", "ORA-00932: inconsistent datatypes: expected NUMBER got DATE"},
		{"DATE", "5", "ORA-00932: inconsistent datatypes: expected DATE got NUMBER"},
		{"DATE", "'2024-01-01'", "ORA-018"},
		{"VARCHAR2(2)", "'abc'", "ORA-12899"},
		{"VARCHAR2(2 CHAR)", "'äöü'", "(actual: 3, maximum: 2)"},
		{"NVARCHAR2(1)", "'😀'", "(actual: 2, maximum: 1)"},
		{"CHAR(1)", "'ab'", "ORA-12899"},
		{"RAW(1)", "'ABCD'", "ORA-12899"},
		{"RAW(1)", "'XY'", "ORA-01465"},
		{"INTERVAL YEAR(1) TO MONTH", "'10-00'", "ORA-01873"},
		{"BLOB", "TO_CLOB('x')", "ORA-00932"},
		{"CLOB", "EMPTY_BLOB()", "ORA-00932"},
	} {
		exec(t, s, "CREATE TABLE c (v "+c.typ+")")
		failsWith(t, s, "INSERT INTO c VALUES ("+c.value+")", c.want)
		exec(t, s, "DROP TABLE c")
	}
}

func TestComparisonsConvertOneSide(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE c (n NUMBER, v VARCHAR2(10), d DATE, f CHAR(5), r RAW(2), tz TIMESTAMP WITH TIME ZONE)",
		"INSERT INTO c VALUES (10, '10', DATE '2024-02-29', 'ab', HEXTORAW('0A'), TIMESTAMP '2024-02-29 12:00:00 +02:00')")
	for _, condition := range []string{
		"n = '10'", "v = 10", "v > 9", "n IN ('10', '11')", "d = '29-FEB-24'", "d >= TIMESTAMP '2024-02-29 00:00:00'",
		"f = 'ab'", "f IN ('ab')", "f || 'x' = 'ab   x'", "r = '0A'", "n = 10d", "n < 10.5f",
		"tz = TIMESTAMP '2024-02-29 10:00:00 +00:00'", "tz > DATE '2024-02-29'", "NOT n = 11", "n BETWEEN '9' AND '11'",
		"NVL(v, 0) = 10", "GREATEST(n, '9') = 10", "CASE WHEN n = 10 THEN v END = 10", "DECODE(n, '10', 'yes') = 'yes'",
	} {
		if got := query(t, s, "SELECT COUNT(*) FROM c WHERE "+condition); got != "1" {
			t.Errorf("%s is not true", condition)
		}
	}
	for _, condition := range []string{"f = CAST('ab' AS VARCHAR2(5))", "v = '10 '", "n = NULL", "n <> NULL", "v = ''"} {
		if got := query(t, s, "SELECT COUNT(*) FROM c WHERE "+condition); got != "0" {
			t.Errorf("%s is true", condition)
		}
	}
}

func TestSessionTimeZone(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE z (l TIMESTAMP WITH LOCAL TIME ZONE, t TIMESTAMP WITH TIME ZONE)",
		"ALTER SESSION SET TIME_ZONE = 'America/New_York'",
		"INSERT INTO z VALUES (TIMESTAMP '2024-07-01 08:00:00', TIMESTAMP '2024-07-01 08:00:00')")
	const shown = "SELECT TO_CHAR(l, 'HH24:MI TZR'), TO_CHAR(t, 'HH24:MI TZR TZD'), TO_CHAR(SYS_EXTRACT_UTC(l), 'HH24:MI') FROM z"
	if got := query(t, s, shown); got != "08:00 America/New_York|08:00 America/New_York EDT|12:00" {
		t.Error(got)
	}
	exec(t, s, "ALTER SESSION SET TIME_ZONE = '+02:00'")
	if got := query(t, s, shown); got != "14:00 +02:00|08:00 America/New_York EDT|12:00" {
		t.Error(got)
	}
	if got := query(t, s, "SELECT SESSIONTIMEZONE, TO_CHAR(CURRENT_TIMESTAMP, 'HH24 TZR'), TO_CHAR(LOCALTIMESTAMP, 'HH24'), TO_CHAR(SYSDATE, 'HH24') FROM DUAL"); got != "+02:00|16 +02:00|16|14" {
		t.Error(got)
	}
	failsWith(t, s, "ALTER SESSION SET TIME_ZONE = 'Mars/Base'", "ORA-01882")
}

// The canonical texts of reference, section 6.3 are read back bit by bit.
func TestCanonicalTextsRoundTrip(t *testing.T) {
	s := testSession(t)
	for _, c := range []struct{ typ, value, write, read string }{
		{"NUMBER", "-12345678901234567890.0123456789", "RAWTOHEX(UTL_RAW.CAST_FROM_NUMBER(v))", "UTL_RAW.CAST_TO_NUMBER(HEXTORAW(x))"},
		{"NUMBER", "1e-130", "RAWTOHEX(UTL_RAW.CAST_FROM_NUMBER(v))", "UTL_RAW.CAST_TO_NUMBER(HEXTORAW(x))"},
		{"NUMBER", "-0.5", "TO_CHAR(v, 'TM9', 'NLS_NUMERIC_CHARACTERS=''.,''')", "TO_NUMBER(x)"},
		{"BINARY_DOUBLE", "-1.0d / 3", "RAWTOHEX(UTL_RAW.CAST_FROM_BINARY_DOUBLE(v))", "UTL_RAW.CAST_TO_BINARY_DOUBLE(HEXTORAW(x))"},
		{"BINARY_FLOAT", "TO_BINARY_FLOAT('NaN')", "RAWTOHEX(UTL_RAW.CAST_FROM_BINARY_FLOAT(v))", "UTL_RAW.CAST_TO_BINARY_FLOAT(HEXTORAW(x))"},
		{"VARCHAR2(50)", "'a,\"b' || CHR(10) || 'ä😀 '", "RAWTOHEX(UTL_RAW.CAST_TO_RAW(v))", "UTL_RAW.CAST_TO_VARCHAR2(HEXTORAW(x))"},
		{"NVARCHAR2(50)", "'ä😀 '", "RAWTOHEX(UTL_RAW.CAST_TO_RAW(v))", "UTL_RAW.CAST_TO_NVARCHAR2(HEXTORAW(x))"},
		{"DATE", "TO_DATE('-4712-01-01 23:59:59', 'SYYYY-MM-DD HH24:MI:SS')", "TO_CHAR(v, 'SYYYY-MM-DD HH24:MI:SS')", "TO_DATE(x, 'SYYYY-MM-DD HH24:MI:SS')"},
		{"TIMESTAMP(9)", "TIMESTAMP '9999-12-31 23:59:59.999999999'", "TO_CHAR(v, 'SYYYY-MM-DD HH24:MI:SS.FF9')", "TO_TIMESTAMP(x, 'SYYYY-MM-DD HH24:MI:SS.FF9')"},
		{
			"TIMESTAMP(9) WITH TIME ZONE", "TIMESTAMP '2024-10-27 02:30:00.5 Europe/Berlin'",
			"TO_CHAR(v, 'SYYYY-MM-DD HH24:MI:SS.FF9 TZR TZD')", "TO_TIMESTAMP_TZ(x, 'SYYYY-MM-DD HH24:MI:SS.FF9 TZR TZD')",
		},
		{
			"TIMESTAMP WITH LOCAL TIME ZONE", "TIMESTAMP '2024-10-27 02:30:00.5 +01:00'",
			"TO_CHAR(SYS_EXTRACT_UTC(v), 'SYYYY-MM-DD HH24:MI:SS.FF9')", "FROM_TZ(TO_TIMESTAMP(x, 'SYYYY-MM-DD HH24:MI:SS.FF9'), 'UTC')",
		},
		{"INTERVAL YEAR(4) TO MONTH", "INTERVAL '-1234-5' YEAR(4) TO MONTH", "TO_CHAR(v)", "TO_YMINTERVAL(x)"},
		{"INTERVAL DAY(5) TO SECOND(9)", "INTERVAL '-12345 1:2:3.000000001' DAY(5) TO SECOND(9)", "TO_CHAR(v)", "TO_DSINTERVAL(x)"},
		{"RAW(5)", "HEXTORAW('00FF')", "RAWTOHEX(v)", "HEXTORAW(x)"},
	} {
		exec(t, s, "CREATE TABLE a (v "+c.typ+")", "CREATE TABLE b (x VARCHAR2(4000))", "CREATE TABLE z (v "+c.typ+")",
			"INSERT INTO a VALUES ("+c.value+")", "INSERT INTO b SELECT "+c.write+" FROM a", "INSERT INTO z SELECT "+c.read+" FROM b")
		before, after := stored(t, s, "SELECT v FROM a"), stored(t, s, "SELECT v FROM z")
		if before.IsNull() || before != after {
			t.Errorf("%s %s: %x came back as %x through %s", c.typ, c.value, before.Bytes(), after.Bytes(), query(t, s, "SELECT x FROM b"))
		}
		exec(t, s, "DROP TABLE a", "DROP TABLE b", "DROP TABLE z")
	}
}

// stored returns the single value of a query as the engine keeps it.
func stored(t testing.TB, s *Session, text string) datum.Value {
	t.Helper()
	cursor, err := s.Query(context.Background(), text)
	if err != nil {
		t.Fatal(err)
	}
	defer cursor.Rows.Close()
	row, err := cursor.Rows.Next(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return row[0]
}

// Binds keep their exact values, whatever their declared type is.
func TestBindsOfEveryKind(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE c (n NUMBER, v VARCHAR2(10), d DATE, ts TIMESTAMP(9), r RAW(5), c CLOB)")
	st, err := s.Prepare(t.Context(), "INSERT INTO c VALUES (:1, :2, :3, :4, :5, :6)")
	if err != nil {
		t.Fatal(err)
	}
	row := []datum.Value{
		datum.FromInt(5), datum.FromText("x"), datum.FromTimestamp(testClock), datum.FromTimestampTZ(testClock, "+02:00"),
		datum.FromRaw([]byte{1}), datum.FromText("long"),
	}
	var types []datum.Type
	for _, v := range row {
		types = append(types, datum.Type{Kind: v.Kind(), Size: 100, Chars: 100})
	}
	if _, err := st.Execute(t.Context(), database.Execution{Values: [][]datum.Value{row}, Types: types}); err != nil {
		t.Fatal(err)
	}
	const shown = "SELECT n, v, TO_CHAR(d, 'HH24:MI:SS'), TO_CHAR(ts, 'HH24:MI:SS.FF9'), r, c FROM c"
	if got := query(t, s, shown); got != "5|x|14:05:06|16:05:06.123456000|01|long" {
		t.Error(got)
	}
	if _, err := st.Execute(t.Context(), database.Execution{Values: [][]datum.Value{row[:5]}}); datum.AsError(err).Code != 1008 {
		t.Errorf("a missing bind: %v", err)
	}
}
