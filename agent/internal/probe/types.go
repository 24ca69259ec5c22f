package probe

import (
	"context"
	"fmt"

	"github.com/adbferry/adbferry/agent/internal/oracle"
)

// A trial is one type and the values that go through the round trip beside
// NULL: the smallest, the largest, and what breaks file formats.
type trial struct {
	column, declared string
	values           []string // SQL expressions
	optional         bool     // older releases do not have the type
}

// extendedBytes is the longest text where MAX_STRING_SIZE is EXTENDED.
const extendedBytes = 32767

// awkward is text with everything that a delimited file trips over: newlines,
// quotes, the delimiter, a backslash, blanks at both ends, characters of two,
// three and four bytes, and combining ones.
const awkward = `' "a,b''' || CHR(13) || CHR(10) || '|;' || CHR(9) || '\n\ ' || TO_CHAR(UNISTR('\00E9\20AC\D83D\DE00e\0301\05D0')) || ' '`

// trials are asked for in this order; each is a column of the probe's table.
var trials = []trial{
	{column: "T_NUMBER", declared: "NUMBER", values: []string{"-9.99999999999999999999999999999999999999E125", "1E-130", "12345678901234567890123456789012345678"}},
	{column: "T_NUMBER_38", declared: "NUMBER(38,0)", values: []string{"-99999999999999999999999999999999999999", "99999999999999999999999999999999999999", "0"}},
	{column: "T_NUMBER_10_2", declared: "NUMBER(10,2)", values: []string{"-99999999.99", "99999999.99", "0.01"}},
	{column: "T_FLOAT", declared: "FLOAT(126)", values: []string{"-1.5E100", "1E-100", "0.1"}},
	{column: "T_BINARY_FLOAT", declared: "BINARY_FLOAT", values: []string{"BINARY_FLOAT_NAN", "-BINARY_FLOAT_INFINITY", "3.14159274F"}},
	{column: "T_BINARY_DOUBLE", declared: "BINARY_DOUBLE", values: []string{"BINARY_DOUBLE_NAN", "BINARY_DOUBLE_INFINITY", "0.1D"}},
	{column: "T_CHAR", declared: "CHAR(10 CHAR)", values: []string{"'a'", "' b'", "'1234567890'"}},
	{column: "T_VARCHAR2", declared: "VARCHAR2(4000 BYTE)", values: []string{"'a'", awkward, "RPAD('x', 4000, 'yz')"}},
	{column: "T_NCHAR", declared: "NCHAR(10)", values: []string{"N'a'", `UNISTR('\20AC')`, "N'1234567890'"}},
	{column: "T_NVARCHAR2", declared: "NVARCHAR2(2000)", values: []string{"N'a'", `UNISTR('\D83D\DE00,"\000A')`, "RPAD(N'x', 2000, N'yz')"}},
	{column: "T_DATE", declared: "DATE", values: []string{"TO_DATE('-4712-01-01 00:00:00', 'SYYYY-MM-DD HH24:MI:SS')", "TO_DATE(' 9999-12-31 23:59:59', 'SYYYY-MM-DD HH24:MI:SS')", "TO_DATE(' 2025-12-16 13:23:52', 'SYYYY-MM-DD HH24:MI:SS')"}},
	{column: "T_TIMESTAMP_0", declared: "TIMESTAMP(0)", values: []string{"DATE '0001-01-02'", "DATE '9999-12-30'", "TO_TIMESTAMP(' 2025-12-16 13:23:52', 'SYYYY-MM-DD HH24:MI:SS')"}},
	{column: "T_TIMESTAMP", declared: "TIMESTAMP(9)", values: timestamps("TO_TIMESTAMP", "", "", "")},
	{column: "T_TIMESTAMP_TZ", declared: "TIMESTAMP(9) WITH TIME ZONE", values: timestamps("TO_TIMESTAMP_TZ", " +14:00", " -12:00", " America/Los_Angeles")},
	{column: "T_TIMESTAMP_LTZ", declared: "TIMESTAMP(6) WITH LOCAL TIME ZONE", values: timestamps("TO_TIMESTAMP_TZ", " +00:00", " +00:00", " +05:30")},
	{column: "T_INTERVAL_YM", declared: "INTERVAL YEAR(9) TO MONTH", values: []string{"TO_YMINTERVAL('-999999999-11')", "TO_YMINTERVAL('999999999-11')", "TO_YMINTERVAL('0-1')"}},
	{column: "T_INTERVAL_DS", declared: "INTERVAL DAY(9) TO SECOND(9)", values: []string{"TO_DSINTERVAL('-999999999 23:59:59.999999999')", "TO_DSINTERVAL('999999999 23:59:59.999999999')", "TO_DSINTERVAL('0 00:00:00.000000001')"}},
	{column: "T_RAW", declared: "RAW(2000)", values: []string{"HEXTORAW('00')", "HEXTORAW('0A0D222C5C00FF')", "HEXTORAW(RPAD('F', 4000, '0E'))"}},
	{column: "T_CLOB", declared: "CLOB", values: []string{"EMPTY_CLOB()", "TO_CLOB(" + awkward + ")", "TO_CLOB(RPAD('x', 4000, 'yz')) || TO_CLOB(RPAD('x', 4000, 'yz'))"}},
	{column: "T_NCLOB", declared: "NCLOB", values: []string{"EMPTY_CLOB()", "TO_NCLOB(" + awkward + ")", "TO_NCLOB(RPAD('x', 4000, 'yz'))"}},
	{column: "T_BLOB", declared: "BLOB", values: []string{"EMPTY_BLOB()", "TO_BLOB(HEXTORAW('0A0D222C5C00FF'))", "TO_BLOB(HEXTORAW(RPAD('F', 4000, '0E')))"}},
	{column: "T_ROWID", declared: "ROWID", values: []string{"ROWID"}, optional: true},
	{column: "T_UROWID", declared: "UROWID", values: []string{"ROWID"}, optional: true},
	{column: "T_BOOLEAN", declared: "BOOLEAN", values: []string{"TRUE", "FALSE"}, optional: true},
	{column: "T_JSON", declared: "JSON", values: []string{`JSON('{"a":[1,2.50,"\u20ac"],"b":null}')`, "JSON('[]')"}, optional: true},
	{column: "T_XMLTYPE", declared: "XMLTYPE", values: []string{"XMLTYPE('<a b=\"1\">x &amp; y</a>')"}, optional: true},
	// Nothing carries these. They are here for the matrix to say so.
	{column: "T_LONG", declared: "LONG", optional: true},
	{column: "T_BFILE", declared: "BFILE", optional: true},
	{column: "T_VECTOR", declared: "VECTOR(3, FLOAT32)", optional: true},
}

