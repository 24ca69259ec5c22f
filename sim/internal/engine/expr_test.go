package engine

import "testing"

// Each expression is computed by SELECT … FROM DUAL; NULL is shown as ~.
func TestExpressions(t *testing.T) {
	s := testSession(t)
	for family, cases := range expressions {
		t.Run(family, func(t *testing.T) {
			for _, c := range cases {
				if got := query(t, s, "SELECT "+c.expr+" FROM DUAL"); got != c.want {
					t.Errorf("%s\ngot  %s\nwant %s", c.expr, got, c.want)
				}
			}
		})
	}
}

var expressions = map[string][]struct{ expr, want string }{
	"numbers": {
		{"1 + 2 * 3", "7"},
		{"-(1 - 4)", "3"},
		{"0.1 + 0.2", ".3"},
		{"10 / 3", "3.33333333333333333333333333333333333333"},
		{"12345678901234567890123456789012345678 + 1", "12345678901234567890123456789012345679"},
		{"1e10", "10000000000"},
		{"1 / 4", ".25"},
		{"-.5", "-.5"},
		{"'12' + '30'", "42"},
		{"NULL + 1", "~"},
		{"MOD(10, 3)", "1"},
		{"POWER(2, 10)", "1024"},
		{"ROUND(2.567, 2)", "2.57"},
		{"TRUNC(-2.567, 1)", "-2.5"},
		{"CEIL(1.1) || FLOOR(-1.1) || SIGN(-5) || ABS(-7)", "2-2-17"},
		{"GREATEST(1, 5, 3) || LEAST('b', 'a')", "5a"},
		{"1.5d + 1", "2.5E+000"},
		{"BITAND(6, 3)", "2"},
		{"POWER(2, -1e20) || SQRT(16)", "04"},
	},
	"text": {
		{"'a' || NULL || 'b'", "ab"},
		{"'' || ''", "~"},
		{"1 || 'x' || 2.50", "1x2.5"},
		{"q'[it's]' || 'it''s'", "it'sit's"},
		{"UPPER('größe') || LOWER('ABC') || INITCAP('heLLo wORLD')", "GRÖßEabcHello World"},
		{"SUBSTR('hello', 2, 3) || SUBSTR('hello', -3) || SUBSTR('hello', 0, 1)", "elllloh"},
		{"SUBSTR('hello', 9)", "~"},
		{"SUBSTR('äöü', 2, 1) || LENGTH('äöü') || LENGTHB('äöü')", "ö36"},
		{"INSTR('banana', 'a') || INSTR('banana', 'a', 3) || INSTR('banana', 'a', 1, 3) || INSTR('banana', 'a', -1) || INSTR('x', 'y')", "24660"},
		{"REPLACE('a-b-c', '-', '+') || REPLACE('a-b', '-')", "a+b+cab"},
		{"TRANSLATE('2KRW229', '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', '9999999999XXXXXXXXXXXXXXXXXXXXXXXXXX')", "9XXX999"},
		{"'[' || TRIM('  x ') || LTRIM('xxy', 'x') || RTRIM('yxx', 'x') || TRIM(LEADING '0' FROM '007') || TRIM(BOTH 'a' FROM 'aba') || ']'", "[xyy7b]"},
		{"LPAD('7', 3, '0') || RPAD('a', 3, '*') || LPAD('abc', 2)", "007a**ab"},
		{"CHR(65) || ASCII('A') || CHR(10 + 55) || CHR(50052)", "A65AÄ"},
		{"LENGTH('')", "~"},
		{`UNISTR('a\00E9\\\20AC\D83D\DE00') || LENGTH(UNISTR('\D83D\DE00'))`, `aé\€😀1`},
	},
	"null": {
		{"NVL(NULL, 'x') || NVL2(NULL, 'a', 'b') || COALESCE(NULL, NULL, 'c') || NULLIF('a', 'a') || NULLIF('a', 'b')", "xbca"},
		{"DECODE(2, 1, 'one', 2, 'two', 'many') || DECODE(NULL, NULL, 'null') || DECODE(9, 1, 'one')", "twonull"},
	},
	"conditions": {
		{"CASE WHEN 1 = 1 AND NOT 1 > 2 THEN 'y' ELSE 'n' END", "y"},
		{"CASE 3 WHEN 1 THEN 'a' WHEN 3 THEN 'c' END", "c"},
		{"CASE WHEN NULL = NULL THEN 'y' WHEN NULL IS NULL THEN 'n' END", "n"},
		{"CASE WHEN 2 BETWEEN 1 AND 3 THEN 'y' END || CASE WHEN 'b' NOT IN ('a', 'c') THEN 'y' END", "yy"},
		{"CASE WHEN 'b' NOT IN ('a', NULL) THEN 'y' ELSE 'n' END", "n"},
		{"CASE WHEN 'abc' LIKE 'a%' AND 'abc' LIKE '_b_' AND 'abc' NOT LIKE 'b%' AND 'a_c' LIKE 'a\\_c' ESCAPE '\\' THEN 'y' END", "y"},
		{"CASE WHEN 'a%bXc' LIKE 'a\\%%c' ESCAPE '\\' AND 'aa' LIKE '%a%a%' AND NOT 'a' LIKE '%a%a%' THEN 'y' END", "y"},
		{"CASE WHEN (1, 2) IN ((1, 2), (3, 4)) THEN 'y' END", "y"},
		{"CASE WHEN CAST('a' AS CHAR(3)) = 'a' THEN 'padded' END", "padded"},
	},
	"dates": {
		{"DATE '2024-01-31' + 1", "01-FEB-24"},
		{"DATE '2024-03-01' - DATE '2024-02-01'", "29"},
		{"TO_CHAR(TO_DATE('2024-01-01 12:00', 'YYYY-MM-DD HH24:MI') + 0.5, 'YYYY-MM-DD HH24:MI:SS')", "2024-01-02 00:00:00"},
		{"ADD_MONTHS(DATE '2024-01-31', 1) || LAST_DAY(DATE '2023-02-01')", "29-FEB-2428-FEB-23"},
		{"MONTHS_BETWEEN(DATE '2024-03-31', DATE '2024-02-29')", "1"},
		{"TO_CHAR(TRUNC(TO_DATE('2024-05-17 13:45', 'YYYY-MM-DD HH24:MI')), 'HH24:MI') || TRUNC(DATE '2024-05-17', 'MM')", "00:0001-MAY-24"},
		{"TIMESTAMP '2024-01-01 10:00:00' - TIMESTAMP '2024-01-01 08:30:00.5'", "+00 01:29:59.500000"},
		{"TIMESTAMP '2024-01-01 10:00:00' + INTERVAL '1 02:00:00' DAY TO SECOND", "02-JAN-24 12.00.00.000000 PM"},
		{"DATE '2024-01-31' + INTERVAL '2' DAY || TO_CHAR(DATE '2024-01-15' + INTERVAL '1-2' YEAR TO MONTH, ' YYYY-MM')", "02-FEB-24 2025-03"},
		{"NUMTODSINTERVAL(90, 'MINUTE') || TO_YMINTERVAL('01-06')", "+00 01:30:00.000000+01-06"},
		{"INTERVAL '3' DAY * 2 + INTERVAL '12' HOUR", "+06 12:00:00.000000"},
		{"EXTRACT(YEAR FROM DATE '2024-05-17') || EXTRACT(MINUTE FROM TIMESTAMP '2024-01-01 10:20:30.5') || EXTRACT(SECOND FROM TIMESTAMP '2024-01-01 10:20:30.5')", "20242030.5"},
		{"TO_CHAR(DATE '-0044-03-15', 'SYYYY-MM-DD BC')", "-0044-03-15 BC"},
		{"TO_CHAR(BINARY_DOUBLE_NAN) || TO_CHAR(-BINARY_FLOAT_INFINITY)", "Nan-Inf"},
		{"SYSDATE", "09-MAR-25"},
		{"SYSTIMESTAMP", "09-MAR-25 02.05.06.123456 PM +00:00"},
		{"FROM_TZ(TIMESTAMP '2024-07-01 12:00:00', 'Europe/Berlin') AT TIME ZONE '+00:00'", "01-JUL-24 10.00.00.000000 AM +00:00"},
		{"SYS_EXTRACT_UTC(TIMESTAMP '2024-07-01 12:00:00 +02:00')", "01-JUL-24 10.00.00.000000 AM"},
		{"DBTIMEZONE || SESSIONTIMEZONE", "+00:00+00:00"},
	},
	"raw and hashes": {
		{"RAWTOHEX(UTL_RAW.CAST_TO_RAW('Aé')) || UTL_RAW.CAST_TO_VARCHAR2(HEXTORAW('4142'))", "41C3A9AB"},
		{"UTL_RAW.CAST_FROM_NUMBER(-12.5)", "3E593366"},
		{"UTL_RAW.CAST_TO_NUMBER(HEXTORAW('C10D33'))", "12.5"},
		{"UTL_RAW.CAST_FROM_BINARY_DOUBLE(1d) || UTL_RAW.CAST_TO_BINARY_DOUBLE(HEXTORAW('BFF8000000000000'))", "3FF0000000000000-1.5E+000"},
		{"UTL_RAW.LENGTH(HEXTORAW('AABB')) || UTL_RAW.SUBSTR(HEXTORAW('AABBCC'), 2, 1) || UTL_RAW.CONCAT(HEXTORAW('AA'), HEXTORAW('BB'))", "2BBAABB"},
		{"UTL_RAW.CAST_TO_NVARCHAR2(HEXTORAW('00E40031'))", "ä1"},
		{"RAWTOHEX(UTL_RAW.CAST_TO_RAW(N'ä1')) || LENGTHB(N'ä1')", "00E400314"},
		{"STANDARD_HASH('abc', 'SHA256')", "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"},
		{"STANDARD_HASH('abc', 'MD5')", "900150983CD24FB0D6963F7D28E17F72"},
		{"DBMS_CRYPTO.HASH(TO_CLOB('abc'), 2)", "900150983CD24FB0D6963F7D28E17F72"},
		{"TO_NUMBER(SUBSTR(RAWTOHEX(STANDARD_HASH('abc', 'SHA256')), 1, 14), 'XXXXXXXXXXXXXX')", "52486384766616015"},
		{"CASE WHEN ORA_HASH('a', 9) BETWEEN 0 AND 9 AND ORA_HASH('a') = ORA_HASH('a') THEN 'y' END", "y"},
		{"DBMS_LOB.GETLENGTH(TO_CLOB('äbc')) || DBMS_LOB.SUBSTR(TO_CLOB('hello'), 2, 3)", "3ll"},
		{"DBMS_LOB.GETLENGTH(EMPTY_CLOB())", "0"},
	},
	"conversions": {
		{"CAST('12.345' AS NUMBER(5,2)) || CAST(7 AS VARCHAR2(5)) || CAST('abcdef' AS VARCHAR2(3))", "12.357abc"},
		{"CAST(DATE '2024-01-02' AS TIMESTAMP)", "02-JAN-24 12.00.00.000000 AM"},
		{"TO_CHAR(1234.5, '9G999D99') || TO_CHAR(-5) || TO_CHAR(12.5, 'TM9', 'NLS_NUMERIC_CHARACTERS='',.''')", " 1,234.50-512,5"},
		{"TO_NUMBER('1.234,5', '9G999D9', 'NLS_NUMERIC_CHARACTERS='',.''')", "1234.5"},
		{"JSON_OBJECT('type' VALUE 'csv', 'n' VALUE 1, 'q' VALUE '\"\\', 'z' VALUE NULL)", `{"type":"csv","n":1,"q":"\"\\","z":null}`},
		{"JSON_OBJECT(KEY 'a' VALUE 1, 'b' VALUE NULL ABSENT ON NULL)", `{"a":1}`},
		{"JSON_OBJECT('h' VALUE 'true' FORMAT JSON, 'o' VALUE JSON_OBJECT('x' VALUE 1))", `{"h":true,"o":{"x":1}}`},
	},
	"session": {
		{"USER || SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA') || SYS_CONTEXT('userenv', 'db_name')", "ADMINADMINADBSJ"},
		{"(SELECT MAX(x) FROM (SELECT 1 x FROM DUAL UNION ALL SELECT 5 FROM DUAL))", "5"},
		{"CASE WHEN EXISTS (SELECT 1 FROM DUAL WHERE 1 = 0) THEN 'y' ELSE 'n' END", "n"},
		{"UTL_RAW.CAST_FROM_NUMBER(TO_NUMBER('1e-130'))", "8002"},
	},
}

