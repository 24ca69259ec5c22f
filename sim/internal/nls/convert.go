package nls

import "github.com/adbferry/adbferry/sim/internal/datum"

func parseMask(mask string) ([]byte, error) { return []byte(mask), nil }

// Text renders any scalar as an implicit TO_CHAR does. NULL is "".
func (s Settings) Text(v datum.Value) (string, error) { return v.Text(), nil }

// Convert reads text as a value of the kind of to, as an implicit conversion
// does. Lengths and precisions of to are not enforced.
func (s Settings) Convert(text string, to datum.Type) (datum.Value, error) {
	return datum.FromText(text), nil
}

// FormatDate renders a date, timestamp or interval with a mask.
func (s Settings) FormatDate(v datum.Value, mask string) (string, error) { return "", nil }

// FormatNumber renders a NUMBER with a mask.
func (s Settings) FormatNumber(v datum.Value, mask string) (string, error) { return "", nil }

// ParseDate reads a DATE with a mask.
func (s Settings) ParseDate(text, mask string) (datum.Value, error) { return datum.NULL, nil }

// ParseTimestamp reads a TIMESTAMP with a mask.
func (s Settings) ParseTimestamp(text, mask string) (datum.Value, error) { return datum.NULL, nil }

// ParseTimestampTZ reads a TIMESTAMP WITH TIME ZONE with a mask.
func (s Settings) ParseTimestampTZ(text, mask string) (datum.Value, error) { return datum.NULL, nil }

// ParseNumber reads a NUMBER with a mask.
func (s Settings) ParseNumber(text, mask string) (datum.Value, error) { return datum.ParseNumber(text) }
