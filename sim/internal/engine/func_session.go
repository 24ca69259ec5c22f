package engine

import (
	"strconv"
	"strings"
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// The functions that tell about the session and the database.
func init() {
	define(map[string]*function{
		"USER": {typ: returnsText(128), bare: true, call: func(f *frame, _ []datum.Value) (datum.Value, error) {
			return datum.FromText(f.run.s.user.name), nil
		}},
		"UID": {typ: returnsNumber, bare: true, call: func(f *frame, _ []datum.Value) (datum.Value, error) {
			return datum.FromInt(int64(f.run.s.user.id)), nil
		}},
		"SYS_CONTEXT":      {min: 2, max: 3, typ: returnsText(256), strict: true, call: sysContext},
		"USERENV":          {min: 1, max: 1, typ: returnsText(64), strict: true, call: userEnv},
		"TIMESTAMP_TO_SCN": {min: 1, max: 1, typ: returnsNumber, strict: true, call: timestampToSCN},
		"SYS_GUID":         {typ: returnsRaw(16), call: sysGUID},
		"DBMS_UTILITY.FORMAT_ERROR_STACK": {typ: returnsText(2000), plsql: true, call: func(f *frame, _ []datum.Value) (datum.Value, error) {
			return datum.FromText(f.run.errorStack), nil
		}},
		"DBMS_UTILITY.FORMAT_ERROR_BACKTRACE": {typ: returnsText(2000), plsql: true, call: func(f *frame, _ []datum.Value) (datum.Value, error) {
			return datum.FromText(f.run.backtrace), nil
		}},
	})
}

// userenv are the attributes of SYS_CONTEXT('USERENV', …).
var userenv = map[string]func(s *Session) string{
	"SESSION_USER":          (*Session).User,
	"CURRENT_USER":          (*Session).User,
	"SESSION_USERID":        func(s *Session) string { return strconv.Itoa(s.user.id) },
	"CURRENT_SCHEMA":        (*Session).Schema,
	"SID":                   func(s *Session) string { return strconv.Itoa(s.sid) },
	"SESSIONID":             func(s *Session) string { return strconv.Itoa(4_000_000 + s.serial) },
	"DB_NAME":               func(s *Session) string { return s.instance.config.Name },
	"DB_UNIQUE_NAME":        func(s *Session) string { return s.instance.config.Name },
	"CON_NAME":              func(s *Session) string { return s.instance.config.Name },
	"CON_ID":                func(*Session) string { return "3" },
	"CDB_NAME":              func(s *Session) string { return s.instance.config.Name },
	"INSTANCE_NAME":         func(s *Session) string { return strings.ToLower(s.instance.config.Name) },
	"INSTANCE":              func(*Session) string { return "1" },
	"SERVICE_NAME":          func(s *Session) string { return s.login.Service },
	"SERVER_HOST":           func(s *Session) string { return "adb." + s.instance.config.Region },
	"CLOUD_SERVICE":         func(*Session) string { return "OLTP" },
	"HOST":                  func(s *Session) string { return s.login.Machine },
	"OS_USER":               func(s *Session) string { return s.login.OSUser },
	"TERMINAL":              func(s *Session) string { return s.login.Terminal },
	"MODULE":                func(s *Session) string { return s.Attributes().Module },
	"ACTION":                func(s *Session) string { return s.Attributes().Action },
	"CLIENT_INFO":           func(s *Session) string { return s.Attributes().ClientInfo },
	"CLIENT_IDENTIFIER":     func(s *Session) string { return s.Attributes().ClientID },
	"NLS_DATE_FORMAT":       func(s *Session) string { return s.nls.DateFormat },
	"NLS_TERRITORY":         func(s *Session) string { return s.nls.Territory },
	"NLS_SORT":              func(s *Session) string { return s.nls.Sort },
	"LANG":                  func(*Session) string { return "US" },
	"LANGUAGE":              func(*Session) string { return "AMERICAN_AMERICA.AL32UTF8" },
	"ISDBA":                 func(*Session) string { return "FALSE" },
	"DATABASE_ROLE":         func(*Session) string { return "PRIMARY" },
	"AUTHENTICATION_METHOD": func(*Session) string { return "PASSWORD" },
}

// sysContext answers for namespace USERENV.
//
// Errors: ORA-02003 for unknown attributes.
func sysContext(f *frame, args []datum.Value) (datum.Value, error) {
	namespace, err := f.run.s.text(args[0])
	if err != nil {
		return datum.NULL, err
	}
	if !strings.EqualFold(namespace, "USERENV") {
		return datum.NULL, nil // an unknown namespace has no attributes
	}
	name, err := f.run.s.text(args[1])
	if err != nil {
		return datum.NULL, err
	}
	get := userenv[strings.ToUpper(name)]
	if get == nil {
		return datum.NULL, datum.Errorf(2003, "invalid USERENV parameter")
	}
	return datum.FromText(get(f.run.s)), nil
}

// userEnv is USERENV, the older spelling of SYS_CONTEXT.
func userEnv(f *frame, args []datum.Value) (datum.Value, error) {
	return sysContext(f, []datum.Value{datum.FromText("USERENV"), args[0]})
}

// timestampToSCN maps a time to the SCN that was current then.
//
// Error: ORA-08180.
func timestampToSCN(f *frame, args []datum.Value) (datum.Value, error) {
	v, err := f.run.s.convert(args[0], datum.Type{Kind: datum.TimestampTZ})
	if err != nil {
		return datum.NULL, err
	}
	// SYSTIMESTAMP is cut to microseconds, the history is not.
	scn, ok := f.run.s.instance.store.At(v.Time().Add(time.Microsecond))
	if !ok || v.Time().After(f.run.now.Add(time.Second)) {
		return datum.NULL, datum.Errorf(8180, "no snapshot found based on specified time")
	}
	return datum.FromInt(int64(scn)), nil
}

// sysGUID is SYS_GUID, 16 random bytes.
func sysGUID(*frame, []datum.Value) (datum.Value, error) {
	var b [16]byte
	randomBytes(b[:])
	return datum.FromRaw(b[:]), nil
}
