package engine

import (
	"fmt"
	"strings"
	"testing"
)

// A constant argument is looked at once, another one for every row: both ways
// have to say the same, errors included. {…} marks what becomes a column of an
// inline view in the second way.
var conversions = []string{
	"TO_CHAR(n, {'TM9'})", "TO_CHAR(n, {'TM9'}, {'NLS_NUMERIC_CHARACTERS='',.'''})", "TO_CHAR(n, {'FM999G990D00'})", "TO_CHAR(n, {'FML99999D9'}, {'NLS_CURRENCY=''E'''})",
	"TO_CHAR(n, {'XXXXXX'})", "TO_CHAR(n, {'9.99EEEE'})", "TO_CHAR(n, {'bad'})", "TO_CHAR(n, {'TM9'}, {'NLS_NONSENSE=1'})", "TO_CHAR(n, {NULL})",
	"TO_CHAR(d, {'DD-MON-RR'})", "TO_CHAR(d, {'SYYYY-MM-DD HH24:MI:SS'})", "TO_CHAR(d, {'FMDay, DD Month YYYY'})", "TO_CHAR(d, {'FF3'})", "TO_CHAR(d, {'TM9'})",
	"TO_CHAR(ts, {'SYYYY-MM-DD HH24:MI:SS.FF9'})", "TO_CHAR(ts, {'HH:MI:SSXFF AM'})", "TO_CHAR(tz, {'YYYY-MM-DD HH24:MI TZR'})", "TO_CHAR(t, {'TM9'})",
	"TO_NUMBER(t, {'9999D99'})", "TO_NUMBER(h, {'XXXXXXXX'})", "TO_NUMBER(h, {'99'})", "TO_NUMBER(t, {'9G999D9'}, {'NLS_NUMERIC_CHARACTERS='',.'''})",
	"TO_DATE(dt, {'YYYY-MM-DD'})", "TO_TIMESTAMP(dt, {'YYYY-MM-DD'})", "TO_TIMESTAMP_TZ(dt, {'YYYY-MM-DD'})", "TO_DATE(t, {'YYYY-MM-DD'})", "TO_DATE(dt, {'nonsense'})",
	"SUBSTR(u, {2}, {3})", "SUBSTR(u, {-2})", "SUBSTR(u, {0}, {99})", "SUBSTR(u, {1.9}, {2.9})", "SUBSTR(u, {2}, {-1})", "SUBSTR(n, {2})",
	"RAWTOHEX(STANDARD_HASH(u, {'SHA256'}))", "RAWTOHEX(STANDARD_HASH(n, {'MD5'}))", "STANDARD_HASH(u, {'SHA3'})", "STANDARD_HASH(u || n, {'sha512'})",
	"DBMS_CRYPTO.HASH(UTL_RAW.CAST_TO_RAW(u), {4})", "DBMS_CRYPTO.HASH(c, {2})", "DBMS_CRYPTO.HASH(c, {1})",
}

const conversionRows = `CREATE TABLE v (n NUMBER, d DATE, ts TIMESTAMP(9), tz TIMESTAMP(9) WITH TIME ZONE, t VARCHAR2(20), h VARCHAR2(8), u VARCHAR2(40), dt VARCHAR2(20), c CLOB)`

