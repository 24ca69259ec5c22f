package ttc

// nlsKeywords numbers the session parameters that a client wants to hear at
// logon. Clients look for the language (16): without it one of them runs a
// PL/SQL block of its own.
var nlsKeywords = []struct {
	name   string
	number uint64
}{
	{"NLS_LANGUAGE", 16},
	{"NLS_TERRITORY", 9},
	{"NLS_CURRENCY", 0},
	{"NLS_ISO_CURRENCY", 1},
	{"NLS_NUMERIC_CHARACTERS", 2},
	{"NLS_CHARACTERSET", 10},
	{"NLS_CALENDAR", 12},
	{"NLS_DATE_FORMAT", 7},
	{"NLS_DATE_LANGUAGE", 8},
	{"NLS_SORT", 11},
	{"NLS_TIME_FORMAT", 57},
	{"NLS_TIMESTAMP_FORMAT", 58},
	{"NLS_TIME_TZ_FORMAT", 59},
	{"NLS_TIMESTAMP_TZ_FORMAT", 60},
	{"NLS_COMP", 50},
	{"NLS_DUAL_CURRENCY", 52},
	{"NLS_LENGTH_SEMANTICS", 61},
	{"NLS_NCHAR_CONV_EXCP", 62},
	{"NLS_NCHAR_CHARACTERSET", 63},
}

// A SessionParameters piggyback tells a client the session's NLS parameters,
// by name. Those without a number on the wire are left out.
type SessionParameters struct {
	NLS map[string]string
}

// Encode writes the piggyback.
func (m SessionParameters) Encode(w *Writer) {
	w.U8(codeServerSide, 0x05)
	w.UB(1)
	w.U8(1)
	count := 0
	for _, k := range nlsKeywords {
		if m.NLS[k.name] != "" {
			count++
		}
	}
	w.UB(uint64(count))
	w.U8(0)
	for _, k := range nlsKeywords {
		if value := m.NLS[k.name]; value != "" {
			w.DLC("")
			w.DLC(value)
			w.UB(k.number)
		}
	}
	w.UB(0)
}
