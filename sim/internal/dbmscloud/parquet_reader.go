package dbmscloud

// Type parquet of COPY_DATA, by reference, section 2.6: the columns of the file
// are matched to those of the table by name, letter case aside; table columns
// that the file lacks are NULL. Values are converted to the column's type. The
// option schema says whether the columns of the first object count for all
// objects of the load (first) or those of each (all).
//
// Rejected rows are in the log alone: there is no text for the bad table.
//
// Not simulated, and refused: complex types, INT96, encrypted files.

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"
	pqformat "github.com/parquet-go/parquet-go/format"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// maxParquet is the largest object that is read; exports stay far below it
// (reference, section 1.5).
const maxParquet = 1 << 30

// rowsPerRead is how many rows are asked of the library at a time.
const rowsPerRead = 64

// parquetReader reads the rows of one Parquet object.
type parquetReader struct {
	load    *load
	uri     string
	groups  []parquet.RowGroup
	rows    parquet.Rows // of the open group; nil between groups
	sources []parquetSource
	buffer  []parquet.Row
	have    []parquet.Row // rest of the buffer
	number  int
	row     datum.Row
}

// parquetSource is where column i of the load comes from.
type parquetSource struct {
	index int // of the leaf in the file; -1 for none
	read  func(parquet.Value) (datum.Value, error)
}

// errParquet is an object that is no Parquet file, or a damaged one.
func errParquet(uri string) error {
	return datum.Errorf(20000, "Object is not a valid parquet file - %s", uri)
}

// newParquetReader opens an object. It is read whole first: the description of a
// Parquet file is at its end.
func newParquetReader(l *load, in io.Reader, uri string) (r *parquetReader, err error) {
	defer recoverDamage(uri, &err)
	file, err := openParquet(in, uri)
	if err != nil {
		return nil, err
	}
	r = &parquetReader{
		load: l, uri: uri, groups: file.RowGroups(),
		buffer: make([]parquet.Row, rowsPerRead), row: make(datum.Row, len(l.fields)),
	}
	return r, r.match(file.Root())
}

