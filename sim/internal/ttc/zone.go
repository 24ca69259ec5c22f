package ttc

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// Bits of the zone bytes of a TIMESTAMP WITH TIME ZONE.
const (
	zoneRegion = 0x80 // of the first byte: both bytes hold a region id
	zoneLocal  = 0x40 // of the first byte: the fields are local time, not UTC
)

// regions holds the zone ids we know both ways. An id we do not know is read
// as +00:00, which keeps the instant; a name without an id goes out as its
// offset at the instant.
var regions = map[int]string{
	1: "Etc/GMT", 28: "Etc/UTC", 513: "GMT", 5121: "UTC",
	44: "Africa/Cairo", 72: "Africa/Johannesburg",
	100: "America/New_York", 101: "America/Chicago", 102: "America/Denver", 103: "America/Los_Angeles",
	109: "America/Phoenix", 141: "America/Mexico_City", 188: "America/Sao_Paulo", 220: "America/Toronto",
	250: "Asia/Shanghai", 254: "Asia/Hong_Kong", 260: "Asia/Calcutta", 267: "Asia/Tokyo", 273: "Asia/Seoul",
	292: "Asia/Singapore", 298: "Asia/Dubai", 772: "Asia/Kolkata",
	351: "Australia/Melbourne", 352: "Australia/Sydney", 471: "Pacific/Auckland",
	369: "Europe/London", 374: "Europe/Vienna", 376: "Europe/Brussels", 382: "Europe/Paris", 383: "Europe/Berlin",
	387: "Europe/Rome", 396: "Europe/Amsterdam", 398: "Europe/Warsaw", 399: "Europe/Lisbon", 402: "Europe/Moscow",
	404: "Europe/Madrid", 405: "Europe/Stockholm", 406: "Europe/Zurich", 407: "Europe/Istanbul",
	612: "US/Eastern", 613: "US/Central", 615: "US/Pacific", 1126: "US/Mountain",
}

var regionIDs = func() map[string]int {
	ids := make(map[string]int, len(regions))
	for id, name := range regions {
		ids[name] = id
	}
	return ids
}()

// timestampTZ writes 11 bytes in UTC and two for the zone.
func (w *Writer) timestampTZ(v datum.Value) {
	s := v.Bytes()
	if len(s) < 11 {
		w.CLR(s)
		return
	}
	w.U8(13)
	w.Raw(s[:11])
	w.U8(encodeZone(s[11:], v)...)
}

// encodeZone returns the two zone bytes.
func encodeZone(name string, v datum.Value) []byte {
	if id, ok := regionIDs[name]; ok {
		return []byte{zoneRegion | byte(id>>6), byte(id<<2) & 0xFC}
	}
	minutes, ok := offsetMinutes(name)
	if !ok {
		minutes = regionOffset(name, v)
	}
	return []byte{byte(minutes/60 + 20), byte(minutes%60 + 60)}
}

// regionOffset returns the offset of a zone at the instant of v, in minutes.
func regionOffset(name string, v datum.Value) int {
	loc, err := time.LoadLocation(name)
	if err != nil {
		return 0
	}
	_, seconds := v.Time().In(loc).Zone()
	return seconds / 60
}

// offsetMinutes reads "+02:00".
func offsetMinutes(s string) (minutes int, ok bool) {
	h, m, found := strings.Cut(s, ":")
	hours, err1 := strconv.Atoi(h)
	minutes, err2 := strconv.Atoi(m)
	if !found || err1 != nil || err2 != nil {
		return 0, false
	}
	if strings.HasPrefix(h, "-") {
		minutes = -minutes
	}
	return hours*60 + minutes, true
}

// maxOffset is the largest offset of a zone from UTC, in minutes.
const maxOffset = 15 * 60

// decodeZone turns the 13 bytes of the wire into the stored form: 11 bytes in
// UTC and the zone as text. What is no such value becomes "".
func decodeZone(s string) string {
	if len(s) != 13 {
		return ""
	}
	hour, minute := s[11], s[12]
	if hour&zoneRegion != 0 {
		name, ok := regions[int(hour&^zoneRegion)<<6|int(minute>>2)]
		if !ok {
			name = "+00:00"
		}
		return s[:11] + name
	}
	offset := (int(hour&^zoneLocal)-20)*60 + int(minute) - 60
	switch {
	case offset < -maxOffset || offset > maxOffset || !datum.ValidDate(s) || !datum.ValidNanos(s):
		return ""
	case hour&zoneLocal == 0:
		return s[:11] + offsetText(offset)
	}
	local := datum.Of(datum.Timestamp, s[:11]).Time()
	utc := local.Add(-time.Duration(offset) * time.Minute)
	return datum.FromTimestamp(utc).Bytes() + offsetText(offset)
}

func offsetText(minutes int) string {
	sign := '+'
	if minutes < 0 {
		sign, minutes = '-', -minutes
	}
	return fmt.Sprintf("%c%02d:%02d", sign, minutes/60, minutes%60)
}
