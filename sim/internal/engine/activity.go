package engine

import (
	"crypto/md5" //nolint:gosec // what SQL_ID is made of
	"encoding/binary"
	"time"
)

// An activity is what a session is doing, as V$SESSION shows it to others.
type activity struct {
	calls    int       // that run now, one within the other
	since    time.Time // when the session began or stopped to be active
	sql      string    // the outermost statement that runs, "" for none
	command  int64     // its number
	previous string    // the statement before
}

// commands are the numbers of V$SESSION.COMMAND by the first word.
var commands = map[string]int64{
	"INSERT": 2, "SELECT": 3, "WITH": 3, "UPDATE": 6, "DELETE": 7, "COMMIT": 44, "ROLLBACK": 45, "SAVEPOINT": 46, "BEGIN": 47, "DECLARE": 47,
	"CREATE": 1, "DROP": 12, "ALTER": 15, "GRANT": 17, "REVOKE": 18, "RENAME": 28, "COMMENT": 29, "TRUNCATE": 85,
}

// busy notes that a statement runs until the returned function is called.
// Statements that run within another, as those of a block do, do not show.
func (s *Session) busy(verb, text string) (done func()) {
	now := s.instance.config.Now
	s.mu.Lock()
	defer s.mu.Unlock()
	a := &s.activity
	if a.calls++; a.calls == 1 {
		a.since, a.sql, a.command = now(), text, commands[verb]
	}
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if a.calls--; a.calls == 0 {
			a.since, a.previous, a.sql, a.command = now(), a.sql, "", 0
		}
	}
}

// sqlID is the SQL_ID of a text, 64 bits of its MD5 in 13 digits to base 32, and
// "" of none.
func sqlID(text string) string {
	if text == "" {
		return ""
	}
	sum := md5.Sum([]byte(text + "\x00")) //nolint:gosec // see the import
	n := uint64(binary.LittleEndian.Uint32(sum[8:]))<<32 | uint64(binary.LittleEndian.Uint32(sum[12:]))
	var id [13]byte
	for i := range id {
		id[len(id)-1-i] = "0123456789abcdfghjkmnpqrstuvwxyz"[n&31]
		n >>= 5
	}
	return string(id[:])
}

// status is ACTIVE within a call.
func (a activity) status() string { return oneOf(a.calls > 0, "ACTIVE", "INACTIVE") }

// look returns what others may know of a session at any time.
func (s *Session) look() (schema string, trace Attributes, doing activity) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.schema, s.trace, s.activity
}
