package engine

import (
	"strings"
	"time"
)

// undoInterval is the length of the intervals that V$UNDOSTAT reports on.
const undoInterval = 10 * time.Minute

// A service is a row of the service views.
type service struct {
	id   int64
	name string
}

func registerInstanceViews(i *Instance) {
	i.RegisterView(newView("V$INSTANCE", instanceFields(i.config.Now()), only(i.config)))
	services := []field[service]{
		numberField("SERVICE_ID", func(v service) int64 { return v.id }),
		textField("NAME", 64, func(v service) string { return v.name }),
		textField("NETWORK_NAME", 512, func(v service) string { return v.name }),
	}
	list := func(*Session) []service {
		var list []service
		for n, name := range i.config.ServiceNames {
			list = append(list, service{int64(n + 1), name})
		}
		return list
	}
	i.RegisterView(newView("V$SERVICES", services, list))
	i.RegisterView(newView("V$ACTIVE_SERVICES", services, list))
	i.RegisterView(newView("V$UNDOSTAT", []field[time.Time]{
		dateField("BEGIN_TIME", func(now time.Time) time.Time { return now.Truncate(undoInterval) }),
		dateField("END_TIME", func(now time.Time) time.Time { return now }),
		numberField("TUNED_UNDORETENTION", func(time.Time) int64 { return int64(i.config.UndoRetention.Seconds()) }),
	}, func(*Session) []time.Time { return []time.Time{i.config.Now()} }))
}

func instanceFields(started time.Time) []field[Config] {
	type row = Config
	return []field[row]{
		numberField("INSTANCE_NUMBER", func(row) int64 { return 1 }),
		textField("INSTANCE_NAME", 16, func(c row) string { return strings.ToLower(c.Name) }),
		textField("VERSION", 17, row.baseVersion),
		textField("VERSION_LEGACY", 17, row.baseVersion),
		textField("VERSION_FULL", 17, func(c row) string { return c.Version }),
		dateField("STARTUP_TIME", func(row) time.Time { return started }),
		constantField[row]("STATUS", 12, "OPEN"),
		constantField[row]("PARALLEL", 3, "NO"),
		constantField[row]("LOGINS", 10, "ALLOWED"),
		constantField[row]("SHUTDOWN_PENDING", 3, "NO"),
		constantField[row]("DATABASE_STATUS", 17, "ACTIVE"),
		constantField[row]("INSTANCE_ROLE", 18, "PRIMARY_INSTANCE"),
		constantField[row]("ACTIVE_STATE", 9, "NORMAL"),
		constantField[row]("BLOCKED", 3, "NO"),
	}
}
