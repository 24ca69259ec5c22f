package datum

import (
	"encoding/binary"
	"math"
	"time"
)

// A Clock is a point in time without a zone, as a mask reads and writes it. The
// year before 1 is -1.
type Clock struct {
	Year, Month, Day, Hour, Minute, Second, Nanos int
}

// ClockOf takes the clock fields of t; its zone is dropped.
func ClockOf(t time.Time) Clock {
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	return Clock{Year: year, Month: int(month), Day: day, Hour: hour, Minute: minute, Second: second, Nanos: t.Nanosecond()}
}

// Date makes a DATE; the fraction is dropped. The caller guarantees fields that
// a calendar has.
func (c Clock) Date() Value {
	b := c.stored()
	return Value{kind: Date, data: string(b[:7])}
}

// Timestamp makes a TIMESTAMP(9); the caller guarantees fields that a calendar
// has.
func (c Clock) Timestamp() Value {
	b := c.stored()
	return Value{kind: Timestamp, data: string(b[:])}
}

func (c Clock) stored() (b [11]byte) {
	century, year := c.Year/100, c.Year%100 // both negative before Christ
	b = [11]byte{
		byte(century + 100), byte(year + 100), byte(c.Month), byte(c.Day),
		byte(c.Hour + 1), byte(c.Minute + 1), byte(c.Second + 1),
	}
	binary.BigEndian.PutUint32(b[7:], uint32(c.Nanos))
	return b
}

// Clock returns the stored fields of a Date or a timestamp, in UTC for those
// with a time zone.
func (v Value) Clock() Clock {
	d := v.data
	if len(d) < 7 {
		return Clock{}
	}
	c := Clock{
		Year: (int(d[0])-100)*100 + int(d[1]) - 100, Month: int(d[2]), Day: int(d[3]),
		Hour: int(d[4]) - 1, Minute: int(d[5]) - 1, Second: int(d[6]) - 1,
	}
	if len(d) >= 11 {
		c.Nanos = int(d[7])<<24 | int(d[8])<<16 | int(d[9])<<8 | int(d[10])
	}
	return c
}

// FromDate makes a DATE from the clock fields of t; its zone and fraction are
// dropped.
func FromDate(t time.Time) Value { return ClockOf(t).Date() }

// FromTimestamp makes a TIMESTAMP(9) from the clock fields of t; its zone is
// dropped.
func FromTimestamp(t time.Time) Value { return ClockOf(t).Timestamp() }

// FromTimestampTZ makes a TIMESTAMP WITH TIME ZONE: the instant t, shown in
// zone ("+02:00" or a region name).
func FromTimestampTZ(t time.Time, zone string) Value {
	return Value{kind: TimestampTZ, data: timestampBytes(t.UTC()) + zone}
}

// FromTimestampLTZ makes a TIMESTAMP WITH LOCAL TIME ZONE from the instant t.
func FromTimestampLTZ(t time.Time) Value {
	return Value{kind: TimestampLTZ, data: timestampBytes(t.UTC())}
}

func timestampBytes(t time.Time) string {
	b := ClockOf(t).stored()
	return string(b[:])
}

// Time returns the clock fields of a Date or Timestamp as a UTC time, and the
// instant of a TimestampTZ or TimestampLTZ.
func (v Value) Time() time.Time {
	if len(v.data) < 7 {
		return time.Time{}
	}
	c := v.Clock()
	return time.Date(c.Year, time.Month(c.Month), c.Day, c.Hour, c.Minute, c.Second, c.Nanos, time.UTC)
}

// Zone returns the zone text of a TimestampTZ.
func (v Value) Zone() string {
	if v.kind != TimestampTZ {
		return ""
	}
	return v.data[11:]
}

// FromDouble makes a BINARY_DOUBLE.
func FromDouble(f float64) Value {
	bits := math.Float64bits(f)
	if bits>>63 == 0 {
		bits |= 1 << 63
	} else {
		bits = ^bits
	}
	return Value{kind: BinaryDouble, data: string(binary.BigEndian.AppendUint64(nil, bits))}
}

// Double returns the number in a BINARY_DOUBLE.
func (v Value) Double() float64 {
	bits := binary.BigEndian.Uint64([]byte(v.data))
	if bits>>63 == 1 {
		return math.Float64frombits(bits &^ (1 << 63))
	}
	return math.Float64frombits(^bits)
}