func TestConstantArgumentsMeanWhatOthersMean(t *testing.T) {
	s := testSession(t)
	exec(t, s, conversionRows,
		`INSERT INTO v VALUES (-1234.5, DATE '2024-02-29', TIMESTAMP '2024-02-29 13:14:15.123456789', TIMESTAMP '2024-02-29 13:14:15 Europe/Berlin', '12.5', 'FFff', 'grüße 漢字', '2024-02-29', 'some text')`,
		`INSERT INTO v VALUES (0.25, DATE '0001-01-01', TIMESTAMP '0044-03-15 00:00:00', TIMESTAMP '1999-12-31 23:59:59.5 +05:30', '-1', '0', 'x', '9999-12-31', EMPTY_CLOB())`,
		`INSERT INTO v VALUES (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'x')`)
	for _, x := range conversions {
		var names []string
		constant, dynamic := "", x
		for i := 0; strings.Contains(dynamic, "{"); i++ {
			_, rest, _ := strings.Cut(dynamic, "{")
			value, _, _ := strings.Cut(rest, "}")
			name := fmt.Sprintf("a%d", i)
			names = append(names, value+" "+name)
			dynamic = strings.Replace(dynamic, "{"+value+"}", name, 1)
		}
		constant = strings.NewReplacer("{", "", "}", "").Replace(x)
		want, wantErr := rowsOf(s, "SELECT "+dynamic+" FROM v, (SELECT "+strings.Join(names, ", ")+" FROM dual)")
		for _, form := range []string{"%s", "CASE WHEN 1 = 1 THEN %s END"} {
			got, gotErr := rowsOf(s, "SELECT "+fmt.Sprintf(form, constant)+" FROM v")
			if fmt.Sprint(got, errorText(gotErr)) != fmt.Sprint(want, errorText(wantErr)) {
				t.Errorf("%s\nwith constants %q %v\notherwise      %q %v", constant, got, gotErr, want, wantErr)
			}
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// What is put together piece by piece is what the pieces say.
func TestAppendedTextsAreTheirPieces(t *testing.T) {
	s := testSession(t)
	for text, want := range map[string]string{
		"TO_CHAR(1.5) || NULL || TO_CHAR(DATE '2024-02-29', 'YYYY')":                                   "1.52024",
		"CASE WHEN 1 = 2 THEN 'a' END || 'b' || CASE WHEN 1 = 1 THEN 'c' ELSE 'd' END":                 "bc",
		"STANDARD_HASH('', 'MD5') || '!'":                                                              "D41D8CD98F00B204E9800998ECF8427E!",
		"RAWTOHEX('') || RAWTOHEX('ab') || RAWTOHEX(HEXTORAW('0F')) || RAWTOHEX(1)":                    "61620FC102",
		"TO_CHAR(CASE WHEN 1 = 1 THEN TO_CLOB('x') ELSE TO_CLOB('y') END) || 'z'":                      "xz",
		"SUBSTR(RAWTOHEX(STANDARD_HASH('a' || 1 || DATE '2024-02-29', 'SHA1')), 1, 8) || LENGTH('ab')": "",
	} {
		got := query(t, s, "SELECT "+text+" FROM dual")
		if want != "" && got != want || want == "" && len(got) != 9 {
			t.Errorf("%s = %q, want %q", text, got, want)
		}
	}
	if got := query(t, s, "SELECT CASE WHEN 1 = 2 THEN 'a' END, STANDARD_HASH(CASE WHEN 1 = 2 THEN 'a' END, 'MD5') FROM dual"); got != "~|D41D8CD98F00B204E9800998ECF8427E" {
		t.Errorf("of nothing: %q", got)
	}
	failsWith(t, s, "SELECT RPAD('x', 30000, 'x') || RPAD('y', 30000, 'y') || TO_CHAR(1) FROM dual", "ORA-01489")
	failsWith(t, s, "SELECT RAWTOHEX(RPAD('x', 30000, 'x')) FROM dual", "ORA-01489")
}

// The settings of a conversion follow the session, also within one block.
func TestConstantMasksFollowTheSession(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE said (text VARCHAR2(40))", `DECLARE
		n NUMBER := 0;
	BEGIN
		FOR i IN 1..2 LOOP
			INSERT INTO said VALUES (TO_CHAR(1.5, 'TM9') || ' ' || TO_CHAR(1.5, 'FM90D0', 'NLS_CURRENCY=''$''') || ' ' || TO_CHAR(2.5));
			EXECUTE IMMEDIATE 'ALTER SESSION SET NLS_NUMERIC_CHARACTERS = '',.''';
		END LOOP;
	END;`)
	if got := query(t, s, "SELECT text FROM said"); got != "1.5 1.5 2.5; 1,5 1,5 2,5" {
		t.Errorf("before and after ALTER SESSION: %q", got)
	}
}
