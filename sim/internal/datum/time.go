package datum

import (
	"encoding/binary"
	"math"
	"time"
)

// FromDate makes a DATE from the clock fields of t; its zone and fraction are
// dropped.
func FromDate(t time.Time) Value {
	return Value{kind: Date, data: string(appendDate(nil, t))}
}

// FromTimestamp makes a TIMESTAMP(9) from the clock fields of t; its zone is
// dropped.
func FromTimestamp(t time.Time) Value {
	return Value{kind: Timestamp, data: timestampBytes(t)}
}

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
	return string(binary.BigEndian.AppendUint32(appendDate(nil, t), uint32(t.Nanosecond())))
}

func appendDate(b []byte, t time.Time) []byte {
	century, year := t.Year()/100, t.Year()%100 // both negative before Christ
	return append(b, byte(century+100), byte(year+100), byte(t.Month()), byte(t.Day()),
		byte(t.Hour()+1), byte(t.Minute()+1), byte(t.Second()+1))
}

// Time returns the clock fields of a Date or Timestamp as a UTC time, and the
// instant of a TimestampTZ or TimestampLTZ.
func (v Value) Time() time.Time {
	if len(v.data) < 7 {
		return time.Time{}
	}
	d := v.data
	nanos := 0
	if len(d) >= 11 {
		nanos = int(binary.BigEndian.Uint32([]byte(d[7:11])))
	}
	year := (int(d[0])-100)*100 + int(d[1]) - 100
	return time.Date(year, time.Month(d[2]), int(d[3]), int(d[4])-1, int(d[5])-1, int(d[6])-1, nanos, time.UTC)
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
