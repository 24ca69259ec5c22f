package datum

import (
	"encoding/binary"
	"math"
)

const (
	intervalBias = 1 << 31 // of the leading field and of nanoseconds
	fieldBias    = 60      // of months, hours, minutes and seconds
)

// FromIntervalYM makes an INTERVAL YEAR TO MONTH from months.
func FromIntervalYM(months int64) Value {
	b := binary.BigEndian.AppendUint32(nil, uint32(months/12+intervalBias))
	return Value{kind: IntervalYM, data: string(append(b, byte(months%12+fieldBias)))}
}

// Months returns an INTERVAL YEAR TO MONTH in months.
func (v Value) Months() int64 {
	if v.kind != IntervalYM || len(v.data) != 5 {
		return 0
	}
	years := int64(binary.BigEndian.Uint32([]byte(v.data))) - intervalBias
	return years*12 + int64(v.data[4]) - fieldBias
}

// FromIntervalDS makes an INTERVAL DAY TO SECOND. Seconds and nanos, which may
// exceed a second, add up.
func FromIntervalDS(seconds, nanos int64) Value {
	seconds, nanos = seconds+nanos/1e9, nanos%1e9
	if seconds > 0 && nanos < 0 {
		seconds, nanos = seconds-1, nanos+1e9
	}
	if seconds < 0 && nanos > 0 {
		seconds, nanos = seconds+1, nanos-1e9
	}
	b := binary.BigEndian.AppendUint32(nil, uint32(seconds/86400+intervalBias))
	rest := seconds % 86400
	b = append(b, byte(rest/3600+fieldBias), byte(rest/60%60+fieldBias), byte(rest%60+fieldBias))
	return Value{kind: IntervalDS, data: string(binary.BigEndian.AppendUint32(b, uint32(nanos+intervalBias)))}
}

// Seconds returns an INTERVAL DAY TO SECOND as whole seconds and the nanoseconds
// that remain, both of the interval's sign.
func (v Value) Seconds() (seconds, nanos int64) {
	if v.kind != IntervalDS || len(v.data) != 11 {
		return 0, 0
	}
	days := int64(binary.BigEndian.Uint32([]byte(v.data))) - intervalBias
	clock := (int64(v.data[4])-fieldBias)*3600 + (int64(v.data[5])-fieldBias)*60 + int64(v.data[6]) - fieldBias
	return days*86400 + clock, int64(binary.BigEndian.Uint32([]byte(v.data[7:]))) - intervalBias
}

// FromFloat makes a BINARY_FLOAT.
func FromFloat(f float32) Value {
	bits := math.Float32bits(f)
	if bits>>31 == 0 {
		bits |= 1 << 31
	} else {
		bits = ^bits
	}
	return Value{kind: BinaryFloat, data: string(binary.BigEndian.AppendUint32(nil, bits))}
}

// Single returns the number in a BINARY_FLOAT.
func (v Value) Single() float32 {
	bits := binary.BigEndian.Uint32([]byte(v.data))
	if bits>>31 == 1 {
		return math.Float32frombits(bits &^ (1 << 31))
	}
	return math.Float32frombits(^bits)
}
