package engine

import (
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// unsimulatedViews are dictionary views that Oracle has and that people read, by
// their names without ALL_, DBA_ and USER_, and without G of GV$: whoever reads
// one shall not look for a mistake of spelling.
var unsimulatedViews = map[string]bool{}

func init() {
	for name := range strings.FieldsSeq(`V$SESSION V$INSTANCE
		SEQUENCES PROCEDURES SOURCE DEPENDENCIES TYPES MVIEWS DB_LINKS RECYCLEBIN ERRORS ARGUMENTS
		TABLESPACES TS_QUOTAS FREE_SPACE DATA_FILES EXTENTS SYS_PRIVS ROLE_PRIVS ROLES PROFILES HIST_SQLTEXT HIST_ACTIVE_SESS_HISTORY
		SQL_PLAN_BASELINES AUDIT_TRAIL UNIFIED_AUDIT_TRAIL REGISTRY FEATURE_USAGE_STATISTICS
		V$LOCK V$LOCKED_OBJECT V$TRANSACTION V$SQL V$SQLAREA V$SQLTEXT V$SQL_PLAN V$SQL_MONITOR V$PDBS V$CONTAINERS V$PROCESS V$SYSSTAT
		V$SESSTAT V$STATNAME V$MYSTAT V$SESSION_WAIT V$SESSION_EVENT V$SYSTEM_EVENT V$ACTIVE_SESSION_HISTORY V$UNDOSTAT V$OPTION V$SERVICES
		V$ACTIVE_SERVICES V$SGA V$SGASTAT V$PGASTAT V$RESOURCE_LIMIT V$RSRC_CONSUMER_GROUP V$OPEN_CURSOR V$DATAFILE V$TABLESPACE V$LOG
		V$PX_SESSION V$TEMPSEG_USAGE V$SYSMETRIC TAB CAT ROLE_SYS_PRIVS ROLE_TAB_PRIVS DICT_COLUMNS`) {
		unsimulatedViews[name] = true
	}
}

// noTableOrView is the error for a name that means nothing here: ORA-03001 where
// Oracle has a view of that name, ORA-00942 otherwise.
func (s *Session) noTableOrView(n sql.Name) *datum.Error {
	if n.Schema != "" && n.Schema != "SYS" {
		return errNoTable()
	}
	name := strings.Replace(n.Name, "V_$", "V$", 1)
	s.instance.mu.RLock()
	_, hidden := s.instance.views[name]
	s.instance.mu.RUnlock()
	if hidden {
		return errNoTable() // from those who may not read it
	}
	if rest, global := strings.CutPrefix(name, "GV$"); global {
		name = "V$" + rest
	}
	for _, prefix := range []string{"ALL_", "DBA_", "USER_"} {
		name = strings.TrimPrefix(name, prefix)
	}
	if !unsimulatedViews[name] || unsimulatedViews[n.Name] && !strings.Contains(n.Name, "$") && !bareViews[n.Name] {
		return errNoTable()
	}
	return unimplemented("the view " + n.Name)
}

// bareViews are those that have no prefix.
var bareViews = map[string]bool{
	"TAB": true, "CAT": true, "RECYCLEBIN": true, "UNIFIED_AUDIT_TRAIL": true, "ROLE_SYS_PRIVS": true, "ROLE_TAB_PRIVS": true, "DICT_COLUMNS": true,
}
