package oracle

import "strings"

// The masks of every session. No value that adbferry moves depends on them:
// the codecs write their own. They are fixed all the same, so that an implicit
// conversion somewhere cannot depend on the server's defaults.
const (
	maskDate        = "SYYYY-MM-DD HH24:MI:SS"
	maskTimestamp   = "SYYYY-MM-DD HH24:MI:SS.FF9"
	maskTimestampTZ = "SYYYY-MM-DD HH24:MI:SS.FF9 TZR TZD"
)

// settings are the session parameters, in the order they are set.
var settings = [...][2]string{
	{"NLS_LANGUAGE", "AMERICAN"},
	{"NLS_TERRITORY", "AMERICA"}, // resets the ones below, so it comes before them
	{"NLS_NUMERIC_CHARACTERS", ".,"},
	{"NLS_DATE_FORMAT", maskDate},
	{"NLS_TIMESTAMP_FORMAT", maskTimestamp},
	{"NLS_TIMESTAMP_TZ_FORMAT", maskTimestampTZ},
	{"NLS_COMP", "BINARY"},
	{"NLS_SORT", "BINARY"},
	{"TIME_ZONE", "+00:00"},
}

// alterSession is one statement that sets them all: one round trip.
func alterSession() string {
	var b strings.Builder
	b.WriteString("ALTER SESSION SET")
	for _, s := range settings {
		b.WriteString(" " + s[0] + " = " + Literal(s[1]))
	}
	return sessionSettings.text(b.String())
}
