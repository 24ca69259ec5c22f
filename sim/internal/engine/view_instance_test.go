package engine

import (
	"testing"
	"time"

	"github.com/adbferry/adbferry/sim/internal/database"
)

func TestInstanceViews(t *testing.T) {
	d := newDictionary(t, Config{Name: "adbsj", Version: "23.6.0.24.10", MaxStringSize: Standard, UndoRetention: time.Hour})
	d.check(t, []viewCase{
		{
			name: "database", query: "SELECT name, db_unique_name, open_mode, log_mode, platform_name FROM v$database",
			admin: "ADBSJ|ADBSJ|READ WRITE|ARCHIVELOG|Linux x86 64-bit",
		},
		{name: "instance", query: "SELECT instance_name, version, version_full, status FROM v$instance", admin: "adbsj|23.0.0.0.0|23.6.0.24.10|OPEN"},
		{
			name: "version", query: "SELECT banner FROM v$version",
			clerk: "Oracle Database 23ai Enterprise Edition Release 23.0.0.0.0 - Production",
		},
		{name: "component", query: "SELECT VERSION_FULL FROM PRODUCT_COMPONENT_VERSION WHERE ROWNUM = 1", clerk: "23.6.0.24.10"},
		{
			name: "parameters", query: "SELECT NAME, VALUE FROM V$PARAMETER WHERE NAME IN ('max_string_size', 'undo_retention') ORDER BY 1",
			admin: "max_string_size|STANDARD; undo_retention|3600",
		},
		{name: "undo", query: "SELECT tuned_undoretention, TO_CHAR(begin_time, 'HH24:MI') FROM v$undostat", admin: "3600|14:00"},
		{name: "time zone file", query: "SELECT filename, version FROM v$timezone_file", clerk: "timezlrg_43.dat|43"},
		{name: "services", query: "SELECT COUNT(*), MIN(name) FROM v$active_services", admin: "5|adbsj_high"},
		{name: "global name", query: "SELECT global_name FROM global_name", clerk: "ADBSJ"},
		{name: "long operations", query: "SELECT COUNT(*) FROM v$session_longops", admin: "0"},
		{name: "dual", query: "SELECT dummy FROM dual", clerk: "X"},
		{name: "dual belongs to SYS", query: "SELECT dummy FROM sys.dual", clerk: "X"},
	})
}

func TestCurrentSCNAdvancesWithCommits(t *testing.T) {
	d := newDictionary(t)
	const scn = "SELECT current_scn FROM v$database"
	before := query(t, d.admin, scn)
	exec(t, d.admin, "INSERT INTO journal VALUES (1)")
	if got := query(t, d.admin, scn); got != before {
		t.Errorf("an open transaction took the SCN from %s to %s", before, got)
	}
	exec(t, d.admin, "COMMIT")
	if got := query(t, d.admin, "SELECT COUNT(*) FROM v$database WHERE current_scn > "+before); got != "1" {
		t.Errorf("the commit did not advance the SCN from %s", before)
	}
	failsWith(t, d.clerk, scn, "ORA-00942")
}

func TestLanguageViews(t *testing.T) {
	d := newDictionary(t)
	exec(t, d.clerk, "ALTER SESSION SET NLS_DATE_FORMAT = 'YYYY-MM-DD'")
	d.check(t, []viewCase{
		{
			name: "session", query: "SELECT value FROM nls_session_parameters WHERE parameter = 'NLS_DATE_FORMAT'",
			clerk: "YYYY-MM-DD", sales: "DD-MON-RR",
		},
		{
			name: "database", query: "SELECT value FROM nls_database_parameters WHERE parameter = 'NLS_DATE_FORMAT'",
			clerk: "DD-MON-RR",
		},
		{
			name: "character sets", clerk: "AL32UTF8; AL16UTF16",
			query: "SELECT VALUE FROM NLS_DATABASE_PARAMETERS WHERE PARAMETER IN ('NLS_CHARACTERSET', 'NLS_NCHAR_CHARACTERSET') ORDER BY PARAMETER",
		},
		{
			name: "instance", clerk: "~|AMERICAN",
			query: `SELECT MAX(CASE parameter WHEN 'NLS_DATE_FORMAT' THEN value END), MAX(CASE parameter WHEN 'NLS_LANGUAGE' THEN value END)
				FROM nls_instance_parameters`,
		},
		{
			name: "everything in one", query: "SELECT COUNT(*) FROM v$nls_parameters WHERE parameter IN ('NLS_CHARACTERSET', 'NLS_SORT')",
			clerk: "2",
		},
		{name: "as initialisation parameter", query: "SELECT value FROM v$parameter WHERE name = 'nls_sort'", admin: "BINARY"},
	})
}

