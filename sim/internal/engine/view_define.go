package engine

import (
	"time"
	"unicode/utf8"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// A field is one column of a dictionary view over subjects of type T: what it
// is called, what it is, and how it is read from a subject. A nil value means
// that the simulator has nothing that the column could describe: it is NULL.
type field[T any] struct {
	column  datum.Column
	foreign bool // left out of the USER_ view, where it would be the user's own name
	value   func(T) datum.Value
}

// The constructors of fields. Sizes are those of Oracle's public reference.

func textField[T any](name string, size int, value func(T) string) field[T] {
	f := field[T]{column: datum.Column{Name: name, Type: textOf(size), Nullable: true}}
	if value != nil {
		f.value = func(subject T) datum.Value { return datum.FromText(value(subject)) }
	}
	return f
}

// constantField is a property that all subjects of the simulator share.
func constantField[T any](name string, size int, constant string) field[T] {
	v := datum.FromText(constant)
	return field[T]{column: datum.Column{Name: name, Type: textOf(size), Nullable: true}, value: func(T) datum.Value { return v }}
}

// nameField is an identifier: 128 bytes since 12.2.
func nameField[T any](name string, value func(T) string) field[T] {
	return textField(name, 128, value)
}

// ownerField is a nameField that USER_ views do not have.
func ownerField[T any](name string, value func(T) string) field[T] {
	f := nameField(name, value)
	f.foreign = true
	return f
}

func flagField[T any](name string, value func(T) bool) field[T] {
	return textField(name, 3, func(subject T) string { return yesNo(value(subject)) })
}

func numberField[T any](name string, value func(T) int64) field[T] {
	f := field[T]{column: datum.Column{Name: name, Type: numberType(), Nullable: true}}
	if value != nil {
		f.value = func(subject T) datum.Value { return datum.FromInt(value(subject)) }
	}
	return f
}

// valueField is for what may be NULL without being empty text.
func valueField[T any](name string, typ datum.Type, value func(T) datum.Value) field[T] {
	return field[T]{column: datum.Column{Name: name, Type: typ, Nullable: true}, value: value}
}

// longField is a LONG, which SQL can only fetch.
func longField[T any](name string, value func(T) string) field[T] {
	f := textField(name, 0, value)
	f.column.Type = datum.Type{Kind: datum.Text, Long: true}
	return f
}

func dateField[T any](name string, value func(T) time.Time) field[T] {
	f := field[T]{column: datum.Column{Name: name, Type: datum.Type{Kind: datum.Date}, Nullable: true}}
	if value != nil {
		f.value = func(subject T) datum.Value { return dateOf(value(subject)) }
	}
	return f
}

// dateOf is a time as a DATE; the zero time is NULL. The database's own clock
// runs in UTC, as an Autonomous Database's does.
func dateOf(t time.Time) datum.Value {
	if t.IsZero() {
		return datum.NULL
	}
	return datum.FromDate(t.UTC())
}

func textOf(size int) datum.Type { return datum.Type{Kind: datum.Text, Size: size, Chars: size} }

func yesNo(b bool) string {
	if b {
		return "YES"
	}
	return "NO"
}

// letter is the Y and N of the older columns.
func letter(b bool) string { return yesNo(b)[:1] }

// newView makes a view of all fields.
func newView[T any](name string, fields []field[T], subjects func(*Session) []T) View {
	v := View{Name: name}
	for _, f := range fields {
		v.Columns = append(v.Columns, f.column)
	}
	v.Rows = func(s *Session) []datum.Row { return viewRows(fields, subjects(s)) }
	return v
}

// viewRows makes the rows of subjects.
func viewRows[T any](fields []field[T], list []T) []datum.Row {
	rows := make([]datum.Row, len(list))
	for i, subject := range list {
		row := make(datum.Row, len(fields))
		for n := range fields {
			if fields[n].value != nil {
				row[n] = fields[n].value(subject)
			}
		}
		rows[i] = row
	}
	return rows
}

// prefixOf returns the longest beginning of text that fits into n bytes and
// does not break a character.
func prefixOf(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}
