package dbmscloud

import (
	"fmt"
	"math"
	"math/big"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/nls"
)

// parquetColumn is how the values of one query column become Parquet.
type parquetColumn struct {
	name  string
	node  parquet.Node
	value func(datum.Value) (parquet.Value, error)
}

// decimalBytes holds a DECIMAL of up to 38 digits.
const decimalBytes = 16

// newParquetColumn maps a column (reference, sections 1.7 and 1.8).
//
// Errors: ORA-20000 for a type that has no place in the mapping.
func newParquetColumn(column datum.Column, k Knobs, settings nls.Settings) (parquetColumn, error) {
	p := parquetColumn{name: column.Name}
	t := column.Type
	if t.Long {
		what := "LONG"
		if t.Kind == datum.Raw {
			what = "LONG RAW"
		}
		return p, unsupportedParquet(column, what)
	}
	switch t.Kind {
	case datum.Text, datum.Null:
		p.node, p.value = parquet.String(), parquetText
	case datum.Number:
		p.setNumber(t, k.NewParquetMapping)
	case datum.BinaryFloat:
		p.node = parquet.Leaf(parquet.FloatType)
		p.value = func(v datum.Value) (parquet.Value, error) { return parquet.FloatValue(v.Single()), nil }
	case datum.BinaryDouble:
		p.node = parquet.Leaf(parquet.DoubleType)
		p.value = func(v datum.Value) (parquet.Value, error) { return parquet.DoubleValue(v.Double()), nil }
	case datum.Date:
		p.setDate(k.NewParquetMapping, settings)
	case datum.Timestamp, datum.TimestampTZ, datum.TimestampLTZ:
		p.setTimestamp(t, settings)
	case datum.Blob:
		return p, unsupportedParquet(column, "BLOB")
	default:
		if !k.ParquetText {
			return p, unsupportedParquet(column, "a type outside the documented mapping")
		}
		p.node = parquet.String()
		p.value = func(v datum.Value) (parquet.Value, error) {
			text, err := settings.Text(v)
			return parquet.ByteArrayValue([]byte(text)), err
		}
	}
	p.node = parquet.Optional(p.node)
	return p, nil
}

func unsupportedParquet(column datum.Column, what string) error {
	return datum.Errorf(20000, "Unsupported column type for parquet: column %s is %s", column.Name, what)
}

func parquetText(v datum.Value) (parquet.Value, error) {
	return parquet.ByteArrayValue([]byte(v.Text())), nil
}

// setNumber maps NUMBER: DECIMAL with the declared precision, DOUBLE without
// one. The new mapping has INT64 for whole numbers that fit it.
func (p *parquetColumn) setNumber(t datum.Type, newMapping bool) {
	if t.Precision == 0 || t.Scale < -84 {
		p.node = parquet.Leaf(parquet.DoubleType)
		p.value = func(v datum.Value) (parquet.Value, error) { return parquet.DoubleValue(v.Float()), nil }
		return
	}
	scale := max(t.Scale, 0)
	precision := max(t.Precision+max(-t.Scale, 0), scale)
	if newMapping && scale == 0 && precision <= 18 {
		p.node = parquet.Int(64)
		p.value = func(v datum.Value) (parquet.Value, error) {
			n, err := unscaled(v, 0)
			return parquet.Int64Value(n.Int64()), err
		}
		return
	}
	physical := parquet.FixedLenByteArrayType(decimalBytes)
	switch {
	case precision <= 9:
		physical = parquet.Int32Type
	case precision <= 18:
		physical = parquet.Int64Type
	}
	p.node = parquet.Decimal(scale, precision, physical)
	p.value = func(v datum.Value) (parquet.Value, error) {
		n, err := unscaled(v, scale)
		switch {
		case err != nil:
			return parquet.Value{}, err
		case precision <= 9:
			return parquet.Int32Value(int32(n.Int64())), nil
		case precision <= 18:
			return parquet.Int64Value(n.Int64()), nil
		}
		return parquet.FixedLenByteArrayValue(twosComplement(n)), nil
	}
}

// unscaled returns v times ten to the scale.
func unscaled(v datum.Value, scale int) (*big.Int, error) {
	whole, fraction, _ := strings.Cut(v.Decimal(), ".")
	n, ok := new(big.Int).SetString(whole+fraction+strings.Repeat("0", max(scale-len(fraction), 0)), 10)
	if !ok || len(fraction) > scale || n.BitLen() >= decimalBytes*8 {
		return new(big.Int), datum.Errorf(1438, "value larger than specified precision allowed for this column")
	}
	return n, nil
}