func TestExpressionErrors(t *testing.T) {
	s := testSession(t)
	for _, c := range []struct{ expr, want string }{
		{`UNISTR('\00E')`, "ORA-30186"},
		{"1 / 0", "ORA-01476"},
		{"'x' + 1", "ORA-01722"},
		{"POWER(2.5, 1000000)", "ORA-01426"},
		{"POWER(-8, 0.5)", "ORA-01428"},
		{"nosuch", `ORA-00904: "NOSUCH": invalid identifier`},
		{`"quoted name"`, `ORA-00904: "quoted name": invalid identifier`},
		{"t.x", `ORA-00904: "T"."X": invalid identifier`},
		{"NOSUCH(1)", `ORA-00904: "NOSUCH": invalid identifier`},
		{"UPPER()", "ORA-00938"},
		{"UPPER('a', 'b')", "ORA-00939"},
		{"TO_DATE('x', 'QQQ')", "ORA-018"},
		{"TO_DATE('2024-13-01', 'YYYY-MM-DD')", "ORA-01843"},
		{"TO_DATE('2023-02-29', 'YYYY-MM-DD')", "ORA-01839"},
		{"TO_DATE('2024-01-01x', 'YYYY-MM-DD')", "ORA-01830"},
		{"DATE '2024-01-31' + INTERVAL '1' MONTH", "ORA-01839"},
		{"DATE '2024-01-01' + DATE '2024-01-01'", "ORA-00975"},
		{"(SELECT 1 FROM DUAL UNION ALL SELECT 2 FROM DUAL)", "ORA-01427"},
		{"HEXTORAW('XY')", "ORA-01465"},
		{"CASE WHEN 1 = 1 THEN 'a' ELSE 1 END", "ORA-00932"},
		{"SUM(1) OVER ()", `ORA-03001: unimplemented feature: "OVER"`},
		{"TO_CLOB('a') || RPAD('b', 40000, 'b')", ""},
		{"RPAD('b', 32767, 'b') || 'b'", "ORA-01489"},
		{"STANDARD_HASH(TO_CLOB('a'))", "ORA-00902"},
		{"1 = 1", "ORA-00936"},
		{"SYS_CONTEXT('USERENV', 'NONSENSE')", "ORA-02003"},
		{"CAST(1000 AS NUMBER(3))", "ORA-01438"},
	} {
		if c.want != "" {
			failsWith(t, s, "SELECT "+c.expr+" FROM DUAL", c.want)
		}
	}
}

// Oracle's 32 KiB limit becomes 4000 bytes with max_string_size = STANDARD.
func TestStandardStringSize(t *testing.T) {
	i := New(Config{MaxStringSize: Standard})
	i.CreateUser("ADMIN", "x")
	s := i.Internal("ADMIN")
	defer s.Close()
	failsWith(t, s, "SELECT RPAD('x', 4000, 'x') || 'y' FROM DUAL", "ORA-01489")
	failsWith(t, s, "CREATE TABLE t (v VARCHAR2(4001))", "ORA-00910")
	failsWith(t, s, "CREATE TABLE t (r RAW(2001))", "ORA-00910")
	failsWith(t, s, "SELECT UTL_RAW.CAST_TO_RAW(RPAD('x', 2001, 'x')) FROM DUAL", "ORA-06502")
	exec(t, s, "CREATE TABLE t (v VARCHAR2(4000), r RAW(2000))")
}