func TestSessionView(t *testing.T) {
	d := newDictionary(t)
	c, err := d.admin.Instance().Open(t.Context(), database.Login{
		User: "SALES", Service: "adbsj_low", Program: "agent", Machine: "host", OSUser: "ferry", Process: "42", Terminal: "pts/0",
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	c.Trace(database.Trace{
		Module: database.Attribute{Set: true, Value: "adbferry"}, Action: database.Attribute{Set: true, Value: "export"},
		ClientID: database.Attribute{Set: true, Value: "me"},
	})
	d.check(t, []viewCase{
		{
			name: "another session", admin: "SALES|SALES|agent|host|ferry|42|pts/0|adbsj_low|adbferry|export|~|me|USER",
			query: `SELECT username, schemaname, program, machine, osuser, process, terminal, service_name, module, action, client_info,
				client_identifier, type FROM v$session WHERE program = 'agent'`,
		},
		{name: "one's own", query: "SELECT username, program, status FROM v$session WHERE status = 'ACTIVE'", admin: "ADMIN|internal|ACTIVE"},
	})
	c.Close()
	if got := query(t, d.admin, "SELECT COUNT(*) FROM v$session"); got != "3" {
		t.Errorf("after one of four ended: %s sessions", got)
	}
}

func TestDictionaryListsTheViewsOfTheUser(t *testing.T) {
	newDictionary(t).check(t, []viewCase{
		{
			name: "restricted", query: "SELECT COUNT(*) FROM dictionary WHERE table_name IN ('DBA_TABLES', 'V$SESSION')",
			admin: "2", clerk: "0",
		},
		{name: "open", query: "SELECT COUNT(*) FROM dict WHERE table_name IN ('ALL_TABLES', 'V$VERSION', 'DUAL')", clerk: "2"},
	})
}

// A view that Oracle has is told from a mistake of spelling.
func TestUnsimulatedViewsAreNamed(t *testing.T) {
	s := testSession(t)
	for _, name := range []string{"V$LOCK", "v_$sql", "GV$SESSION", "DBA_SYS_PRIVS", "USER_TABLESPACES", "TAB", "SYS.USER_RECYCLEBIN", "ALL_SOURCE"} {
		failsWith(t, s, "SELECT * FROM "+name, "ORA-03001: unimplemented feature: \"the view ")
	}
	for _, name := range []string{"V$LOCKS", "LOCKS", "SOURCE", "APP.TAB", "ALL_EVERYTHING"} {
		failsWith(t, s, "SELECT * FROM "+name, "ORA-00942")
	}
	exec(t, s, "CREATE USER app IDENTIFIED BY secret", "GRANT CREATE SESSION, DWROLE TO app")
	app := s.instance.Internal("APP")
	defer app.Close()
	const own = "SELECT u.privilege || ' ' || r.granted_role || ' ' || u.username || ' ' || r.admin_option FROM user_sys_privs u, user_role_privs r WHERE u.privilege LIKE '%SESS%'"
	if got := query(t, app, own); got != "CREATE SESSION DWROLE APP NO" {
		t.Error(got)
	}
	if got := query(t, app, "SELECT COUNT(*) FROM all_views, all_synonyms"); got != "0" {
		t.Error(got)
	}
}

// SET_SESSION_LONGOPS shows what a session tells of its own work.
func TestSessionsTellOfTheirLongOperations(t *testing.T) {
	s := testSession(t)
	exec(t, s, `DECLARE i PLS_INTEGER := DBMS_APPLICATION_INFO.SET_SESSION_LONGOPS_NOHINT; n PLS_INTEGER; BEGIN
		DBMS_APPLICATION_INFO.SET_SESSION_LONGOPS(i, n, 'copy', 7, 0, 0, 10, 'orders', 'rows');
		DBMS_APPLICATION_INFO.SET_SESSION_LONGOPS(i, n, 'copy', 7, 0, 4, 20, 'orders', 'rows');
		i := DBMS_APPLICATION_INFO.SET_SESSION_LONGOPS_NOHINT;
		DBMS_APPLICATION_INFO.SET_SESSION_LONGOPS(rindex => i, slno => n, op_name => 'other', sofar => 1, totalwork => 1);
	END;`)
	const seen = "SELECT opname, target, target_desc, sofar, totalwork, units FROM v$session_longops ORDER BY opname"
	if got := query(t, s, seen); got != "copy|7|orders|4|20|rows; other|~|~|1|1|~" {
		t.Error(got)
	}
	failsWith(t, s, "DECLARE i NUMBER := 5; n NUMBER; BEGIN DBMS_APPLICATION_INFO.SET_SESSION_LONGOPS(i, n, 'copy'); END;", "ORA-06502")
}
