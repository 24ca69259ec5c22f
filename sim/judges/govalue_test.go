package judges_test

import (
	"bytes"
	"database/sql"
	"encoding/hex"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/cockroachdb/apd/v3"
	ora "github.com/sijms/go-ora/v2"
)

// notation is the table's for values: "kind:payload", or "kind*n:unit".
var notation = regexp.MustCompile(`(?s)^(\w+)(?:\*(\d+))?:(.*)$`)

func split(value string) (kind, payload string, err error) {
	parts := notation.FindStringSubmatch(value)
	if parts == nil {
		return "", "", fmt.Errorf("%q is not a value", value)
	}
	times := 1
	if parts[2] != "" {
		if times, err = strconv.Atoi(parts[2]); err != nil {
			return "", "", err
		}
	}
	return parts[1], strings.Repeat(parts[3], times), nil
}

// moment reads a time; one without an offset is in UTC.
func moment(payload string) (time.Time, error) {
	year, rest, _ := strings.Cut(strings.TrimPrefix(payload, "-"), "-")
	y, err := strconv.Atoi(year)
	if err != nil {
		return time.Time{}, err
	}
	if strings.HasPrefix(payload, "-") {
		y = -y
	}
	for _, layout := range []string{"01-02", "01-02T15:04:05", "01-02T15:04:05-07:00"} {
		if at, err := time.Parse("2006-"+layout, "2000-"+rest); err == nil {
			return at.AddDate(y-2000, 0, 0), nil
		}
	}
	return time.Time{}, fmt.Errorf("%s is not a time", payload)
}

// native is what to hand to the driver for a value of the table.
func native(value *string) (any, error) {
	if value == nil {
		return nil, nil
	}
	kind, payload, err := split(*value)
	if err != nil {
		return nil, err
	}
	switch kind {
	case "number":
		if n, err := strconv.ParseInt(payload, 10, 64); err == nil {
			return n, nil
		}
		return payload, nil // the driver's own numbers lose the end mark of long negative ones
	case "ntext":
		return ora.NVarChar(payload), nil
	case "date", "ts":
		at, err := moment(payload)
		return ora.TimeStamp(at), err
	case "tstz", "tsltz":
		return moment(payload)
	case "bool":
		return ora.PLBool(payload == "true"), nil
	case "raw":
		return hex.DecodeString(payload)
	case "float", "double":
		return strconv.ParseFloat(payload, 64)
	case "clob":
		return ora.Clob{String: payload, Valid: true}, nil
	case "nclob":
		return ora.NClob{String: payload, Valid: true}, nil
	case "blob":
		data, err := hex.DecodeString(payload)
		return ora.Blob{Data: data}, err
	}
	return payload, nil // text, rowids; intervals and everything else as text
}

// target is where to scan a column for a wanted value: LOBs into the driver's
// own types, everything else as it comes.
func target(want *string, into *any) any {
	if want == nil {
		return into
	}
	switch kind, _, _ := strings.Cut(*want, ":"); strings.TrimRight(kind, "*0123456789") {
	case "clob":
		v := &ora.Clob{}
		*into = v
		return v
	case "nclob":
		v := &ora.NClob{}
		*into = v
		return v
	case "blob":
		v := &ora.Blob{}
		*into = v
		return v
	}
	return into
}

// same compares what the driver gave with a value of the table.
func same(what string, want *string, got any) error {
	if want == nil {
		return check(what, nil, got)
	}
	kind, payload, err := split(*want)
	if err != nil {
		return err
	}
	switch v := got.(type) {
	case nil:
		return disagreement{fmt.Sprintf("%s: NULL, want %.100s", what, *want)}
	case time.Time:
		at, err := moment(payload)
		if err != nil {
			return err
		}
		return check(what, at.Format(time.RFC3339Nano), v.Format(time.RFC3339Nano))
	case float64:
		return sameFloat(what, payload, v)
	case *ora.Clob:
		return check(what, payload, v.String)
	case *ora.NClob:
		return check(what, payload, v.String)
	case *ora.Blob:
		return check(what, strings.ToLower(payload), hex.EncodeToString(v.Data))
	case []byte:
		return check(what, strings.ToLower(payload), hex.EncodeToString(v))
	}
	return sameText(what, kind, payload, fmt.Sprint(got))
}

