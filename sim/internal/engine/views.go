package engine

import "strings"

// view finds a dictionary view that the session may read. The V$ views are
// also known as V_$….
func (s *Session) view(schema, name string) *View {
	if schema != "" && schema != "SYS" && schema != "PUBLIC" {
		return nil
	}
	if rest, ok := strings.CutPrefix(name, "V_$"); ok {
		name = "V$" + rest
	}
	s.instance.mu.RLock()
	v := s.instance.views[name]
	s.instance.mu.RUnlock()
	if v == nil || s.user.role == Administrator || !restrictedView(name) {
		return v
	}
	if s.instance.catalog.granted(s.user.name, objectName{name: name}, "SELECT", "READ") {
		return v
	}
	return nil
}

// restrictedView reports the views that need more than a session.
func restrictedView(name string) bool {
	if name == "V$VERSION" || name == "V$TIMEZONE_FILE" || name == "V$TIMEZONE_NAMES" || name == "V$NLS_PARAMETERS" {
		return false
	}
	return name == "REDACTION_POLICIES" || strings.HasPrefix(name, "DBA_") || strings.HasPrefix(name, "V$")
}
