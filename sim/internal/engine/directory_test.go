package engine

import "testing"

func TestDirectoriesAreGranted(t *testing.T) {
	s := testSession(t)
	s.Instance().CreateUser("CLERK", "secret")
	clerk := s.Instance().Internal("CLERK")
	defer clerk.Close()
	rights := func() string {
		out := ""
		for _, right := range directoryPrivileges {
			if _, ok := clerk.Directory("DATA_PUMP_DIR", right); ok {
				out += right[:1]
			}
		}
		return out + query(t, clerk, "SELECT COUNT(*) FROM all_directories")
	}
	if got := rights(); got != "0" {
		t.Errorf("before: %s", got)
	}
	failsWith(t, clerk, "GRANT READ ON DIRECTORY data_pump_dir TO clerk", "ORA-22930")
	exec(t, s, "GRANT READ, WRITE ON DIRECTORY data_pump_dir TO clerk")
	if got := rights(); got != "RW1" {
		t.Errorf("granted: %s", got)
	}
	const grants = "SELECT owner, table_name, privilege, type FROM user_tab_privs WHERE table_name = 'DATA_PUMP_DIR' ORDER BY privilege"
	if got, want := query(t, clerk, grants), "SYS|DATA_PUMP_DIR|READ|DIRECTORY; SYS|DATA_PUMP_DIR|WRITE|DIRECTORY"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	exec(t, s, "REVOKE WRITE ON DIRECTORY data_pump_dir FROM clerk")
	if got := rights(); got != "R1" {
		t.Errorf("revoked: %s", got)
	}
	failsWith(t, s, "GRANT READ ON DIRECTORY elsewhere TO clerk", "ORA-22930")
	failsWith(t, s, "GRANT SELECT ON DIRECTORY data_pump_dir TO clerk", "ORA-00990")
	exec(t, s, "CREATE TABLE directory (id NUMBER)", "GRANT SELECT ON directory TO clerk")
	if exists, _ := s.Directory("ELSEWHERE", "READ"); exists {
		t.Error("a directory that does not exist")
	}
	if got, want := query(t, s, "SELECT owner, directory_name FROM dba_directories"), "SYS|DATA_PUMP_DIR"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