// openParquet reads an object whole and finds its description.
func openParquet(in io.Reader, uri string) (file *parquet.File, err error) {
	data, err := io.ReadAll(io.LimitReader(in, maxParquet+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxParquet || !wellFramed(data) {
		return nil, errParquet(uri)
	}
	defer recoverDamage(uri, &err)
	file, err = parquet.OpenFile(bytes.NewReader(data), int64(len(data)), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return nil, errParquet(uri)
	}
	return file, nil
}

// wellFramed checks the marks at both ends and that the description fits
// between them: the library would allocate whatever length is claimed.
func wellFramed(data []byte) bool {
	const mark = "PAR1"
	if len(data) < 12 || string(data[:4]) != mark || string(data[len(data)-4:]) != mark {
		return false
	}
	return int64(binary.LittleEndian.Uint32(data[len(data)-8:])) <= int64(len(data)-12)
}

// recoverDamage turns a panic of the library over damaged bytes into an error.
func recoverDamage(uri string, err *error) {
	if recover() != nil {
		*err = errParquet(uri)
	}
}

// match finds the source of each column by name.
//
// Errors: ORA-20000 when no column matches, or one that does is not simulated.
func (r *parquetReader) match(root *parquet.Column) error {
	columns := map[string]*parquet.Column{}
	for _, column := range root.Columns() {
		columns[strings.ToUpper(column.Name())] = column
	}
	l := r.load
	if l.firstNames == nil || l.format.schemaAll {
		l.firstNames = map[string]bool{}
		for name := range columns {
			l.firstNames[name] = true
		}
	}
	found := 0
	r.sources = make([]parquetSource, len(l.fields))
	for i, f := range l.fields {
		r.sources[i].index = -1
		name := strings.ToUpper(f.name)
		column := columns[name]
		if column == nil || !l.firstNames[name] {
			continue
		}
		found++
		read, err := parquetRead(column)
		if err != nil {
			return err
		}
		r.sources[i] = parquetSource{index: column.Index(), read: read}
	}
	if found == 0 {
		return datum.Errorf(20000, "No column of the table is in the parquet file - %s", r.uri)
	}
	return nil
}

func (r *parquetReader) next() (out record, err error) {
	defer recoverDamage(r.uri, &err)
	for len(r.have) == 0 {
		if err := r.fetch(); err != nil {
			return record{}, err
		}
	}
	values := r.have[0]
	r.have = r.have[1:]
	r.number++
	out = record{row: r.row, number: r.number}
	for i, s := range r.sources {
		if r.row[i], err = r.value(i, s, values); err != nil {
			return out, r.load.badValue(i, r.number, r.uri, err)
		}
	}
	return out, nil
}

// fetch reads some rows, of the next group when one has ended.
func (r *parquetReader) fetch() error {
	if r.rows == nil {
		if len(r.groups) == 0 {
			return io.EOF
		}
		r.rows, r.groups = r.groups[0].Rows(), r.groups[1:]
	}
	n, err := r.rows.ReadRows(r.buffer)
	r.have = r.buffer[:n]
	switch {
	case errors.Is(err, io.EOF), err == nil && n == 0:
		err = r.rows.Close()
		r.rows = nil
	case err == nil:
		return nil
	}
	if err != nil {
		return errParquet(r.uri)
	}
	return nil
}

// value converts the value of column i. Texts are read with the session's
// masks; what else differs in kind the INSERT converts.
func (r *parquetReader) value(i int, s parquetSource, values parquet.Row) (datum.Value, error) {
	if s.index < 0 || s.index >= len(values) || values[s.index].IsNull() {
		return datum.NULL, nil
	}
	v, err := s.read(values[s.index])
	if err == nil && v.Kind() == datum.Text {
		return r.load.converters[i].convert(v.Text())
	}
	return v, err
}

// parquetRead says how the values of a leaf are read.
func parquetRead(column *parquet.Column) (func(parquet.Value) (datum.Value, error), error) {
	if !column.Leaf() || column.MaxRepetitionLevel() > 0 {
		return nil, notSimulated("parquet column " + column.Name() + ", which is of a complex type")
	}
	if logical := column.Type().LogicalType(); logical != nil {
		if read := logicalRead(logical.Value, column.Type().Kind()); read != nil {
			return read, nil
		}
	}
	switch column.Type().Kind() {
	case parquet.Boolean:
		return func(v parquet.Value) (datum.Value, error) {
			if v.Boolean() {
				return datum.FromInt(1), nil
			}
			return datum.FromInt(0), nil
		}, nil
	case parquet.Int32:
		return func(v parquet.Value) (datum.Value, error) { return datum.FromInt(int64(v.Int32())), nil }, nil
	case parquet.Int64:
		return func(v parquet.Value) (datum.Value, error) { return datum.FromInt(v.Int64()), nil }, nil
	case parquet.Float:
		return func(v parquet.Value) (datum.Value, error) { return datum.FromFloat(v.Float()), nil }, nil
	case parquet.Double:
		return func(v parquet.Value) (datum.Value, error) { return datum.FromDouble(v.Double()), nil }, nil
	case parquet.ByteArray, parquet.FixedLenByteArray:
		return func(v parquet.Value) (datum.Value, error) { return datum.FromText(string(v.ByteArray())), nil }, nil
	default:
		return nil, notSimulated("parquet column " + column.Name() + " of type " + column.Type().String())
	}
}

// logicalRead reads the logical types that change what the bytes mean; nil for
// those that do not.
func logicalRead(logical pqformat.LogicalTypeValue, kind parquet.Kind) func(parquet.Value) (datum.Value, error) {
	switch t := logical.(type) {
	case *pqformat.DecimalType:
		return func(v parquet.Value) (datum.Value, error) { return readDecimal(v, kind, int(t.Scale)) }
	case *pqformat.DateType:
		return func(v parquet.Value) (datum.Value, error) {
			return oracleTime(time.Unix(int64(v.Int32())*86400, 0), datum.FromDate)
		}
	case *pqformat.TimestampType:
		from := datum.FromTimestamp
		if t.IsAdjustedToUTC {
			from = func(at time.Time) datum.Value { return datum.FromTimestampTZ(at, "+00:00") }
		}
		unit := t.Unit.Value.Duration()
		return func(v parquet.Value) (datum.Value, error) {
			perSecond := int64(time.Second / unit)
			n := v.Int64()
			seconds := n / perSecond
			return oracleTime(time.Unix(seconds, (n-seconds*perSecond)*int64(unit)), from)
		}
	case *pqformat.TimeType:
		unit := t.Unit.Value.Duration()
		return func(v parquet.Value) (datum.Value, error) {
			n := v.Int64()
			if kind == parquet.Int32 {
				n = int64(v.Int32())
			}
			return datum.FromText(time.Unix(0, n*int64(unit)).UTC().Format("15:04:05.000000000")), nil
		}
	case *pqformat.IntType:
		if !t.IsSigned && t.BitWidth == 64 {
			return func(v parquet.Value) (datum.Value, error) {
				return datum.ParseNumber(strconv.FormatUint(v.Uint64(), 10))
			}
		}
		if !t.IsSigned {
			return func(v parquet.Value) (datum.Value, error) { return datum.FromInt(int64(v.Uint32())), nil }
		}
	}
	return nil
}

// oracleTime refuses what no DATE can hold.
func oracleTime(t time.Time, from func(time.Time) datum.Value) (datum.Value, error) {
	t = t.UTC()
	if t.Year() < -4712 || t.Year() > 9999 || t.Year() == 0 {
		return datum.NULL, datum.Errorf(1841, "(full) year must be between -4713 and +9999, and not be 0")
	}
	return from(t), nil
}

func readDecimal(v parquet.Value, kind parquet.Kind, scale int) (datum.Value, error) {
	n := new(big.Int)
	switch kind {
	case parquet.Int32:
		n.SetInt64(int64(v.Int32()))
	case parquet.Int64:
		n.SetInt64(v.Int64())
	default:
		n = fromTwosComplement(v.ByteArray())
	}
	return datum.ParseNumber(fmt.Sprintf("%dE%d", n, -scale))
}

// fromTwosComplement reads a big-endian whole number.
func fromTwosComplement(b []byte) *big.Int {
	if len(b) == 8 {
		return big.NewInt(int64(binary.BigEndian.Uint64(b)))
	}
	n := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0]&0x80 != 0 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(len(b))*8))
	}
	return n
}