func sameFloat(what, payload string, got float64) error {
	want, err := strconv.ParseFloat(payload, 64)
	if err != nil || want == got || math.IsNaN(want) && math.IsNaN(got) {
		return err
	}
	return disagreement{fmt.Sprintf("%s: %v, want %v", what, got, want)}
}

func sameText(what, kind, want, got string) error {
	switch kind {
	case "number":
		a, _, err := apd.NewFromString(want)
		if err != nil {
			return err
		}
		b, _, err := apd.NewFromString(got)
		if err != nil || a.Cmp(b) != 0 {
			return disagreement{fmt.Sprintf("%s: number %s, want %s", what, got, want)}
		}
		return nil
	case "ds", "ym":
		trim := func(s string) string { // the driver writes the fraction with zeros
			if strings.Contains(s, ".") {
				s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
			}
			return s
		}
		return check(what, trim(want), trim(got))
	}
	return check(what, want, got)
}

// a receiver is the variable of an OUT bind.
type receiver struct{ dest any }

// receive makes the variable of a "kind" or "kind(size)", with the value that
// goes in when the bind is IN OUT.
func receive(kind string, in *string) (*receiver, any, error) {
	name, size, _ := strings.Cut(strings.TrimSuffix(kind, ")"), "(")
	n, _ := strconv.Atoi(size)
	r := &receiver{}
	switch name {
	case "number":
		r.dest = &ora.Number{}
	case "date", "ts", "tstz", "tsltz":
		r.dest = &time.Time{}
	case "raw":
		r.dest = &[]byte{}
	case "float", "double":
		r.dest = new(float64)
	case "clob":
		r.dest = &ora.Clob{}
	case "blob":
		r.dest = &ora.Blob{}
	case "bool":
		r.dest = new(ora.PLBool)
	case "cursor":
		r.dest = &ora.RefCursor{}
	default:
		r.dest = &sql.NullString{}
	}
	return r, ora.Out{Dest: r.dest, Size: n, In: in != nil}, r.set(in)
}

// set puts the value in that an IN OUT bind brings.
func (r *receiver) set(in *string) error {
	if in == nil {
		return nil
	}
	v, err := native(in)
	if err != nil {
		return err
	}
	switch dest := r.dest.(type) {
	case *sql.NullString:
		return dest.Scan(v)
	case *ora.Number:
		n, err := ora.NewNumber(v)
		*dest = *n
		return err
	}
	return fmt.Errorf("IN OUT %T is not in the table's words", r.dest)
}

func (r *receiver) value() any {
	switch v := r.dest.(type) {
	case *sql.NullString:
		if !v.Valid {
			return nil
		}
		return v.String
	case *ora.Number:
		text, err := v.String()
		if err != nil {
			return err
		}
		return text
	case *time.Time:
		return *v
	case *[]byte:
		return bytes.Clone(*v)
	case *float64:
		return *v
	case *ora.PLBool:
		return bool(*v)
	}
	return r.dest
}

// arguments makes the binds of a step. Variables of OUT binds go into out.
func arguments(step step, out map[string]*receiver) ([]any, error) {
	var all []any
	for _, value := range step.Binds {
		v, err := native(value)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	for name, value := range step.Named {
		if _, both := step.Out[name]; both {
			continue
		}
		v, err := native(value)
		if err != nil {
			return nil, err
		}
		all = append(all, sql.Named(name, v))
	}
	for name, kind := range step.Out {
		r, bind, err := receive(kind, step.Named[name])
		if err != nil {
			return nil, err
		}
		out[name] = r
		all = append(all, sql.Named(name, bind))
	}
	return all, nil
}

// arrayOf makes a slice of one type, as array DML wants it.
func arrayOf(column []*string) (any, error) {
	var texts []sql.NullString
	var numbers []sql.NullFloat64
	for _, value := range column {
		v, err := native(value)
		if err != nil {
			return nil, err
		}
		switch v := v.(type) {
		case int64:
			numbers = append(numbers, sql.NullFloat64{Float64: float64(v), Valid: true})
			texts = append(texts, sql.NullString{})
		case nil:
			numbers, texts = append(numbers, sql.NullFloat64{}), append(texts, sql.NullString{})
		case string:
			texts = append(texts, sql.NullString{String: v, Valid: true})
		default:
			return nil, fmt.Errorf("arrays of %T are not in the table's words", v)
		}
	}
	if len(numbers) == len(column) {
		return numbers, nil
	}
	return texts, nil
}
