package engine

import (
	"cmp"
	"slices"
	"time"
)

// A sessionState is a row of V$SESSION: what one session may know of another
// without stopping it.
type sessionState struct {
	*Session
	schema string
	trace  Attributes
	own    bool
}

func registerSessionViews(i *Instance) {
	i.RegisterView(newView("V$SESSION", sessionFields(), (*Session).neighbours))
	i.RegisterView(newView("V$SESSION_LONGOPS", longopFields(), func(*Session) []struct{} { return nil }))
}

// neighbours returns all sessions of the database, its own among them.
func (s *Session) neighbours() []sessionState {
	s.instance.mu.RLock()
	var list []sessionState
	for _, other := range s.instance.sessions {
		list = append(list, sessionState{Session: other, own: other == s})
	}
	s.instance.mu.RUnlock()
	for n := range list {
		list[n].schema, list[n].trace = list[n].Schema(), list[n].Attributes()
	}
	slices.SortFunc(list, func(a, b sessionState) int { return cmp.Compare(a.sid, b.sid) })
	return list
}

func sessionFields() []field[sessionState] {
	type row = sessionState
	return []field[row]{
		numberField("SID", func(x row) int64 { return int64(x.sid) }),
		numberField("SERIAL#", func(x row) int64 { return int64(x.serial) }),
		numberField("USER#", func(x row) int64 { return int64(x.user.id) }),
		nameField("USERNAME", func(x row) string { return x.user.name }),
		// Whether another session is in a call is not known here: NULL.
		textField("STATUS", 8, func(x row) string { return oneOf(x.own, "ACTIVE", "") }),
		constantField[row]("SERVER", 9, "DEDICATED"),
		nameField("SCHEMANAME", func(x row) string { return x.schema }),
		nameField("OSUSER", func(x row) string { return x.login.OSUser }),
		textField("PROCESS", 24, func(x row) string { return x.login.Process }),
		textField("MACHINE", 64, func(x row) string { return x.login.Machine }),
		textField("TERMINAL", 30, func(x row) string { return x.login.Terminal }),
		textField("PROGRAM", 84, func(x row) string { return x.login.Program }),
		constantField[row]("TYPE", 10, "USER"),
		textField("MODULE", 64, func(x row) string { return x.trace.Module }),
		textField("ACTION", 64, func(x row) string { return x.trace.Action }),
		textField("CLIENT_INFO", 64, func(x row) string { return x.trace.ClientInfo }),
		dateField("LOGON_TIME", func(x row) time.Time { return x.logon }),
		textField("SERVICE_NAME", 64, func(x row) string { return x.login.Service }),
		textField("CLIENT_IDENTIFIER", 64, func(x row) string { return x.trace.ClientID }),
	}
}

func longopFields() []absent {
	return slices.Concat(
		absentNumbers("SID", "SERIAL#"), absentFlags(64, "OPNAME", "TARGET"), absentFlags(32, "TARGET_DESC"),
		absentNumbers("SOFAR", "TOTALWORK"), absentFlags(32, "UNITS"), absentDates("START_TIME", "LAST_UPDATE_TIME"),
		absentNumbers("TIME_REMAINING", "ELAPSED_SECONDS", "CONTEXT"), absentFlags(512, "MESSAGE"), absentFlags(128, "USERNAME"),
	)
}