// twosComplement is n in decimalBytes bytes, big-endian.
func twosComplement(n *big.Int) []byte {
	if n.Sign() < 0 {
		n = new(big.Int).Add(n, new(big.Int).Lsh(big.NewInt(1), decimalBytes*8))
	}
	return n.FillBytes(make([]byte, decimalBytes))
}

// throughText takes a date or timestamp through the session's mask and back,
// as the export does: what the mask leaves out is lost (reference, section 1.8).
func throughText(settings nls.Settings, kind datum.Kind, v datum.Value) (time.Time, error) {
	text, err := settings.Text(v)
	if err != nil {
		return time.Time{}, err
	}
	back, err := settings.Convert(text, datum.Type{Kind: kind})
	return back.Time(), err
}

// setDate maps DATE: to DATE, or in the new mapping to TIMESTAMP_MILLIS of
// midnight. Neither carries the time of day.
func (p *parquetColumn) setDate(newMapping bool, settings nls.Settings) {
	days := func(v datum.Value) (int64, error) {
		t, err := throughText(settings, datum.Date, v)
		return int64(math.Floor(float64(t.Unix()) / 86400)), err
	}
	if newMapping {
		p.node = parquet.TimestampAdjusted(parquet.Millisecond, false)
		p.value = func(v datum.Value) (parquet.Value, error) {
			n, err := days(v)
			return parquet.Int64Value(n * 86_400_000), err
		}
		return
	}
	p.node = parquet.Date()
	p.value = func(v datum.Value) (parquet.Value, error) {
		n, err := days(v)
		return parquet.Int32Value(int32(n)), err
	}
}

// setTimestamp maps the timestamps to MILLIS, MICROS or NANOS by their
// precision. Those with a zone are instants; the zone itself is lost.
func (p *parquetColumn) setTimestamp(t datum.Type, settings nls.Settings) {
	unit := parquet.Nanosecond
	count := func(at time.Time) int64 { return at.UnixNano() }
	switch {
	case t.Scale <= 3:
		unit, count = parquet.Millisecond, time.Time.UnixMilli
	case t.Scale <= 6:
		unit, count = parquet.Microsecond, time.Time.UnixMicro
	}
	p.node = parquet.TimestampAdjusted(unit, t.Kind != datum.Timestamp)
	p.value = func(v datum.Value) (parquet.Value, error) {
		at, err := throughText(settings, t.Kind, v)
		if err != nil {
			return parquet.Value{}, err
		}
		if unit == parquet.Nanosecond && (at.Year() < 1678 || at.Year() > 2261) {
			return parquet.Value{}, datum.Errorf(20000, "Value of column %s is out of the range of TIMESTAMP_NANOS", p.name)
		}
		return parquet.Int64Value(count(at)), nil
	}
}

// checkMasks refuses masks with a two-digit year: RR, which the defaults of
// many territories have (reference, section 1.8).
func checkMasks(s nls.Settings) error {
	for name, mask := range map[string]string{
		"NLS_DATE_FORMAT": s.DateFormat, "NLS_TIMESTAMP_FORMAT": s.TimestampFormat, "NLS_TIMESTAMP_TZ_FORMAT": s.TimestampTZFormat,
	} {
		if strings.Contains(strings.ReplaceAll(strings.ToUpper(mask), "RRRR", ""), "RR") {
			return datum.Errorf(20000, "Invalid %s for parquet: RR is not supported, use YYYY", name)
		}
	}
	return nil
}

// parquetColumns maps all columns of a query.
func parquetColumns(columns []datum.Column, k Knobs, settings nls.Settings) ([]parquetColumn, error) {
	if err := checkMasks(settings); err != nil {
		return nil, err
	}
	list, seen := make([]parquetColumn, len(columns)), map[string]bool{}
	for i, column := range columns {
		if seen[column.Name] {
			return nil, datum.Errorf(960, "ambiguous column naming in select list")
		}
		seen[column.Name] = true
		var err error
		if list[i], err = newParquetColumn(column, k, settings); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// render makes the Parquet value of one column of a row.
func (p *parquetColumn) render(v datum.Value, index int) (parquet.Value, error) {
	if v.IsNull() {
		return parquet.NullValue().Level(0, 0, index), nil
	}
	out, err := p.value(v)
	if err != nil {
		return out, fmt.Errorf("render column %s: %w", p.name, err)
	}
	return out.Level(0, 1, index), nil
}
