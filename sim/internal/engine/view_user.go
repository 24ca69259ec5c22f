package engine

import (
	"cmp"
	"slices"
	"time"
)

func registerUserViews(i *Instance) {
	fields := []field[*user]{
		nameField("USERNAME", func(u *user) string { return u.name }),
		numberField("USER_ID", func(u *user) int64 { return int64(u.id) }),
		dateField("CREATED", func(u *user) time.Time { return u.created }),
	}
	origin := []field[*user]{
		constantField[*user]("COMMON", 3, "NO"),
		textField("ORACLE_MAINTAINED", 1, func(u *user) string { return letter(u.name == "SYS") }),
		constantField[*user]("INHERITED", 3, "NO"),
		constantField[*user]("DEFAULT_COLLATION", 100, "USING_NLS_COMP"),
	}
	account := []field[*user]{
		constantField[*user]("ACCOUNT_STATUS", 32, "OPEN"),
		dateField[*user]("LOCK_DATE", nil),
		dateField[*user]("EXPIRY_DATE", nil),
		constantField[*user]("DEFAULT_TABLESPACE", 30, defaultTablespace),
		constantField[*user]("TEMPORARY_TABLESPACE", 30, "TEMP"),
	}
	i.RegisterView(newView("ALL_USERS", slices.Concat(fields, origin), (*Session).users))
	i.RegisterView(newView("DBA_USERS", slices.Concat(fields, account, origin), (*Session).users))
	i.RegisterView(newView("USER_USERS", slices.Concat(fields, account, origin), func(s *Session) []*user { return []*user{s.user} }))
}

// users returns all users, sorted by name: everybody may know who there is.
func (s *Session) users() []*user {
	s.instance.mu.RLock()
	defer s.instance.mu.RUnlock()
	var list []*user
	for _, u := range s.instance.users {
		list = append(list, u)
	}
	slices.SortFunc(list, func(a, b *user) int { return cmp.Compare(a.name, b.name) })
	return list
}