// extendedTrials are types that need MAX_STRING_SIZE = EXTENDED on both sides. They
// have a table of their own: a format that carries all others is of use.
var extendedTrials = []trial{
	{column: "T_VARCHAR2_32767", declared: "VARCHAR2(32767 BYTE)", values: []string{"'a'", awkward, "RPAD('x', 32767, 'yz')"}},
	{column: "T_NVARCHAR2_16383", declared: "NVARCHAR2(16383)", values: []string{"N'a'", `UNISTR('\D83D\DE00,"\000A')`, "RPAD(N'x', 16383, N'yz')"}},
	{column: "T_RAW_32767", declared: "RAW(32767)", values: []string{"HEXTORAW('00')", "HEXTORAW('0A0D222C5C00FF')", "HEXTORAW(RPAD('F', 32766, '0E'))"}},
}

func timestamps(function, first, last, middle string) []string {
	zone := ""
	if function == "TO_TIMESTAMP_TZ" {
		zone = " TZR"
	}
	render := func(text, zoneText string) string {
		return fmt.Sprintf("%s('%s%s', 'SYYYY-MM-DD HH24:MI:SS.FF9%s')", function, text, zoneText, zone)
	}
	return []string{
		render(" 0001-01-02 00:00:00.000000000", first), render(" 9999-12-30 23:59:59.999999999", last), render(" 2025-12-16 13:23:52.123456789", middle),
	}
}

// rows is how many rows the table has: one of NULLs and one for each value.
const rows = 4

// createTypes makes and fills a table with a column of every type to try.
func createTypes(ctx context.Context, s *oracle.Session, migration, suffix string, trials []trial) (oracle.Name, error) {
	name, err := tableName(migration, suffix)
	if err != nil {
		return name, err
	}
	if _, err := s.Exec(ctx, createKind, fmt.Sprintf("CREATE TABLE %s (ID NUMBER(10,0) PRIMARY KEY)", name)); err != nil {
		return name, err
	}
	for id := range rows {
		if _, err := s.Exec(ctx, fillKind, fmt.Sprintf("INSERT INTO %s (ID) VALUES (%d)", name, id)); err != nil {
			return name, err
		}
	}
	for _, t := range trials {
		if err := t.add(ctx, s, name); err != nil {
			return name, fmt.Errorf("probe %s: %w", t.declared, err)
		}
	}
	return name, nil
}

// add adds the trial's column and fills it. A database without the type goes without.
func (t trial) add(ctx context.Context, s *oracle.Session, table oracle.Name) error {
	_, err := s.Exec(ctx, columnKind, fmt.Sprintf("ALTER TABLE %s ADD (%s %s)", table, t.column, t.declared))
	if err != nil {
		if t.optional && !s.Broken() {
			return nil
		}
		return err
	}
	for i, value := range t.values {
		if _, err := s.Exec(ctx, fillKind, fmt.Sprintf("UPDATE %s SET %s = %s WHERE ID = %d", table, t.column, value, i+1)); err != nil {
			return err
		}
	}
	return nil
}
