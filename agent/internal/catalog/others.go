package catalog

import (
	"context"

	"github.com/adbferry/adbferry/agent/internal/oracle"
)

// Disabled ends the line of a trigger that does not fire.
const Disabled = " (disabled)"

// addOthers notes what hangs on tables and is not moved: triggers, policies,
// logs of materialized views, grants. One query; each part has its own bind names,
// since binds are positional.
func addOthers(ctx context.Context, s *oracle.Session, b batch) error {
	const query = `SELECT TABLE_NAME, 'trigger ' || TRIGGER_NAME || CASE STATUS WHEN 'DISABLED' THEN '` + Disabled + `' END FROM ALL_TRIGGERS
		WHERE TABLE_OWNER = :owner AND TABLE_NAME BETWEEN :low AND :high
		UNION ALL SELECT OBJECT_NAME, 'policy ' || POLICY_NAME FROM ALL_POLICIES
		WHERE OBJECT_OWNER = :owner2 AND OBJECT_NAME BETWEEN :low2 AND :high2
		UNION ALL SELECT MASTER, 'materialized view log ' || LOG_TABLE FROM ALL_MVIEW_LOGS
		WHERE LOG_OWNER = :owner3 AND MASTER BETWEEN :low3 AND :high3
		UNION ALL SELECT TABLE_NAME, 'grant of ' || PRIVILEGE || ' to ' || GRANTEE FROM ALL_TAB_PRIVS
		WHERE TABLE_SCHEMA = :owner4 AND TABLE_NAME BETWEEN :low4 AND :high4
		ORDER BY 1, 2`
	args := b.args()
	for _, suffix := range []string{"2", "3", "4"} {
		args = append(args, b.again(suffix)...)
	}
	return s.Query(ctx, othersKind, query, func(scan func(...any) error) error {
		var table, what string
		if err := scan(&table, &what); err != nil {
			return err
		}
		if l := b.byName[table]; l != nil {
			l.note("%s", what)
		}
		return nil
	}, args...)
}
