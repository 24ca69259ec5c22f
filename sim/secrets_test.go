package sim

import "testing"

func TestRememberedStatementsHoldNoSecret(t *testing.T) {
	tests := []struct{ sql, want string }{
		{"SELECT 'x' FROM dual", "SELECT 'x' FROM dual"},
		{`CREATE USER app IDENTIFIED BY "Se cret"`, "CREATE USER app IDENTIFIED BY ***"},
		{"create user app\n identified  by secret QUOTA UNLIMITED ON data", "create user app\n identified  by *** QUOTA UNLIMITED ON data"},
		{"BEGIN EXECUTE IMMEDIATE 'ALTER USER app IDENTIFIED BY secret'; END;", "BEGIN EXECUTE IMMEDIATE 'ALTER USER app IDENTIFIED BY *** END;"},
		{
			"BEGIN DBMS_CLOUD.CREATE_CREDENTIAL(credential_name => 'C', username => 'u', password => 'it''s secret'); END;",
			"BEGIN DBMS_CLOUD.CREATE_CREDENTIAL(credential_name => '***', username => '***', password => '***'); END;",
		},
		{"BEGIN dbms_cloud.create_credential('C', 'u', q'[it's secret]'); END;", "BEGIN dbms_cloud.create_credential('***', '***', '***'); END;"},
		{"BEGIN dbms_cloud.update_credential('C', 'PASSWORD', q'!secret!'); END;", "BEGIN dbms_cloud.update_credential('***', '***', '***'"},
		{"BEGIN dbms_cloud.create_credential('C', 'u', 'never closed", "BEGIN dbms_cloud.create_credential('***', '***', '***'"},
		{
			"BEGIN DBMS_CLOUD.EXPORT_DATA(file_uri_list => 'https://h/p/token-1/n/ns/b/b/o/x'); END;",
			"BEGIN DBMS_CLOUD.EXPORT_DATA(file_uri_list => 'https://h/p/***/n/ns/b/b/o/x'); END;",
		},
	}
	l := newCallLog()
	for i, test := range tests {
		l.add(test.sql)
		if got := l.statements()[i]; got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}
