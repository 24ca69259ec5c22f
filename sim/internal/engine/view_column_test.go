package engine

import "testing"

func TestColumnViewsDescribeTypesAsOracleDoes(t *testing.T) {
	d := newDictionary(t)
	for _, c := range []struct{ declared, want string }{
		// DATA_TYPE, length, precision, scale, CHAR_LENGTH, CHAR_USED, character set
		{"VARCHAR2(10 CHAR)", "VARCHAR2|40|~|~|10|C|CHAR_CS"},
		{"VARCHAR2(10 BYTE)", "VARCHAR2|10|~|~|10|B|CHAR_CS"},
		{"VARCHAR2(32767)", "VARCHAR2|32767|~|~|32767|B|CHAR_CS"},
		{"CHAR(3)", "CHAR|3|~|~|3|B|CHAR_CS"},
		{"NCHAR(3)", "NCHAR|6|~|~|3|C|NCHAR_CS"},
		{"NVARCHAR2(7)", "NVARCHAR2|14|~|~|7|C|NCHAR_CS"},
		{"NUMBER", "NUMBER|22|~|~|0|~|~"},
		{"INTEGER", "NUMBER|22|~|0|0|~|~"},
		{"NUMBER(*,3)", "NUMBER|22|~|3|0|~|~"},
		{"NUMBER(10,2)", "NUMBER|22|10|2|0|~|~"},
		{"NUMBER(5,-2)", "NUMBER|22|5|-2|0|~|~"},
		{"NUMBER(38)", "NUMBER|22|38|0|0|~|~"},
		{"FLOAT", "FLOAT|22|126|~|0|~|~"},
		{"FLOAT(24)", "FLOAT|22|24|~|0|~|~"},
		{"REAL", "FLOAT|22|63|~|0|~|~"},
		{"BINARY_FLOAT", "BINARY_FLOAT|4|~|~|0|~|~"},
		{"BINARY_DOUBLE", "BINARY_DOUBLE|8|~|~|0|~|~"},
		{"DATE", "DATE|7|~|~|0|~|~"},
		{"TIMESTAMP", "TIMESTAMP(6)|11|~|6|0|~|~"},
		{"TIMESTAMP(0)", "TIMESTAMP(0)|7|~|0|0|~|~"},
		{"TIMESTAMP(9)", "TIMESTAMP(9)|11|~|9|0|~|~"},
		{"TIMESTAMP(3) WITH TIME ZONE", "TIMESTAMP(3) WITH TIME ZONE|13|~|3|0|~|~"},
		{"TIMESTAMP WITH LOCAL TIME ZONE", "TIMESTAMP(6) WITH LOCAL TIME ZONE|11|~|6|0|~|~"},
		{"INTERVAL YEAR(4) TO MONTH", "INTERVAL YEAR(4) TO MONTH|5|4|0|0|~|~"},
		{"INTERVAL DAY TO SECOND", "INTERVAL DAY(2) TO SECOND(6)|11|2|6|0|~|~"},
		{"RAW(16)", "RAW|16|~|~|0|~|~"},
		{"LONG", "LONG|0|~|~|0|~|CHAR_CS"},
		{"LONG RAW", "LONG RAW|0|~|~|0|~|~"},
		{"CLOB", "CLOB|4000|~|~|0|~|CHAR_CS"},
		{"NCLOB", "NCLOB|4000|~|~|0|~|NCHAR_CS"},
		{"BLOB", "BLOB|4000|~|~|0|~|~"},
		{"ROWID", "ROWID|10|~|~|0|~|~"},
		{"UROWID", "UROWID|4000|~|~|0|~|~"},
	} {
		t.Run(c.declared, func(t *testing.T) {
			exec(t, d.admin, "CREATE TABLE typed (c "+c.declared+")")
			got := query(t, d.admin, `SELECT data_type, data_length, data_precision, data_scale, char_length, char_used, character_set_name
				FROM user_tab_columns WHERE table_name = 'TYPED'`)
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			exec(t, d.admin, "DROP TABLE typed PURGE")
		})
	}
}

func TestColumnViews(t *testing.T) {
	newDictionary(t).check(t, []viewCase{
		{
			name:  "places",
			query: "SELECT column_name, column_id, internal_column_id, segment_column_id FROM user_tab_cols WHERE table_name = 'CUSTOMERS' ORDER BY 3",
			sales: "ID|1|1|1; CODE|2|2|2; NAME|3|3|3; SECRET|~|4|4; LETTER|4|5|~; NOTE|5|6|5",
		},
		{
			name: "properties", sales: "ID|N|NO|NO|YES|YES; CODE|N|NO|NO|NO|YES; NAME|Y|NO|NO|NO|YES; " +
				"SECRET|Y|YES|NO|NO|YES; LETTER|Y|NO|YES|NO|YES; NOTE|Y|NO|NO|NO|YES",
			query: `SELECT column_name, nullable, hidden_column, virtual_column, identity_column, user_generated
				FROM user_tab_cols WHERE table_name = 'CUSTOMERS' ORDER BY internal_column_id`,
		},
		{
			name: "TAB_COLUMNS has no invisible ones", query: "SELECT COUNT(*) FROM all_tab_columns WHERE column_name = 'SECRET'",
			admin: "0", sales: "0",
		},
		{
			name: "defaults", query: "SELECT column_name, data_default FROM user_tab_columns WHERE column_name IN ('NAME', 'LETTER') ORDER BY column_id",
			sales: "NAME|'none'; LETTER|SUBSTR(name, 1, 1)",
		},
		{name: "built-in types have no owner", query: "SELECT COUNT(data_type_owner) FROM all_tab_cols", admin: "0"},
		{name: "only what was granted", query: "SELECT DISTINCT table_name FROM all_tab_cols", clerk: "ORDERS"},
	})
}

func TestIdentityViews(t *testing.T) {
	d := newDictionary(t)
	const last = "SELECT last_number FROM user_sequences"
	if got := query(t, d.sales, last); got != "5" {
		t.Errorf("before the first number: %s, want the start", got)
	}
	exec(t, d.sales, "INSERT INTO customers (code) VALUES ('a')", "COMMIT")
	if got := query(t, d.sales, last); got != "45" {
		t.Errorf("after it: %s, want 20 numbers further", got)
	}
	d.check(t, []viewCase{
		{
			name: "columns", query: "SELECT table_name, column_name, generation_type FROM all_tab_identity_cols",
			admin: "CUSTOMERS|ID|ALWAYS", sales: "CUSTOMERS|ID|ALWAYS", clerk: nothing,
		},
		{
			name: "options", query: "SELECT SUBSTR(identity_options, 1, 32) FROM user_tab_identity_cols",
			sales: "START WITH: 5, INCREMENT BY: 2, ",
		},
		{
			name: "sequence", sales: "1|9999999999999999999999999999|2|20|N",
			query: "SELECT min_value, max_value, increment_by, cache_size, cycle_flag FROM user_sequences",
		},
		{
			name: "one name", sales: "1",
			query: "SELECT COUNT(*) FROM user_sequences s JOIN user_tab_identity_cols c ON c.sequence_name = s.sequence_name",
		},
	})
}
