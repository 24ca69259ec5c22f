package engine

import (
	"cmp"
	"slices"
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// A sessionState is a row of V$SESSION: what one session may know of another
// without stopping it.
type sessionState struct {
	*Session
	schema string
	trace  Attributes
	doing  activity
	now    time.Time
}

func registerSessionViews(i *Instance) {
	i.RegisterView(newView("V$SESSION", sessionFields(), (*Session).neighbours))
	i.RegisterView(newView("V$SESSION_LONGOPS", longopFields(), (*Session).longOperations))
}

// neighbours returns all sessions of the database, its own among them.
func (s *Session) neighbours() []sessionState {
	s.instance.mu.RLock()
	var list []sessionState
	for _, other := range s.instance.sessions {
		list = append(list, sessionState{Session: other, now: s.instance.config.Now()})
	}
	s.instance.mu.RUnlock()
	for n := range list {
		list[n].schema, list[n].trace, list[n].doing = list[n].look()
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
		numberField("COMMAND", func(x row) int64 { return x.doing.command }),
		textField("STATUS", 8, func(x row) string { return x.doing.status() }),
		constantField[row]("SERVER", 9, "DEDICATED"),
		nameField("SCHEMANAME", func(x row) string { return x.schema }),
		nameField("OSUSER", func(x row) string { return x.login.OSUser }),
		textField("PROCESS", 24, func(x row) string { return x.login.Process }),
		textField("MACHINE", 64, func(x row) string { return x.login.Machine }),
		textField("TERMINAL", 30, func(x row) string { return x.login.Terminal }),
		textField("PROGRAM", 84, func(x row) string { return x.login.Program }),
		constantField[row]("TYPE", 10, "USER"),
		textField("SQL_ID", 13, func(x row) string { return sqlID(x.doing.sql) }),
		dateField("SQL_EXEC_START", func(x row) time.Time {
			if x.doing.calls == 0 {
				return time.Time{}
			}
			return x.doing.since
		}),
		textField("PREV_SQL_ID", 13, func(x row) string { return sqlID(x.doing.previous) }),
		textField("MODULE", 64, func(x row) string { return x.trace.Module }),
		textField("ACTION", 64, func(x row) string { return x.trace.Action }),
		textField("CLIENT_INFO", 64, func(x row) string { return x.trace.ClientInfo }),
		dateField("LOGON_TIME", func(x row) time.Time { return x.logon }),
		numberField("LAST_CALL_ET", func(x row) int64 { return int64(x.now.Sub(x.doing.since) / time.Second) }),
		textField("SERVICE_NAME", 64, func(x row) string { return x.login.Service }),
		textField("CLIENT_IDENTIFIER", 64, func(x row) string { return x.trace.ClientID }),
	}
}

func longopFields() []field[longopState] {
	type row = longopState
	return []field[row]{
		numberField("SID", func(x row) int64 { return int64(x.s.sid) }),
		numberField("SERIAL#", func(x row) int64 { return int64(x.s.serial) }),
		textField("OPNAME", 64, func(x row) string { return x.name }),
		textField("TARGET", 64, func(x row) string { return x.target }),
		textField("TARGET_DESC", 32, func(x row) string { return x.desc }),
		numberField("SOFAR", func(x row) int64 { return x.sofar }),
		numberField("TOTALWORK", func(x row) int64 { return x.total }),
		textField("UNITS", 32, func(x row) string { return x.units }),
		dateField("START_TIME", func(x row) time.Time { return x.started }),
		dateField("LAST_UPDATE_TIME", func(x row) time.Time { return x.updated }),
		valueField("TIME_REMAINING", numberType(), func(x row) datum.Value {
			left, known := x.remaining()
			if !known {
				return datum.NULL
			}
			return datum.FromInt(int64(left / time.Second))
		}),
		numberField("ELAPSED_SECONDS", func(x row) int64 { return int64(x.elapsed / time.Second) }),
		numberField("CONTEXT", func(x row) int64 { return x.context }),
		textField("MESSAGE", 512, row.message),
		nameField("USERNAME", func(x row) string { return x.s.user.name }),
	}
}
