package catalog

import (
	"context"
	"fmt"

	"github.com/adbferry/adbferry/agent/internal/oracle"
)

// Privileges of users whom policies do not concern.
const (
	exemptAccess    = "EXEMPT ACCESS POLICY"
	exemptRedaction = "EXEMPT REDACTION POLICY"
)

// A policy may keep a session from seeing all rows of a table, or their values
// as they are.
type policy struct {
	table *listed
	name  string
	// exemption is the privilege of users whom it does not concern.
	exemption string
}

// addPolicies makes policies that concern the agent's user obstacles: rows that
// it cannot see would be missing in the files, in the counts and in the digests
// alike, and so nobody would notice. Who cannot see REDACTION_POLICIES is not
// told of those: the views of all users do not have them.
func addPolicies(ctx context.Context, s *oracle.Session, b batch) error {
	const access = `SELECT OBJECT_NAME, POLICY_NAME FROM ALL_POLICIES
		WHERE OBJECT_OWNER = :owner AND OBJECT_NAME BETWEEN :low AND :high AND SEL = 'YES' AND ENABLE = 'YES' ORDER BY 1, 2`
	const redaction = `SELECT OBJECT_NAME, POLICY_NAME FROM REDACTION_POLICIES
		WHERE OBJECT_OWNER = :owner AND OBJECT_NAME BETWEEN :low AND :high AND TRIM(ENABLE) = 'YES' ORDER BY 1, 2`
	var found []policy
	reader := func(exemption string) func(func(...any) error) error {
		return func(scan func(...any) error) error {
			var table, name string
			err := scan(&table, &name)
			if l := b.byName[table]; err == nil && l != nil {
				found = append(found, policy{l, name, exemption})
			}
			return err
		}
	}
	if err := s.Query(ctx, policiesKind, access, reader(exemptAccess), b.args()...); err != nil {
		return err
	}
	if err := s.Query(ctx, redactionsKind, redaction, reader(exemptRedaction), b.args()...); err != nil && !oracle.Withheld(err) {
		return err
	}
	if len(found) == 0 {
		return nil
	}
	exempt, err := exemptions(ctx, s)
	for _, p := range found {
		if !exempt[p.exemption] {
			p.table.hinder(p.text())
		}
	}
	return err
}

func (p policy) text() string {
	what := "hide rows from the agent's user"
	if p.exemption == exemptRedaction {
		what = "mask values before the agent's user"
	}
	return fmt.Sprintf("a table with the policy %s, which may %s: GRANT %s to that user", p.name, what, p.exemption)
}

// exemptions returns which policies do not concern the session.
func exemptions(ctx context.Context, s *oracle.Session) (map[string]bool, error) {
	exempt := make(map[string]bool)
	err := s.Query(ctx, exemptKind, "SELECT PRIVILEGE FROM SESSION_PRIVS WHERE PRIVILEGE IN ('"+exemptAccess+"', '"+exemptRedaction+"')", func(scan func(...any) error) error {
		var name string
		err := scan(&name)
		exempt[name] = true
		return err
	})
	return exempt, err
}
