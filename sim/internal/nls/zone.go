package nls

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // the simulator brings its own time zone file

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// Location returns the place of a zone text: an offset such as "+02:00", or a
// region name.
//
// Errors: ORA-01874, ORA-01875 for offsets out of range, ORA-01882.
func Location(zone string) (*time.Location, error) {
	switch strings.ToUpper(zone) {
	case "+00:00", "-00:00", "UTC", "GMT", "Z":
		return time.UTC, nil
	}
	if zone != "" && (zone[0] == '+' || zone[0] == '-' || isDigit(zone[0])) {
		seconds, err := offset(zone)
		if err != nil {
			return nil, err
		}
		return time.FixedZone(offsetText(seconds), seconds), nil
	}
	place, err := time.LoadLocation(zone)
	if err != nil || zone == "" || zone == "Local" {
		return nil, datum.Errorf(1882, "timezone region not found")
	}
	return place, nil
}

// offset reads ±H[H][:M[M]], leniently: node-oracledb sends "-00:0".
func offset(zone string) (seconds int, err error) {
	sign, rest := 1, zone
	switch rest[0] {
	case '-':
		sign, rest = -1, rest[1:]
	case '+':
		rest = rest[1:]
	}
	hours, minutes, _ := strings.Cut(rest, ":")
	h, err := strconv.Atoi(hours)
	if err != nil || h > 15 || h < 0 {
		return 0, datum.Errorf(1874, "time zone hour must be between -15 and 15")
	}
	m := 0
	if minutes != "" {
		if m, err = strconv.Atoi(minutes); err != nil || m > 59 || m < 0 {
			return 0, datum.Errorf(1875, "time zone minute must be between -59 and 59")
		}
	}
	return sign * (h*3600 + m*60), nil
}

// offsetText is ±HH:MM.
func offsetText(seconds int) string {
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	return fmt.Sprintf("%c%02d:%02d", sign, seconds/3600, seconds/60%60)
}

// SetTimeZone changes the session's time zone.
func (s *Settings) SetTimeZone(zone string) error {
	if strings.EqualFold(zone, "LOCAL") || strings.EqualFold(zone, "DBTIMEZONE") {
		zone = "+00:00"
	}
	place, err := Location(zone)
	if err != nil {
		return err
	}
	s.TimeZone = zone
	if zone != "" && (zone[0] == '+' || zone[0] == '-' || isDigit(zone[0])) {
		_, seconds := s.Now().In(place).Zone()
		s.TimeZone = offsetText(seconds)
	}
	return nil
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
