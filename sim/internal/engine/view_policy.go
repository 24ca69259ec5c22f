package engine

import "slices"

// A Policy is what the dictionary says of a policy on a table. It does nothing:
// the predicates and masks of real ones are PL/SQL, which is not simulated.
type Policy struct {
	Owner, Table, Name string
	// Redaction is a policy of Data Redaction, which masks values; others are of
	// Virtual Private Database, which hides rows from SELECT.
	Redaction bool
}

// AddPolicy puts a policy into the dictionary. It is not kept over a restart.
func (i *Instance) AddPolicy(p Policy) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.policies = append(i.policies, p)
}

// policiesOf returns the policies of a kind.
func (i *Instance) policiesOf(redaction bool) []Policy {
	i.mu.RLock()
	defer i.mu.RUnlock()
	return slices.DeleteFunc(slices.Clone(i.policies), func(p Policy) bool { return p.Redaction != redaction })
}

func registerPolicyViews(i *Instance) {
	owner := func(p Policy) string { return p.Owner }
	named := []field[Policy]{
		nameField("OBJECT_NAME", func(p Policy) string { return p.Table }), nameField("POLICY_NAME", func(p Policy) string { return p.Name }),
	}
	access := append([]field[Policy]{ownerField("OBJECT_OWNER", owner)}, named...)
	for _, name := range []string{"POLICY_GROUP", "PF_OWNER", "PACKAGE", "FUNCTION"} {
		access = append(access, nameField[Policy](name, nil))
	}
	for _, name := range []string{"SEL", "INS", "UPD", "DEL", "IDX", "CHK_OPTION", "ENABLE"} {
		access = append(access, flagField(name, func(Policy) bool { return name == "SEL" || name == "ENABLE" }))
	}
	family[Policy]{name: "POLICIES", fields: access, subjects: func(r reach) []Policy {
		return slices.DeleteFunc(r.s.instance.policiesOf(false), func(p Policy) bool { return r.class == 'U' && p.Owner != r.s.user.name })
	}}.register(i)
	redaction := append([]field[Policy]{nameField("OBJECT_OWNER", owner)}, named...)
	redaction = append(redaction, flagField("ENABLE", func(Policy) bool { return true }))
	i.RegisterView(newView("REDACTION_POLICIES", redaction, func(s *Session) []Policy { return s.instance.policiesOf(true) }))
}
