package engine

import "testing"

func TestGrantViews(t *testing.T) {
	d := newDictionary(t)
	d.admin.Instance().Register(Package{Owner: "C##CLOUD$SERVICE", Name: "DBMS_CLOUD", Restricted: true})
	exec(t, d.admin, "GRANT EXECUTE ON dbms_cloud TO clerk", "GRANT SELECT ON v_$session TO clerk", "GRANT SELECT ON journal TO PUBLIC")
	d.check(t, []viewCase{
		{
			name: "own and to others", query: "SELECT grantee, owner, table_name, grantor, privilege, type FROM user_tab_privs WHERE owner = 'SALES'",
			sales: "CLERK|SALES|ORDERS|SALES|INSERT|TABLE; CLERK|SALES|ORDERS|SALES|SELECT|TABLE",
			clerk: "CLERK|SALES|ORDERS|SALES|INSERT|TABLE; CLERK|SALES|ORDERS|SALES|SELECT|TABLE",
		},
		{
			name: "packages, as the agent asks", sales: "EXECUTE ON DBMS_STATS",
			clerk: "EXECUTE ON DBMS_CLOUD; EXECUTE ON DBMS_STATS",
			admin: "EXECUTE ON DBMS_CLOUD; EXECUTE ON DBMS_CRYPTO; EXECUTE ON DBMS_FLASHBACK; EXECUTE ON DBMS_STATS",
			query: `SELECT DISTINCT 'EXECUTE ON ' || TABLE_NAME FROM ALL_TAB_PRIVS WHERE PRIVILEGE = 'EXECUTE'
				AND TABLE_NAME IN ('DBMS_CLOUD', 'DBMS_FLASHBACK', 'DBMS_CRYPTO', 'DBMS_STATS') AND grantee IN ('PUBLIC', USER) ORDER BY 1`,
		},
		{
			name: "views by their own name", query: "SELECT table_schema, table_name, type FROM all_tab_privs WHERE grantee = 'CLERK' AND type = 'VIEW'",
			clerk: "SYS|V_$SESSION|VIEW",
		},
		{
			name: "PUBLIC", query: "SELECT grantee, table_schema, table_name FROM all_tab_privs WHERE type = 'TABLE' AND table_name = 'JOURNAL'",
			clerk: "PUBLIC|ADMIN|JOURNAL",
		},
		{name: "every", query: "SELECT COUNT(*) FROM dba_tab_privs WHERE owner IN ('SALES', 'ADMIN')", admin: "3"},
	})
	exec(t, d.clerk, "SELECT sid FROM v$session")
	failsWith(t, d.sales, "SELECT sid FROM v$session", "ORA-00942")
}

func TestSystemPrivilegesAndRoles(t *testing.T) {
	d := newDictionary(t)
	exec(t, d.admin, "GRANT CREATE JOB, DWROLE TO clerk")
	d.check(t, []viewCase{
		{
			name: "privileges", query: "SELECT privilege FROM session_privs",
			clerk: "CREATE JOB; CREATE SESSION; CREATE TABLE; UNLIMITED TABLESPACE", sales: "CREATE SESSION; CREATE TABLE; UNLIMITED TABLESPACE",
		},
		{name: "administrator", query: "SELECT COUNT(*) FROM session_privs WHERE privilege IN ('SELECT ANY TABLE', 'FLASHBACK ANY TABLE')", admin: "2"},
		{name: "roles", query: "SELECT role FROM session_roles", clerk: "DWROLE", sales: nothing, admin: "CONNECT; DWROLE; RESOURCE"},
	})
}

func TestUserViews(t *testing.T) {
	newDictionary(t).check(t, []viewCase{
		{name: "everybody", query: "SELECT username FROM all_users ORDER BY 1", clerk: "ADMIN; CLERK; SALES"},
		{name: "oneself", query: "SELECT username, account_status, default_tablespace FROM user_users", clerk: "CLERK|OPEN|DATA"},
		{name: "numbers differ", query: "SELECT COUNT(DISTINCT user_id) FROM dba_users", admin: "3"},
	})
}
