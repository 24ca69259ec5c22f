package engine

import "testing"

func TestDocumentsAreKeptAndGivenAsText(t *testing.T) {
	i := New(Config{Version: "23.6.0.24.10"})
	i.CreateUser("ADMIN", "secret")
	s := i.Internal("ADMIN")
	exec(t, s, "CREATE TABLE t (id NUMBER, j JSON, x XMLTYPE)",
		`INSERT INTO t VALUES (1, JSON('{ "a" : [1, 2.50], "b" : "ü😀\\n" }'), XMLTYPE('<a b="1"> <c/>&lt;</a>'))`,
		`INSERT INTO t VALUES (2, '[ 1 ]', '<x/>')`, "INSERT INTO t VALUES (3, NULL, NULL)")
	for text, want := range map[string]string{
		"SELECT JSON_SERIALIZE(j RETURNING CLOB EXTENDED), XMLSERIALIZE(CONTENT x AS CLOB) FROM t ORDER BY id":           `{"a":[1,2.50],"b":"ü😀\\n"}|<a b="1"> <c/>&lt;</a>; [1]|<x/>; ~|~`,
		"SELECT JSON_SERIALIZE(j) || XMLSERIALIZE(DOCUMENT x AS VARCHAR2(20)) FROM t WHERE id = 2":                       "[1]<x/>",
		"SELECT JSON_SERIALIZE(JSON(TO_CLOB('{ }') EXTENDED) RETURNING CLOB) FROM DUAL":                                  "{}",
		"SELECT data_type, data_type_owner, data_length FROM user_tab_columns WHERE table_name = 'T' ORDER BY column_id": "NUMBER|~|22; JSON|~|8200; XMLTYPE|PUBLIC|2000",
	} {
		if got := query(t, s, text); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
		}
	}
	failsWith(t, s, "INSERT INTO t VALUES (4, '{', NULL)", "ORA-40441")
	failsWith(t, s, "INSERT INTO t VALUES (4, NULL, '<a>')", "ORA-31011")
	failsWith(t, s, "INSERT INTO t VALUES (4, NULL, XMLTYPE('<a/><b/>'))", "ORA-31011")
	failsWith(t, s, "SELECT XMLSERIALIZE(CONTENT id AS CLOB) FROM t", "ORA-00932")
	failsWith(t, s, "SELECT JSON_SERIALIZE(x RETURNING CLOB) FROM t", "ORA-00932")
	failsWith(t, s, "SELECT JSON_SERIALIZE(j RETURNING BLOB) FROM t", "ORA-03001")
	failsWith(t, s, "SELECT JSON_SERIALIZE(j PRETTY) FROM t", "ORA-03001")
}

func TestOldReleasesHaveNoJSONColumns(t *testing.T) {
	s := testSession(t)
	failsWith(t, s, "CREATE TABLE z (j JSON)", "ORA-00902")
	failsWith(t, s, "SELECT JSON('{}') FROM DUAL", "ORA-00904")
	exec(t, s, "CREATE TABLE z (x XMLTYPE)", "INSERT INTO z VALUES ('<a/>')")
	if got := query(t, s, "SELECT XMLSERIALIZE(CONTENT x AS CLOB) FROM z"); got != "<a/>" {
		t.Errorf("got %s", got)
	}
}
