package engine

import (
	"fmt"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// The limits and the cache of the sequence behind an identity column, which
// the simulator does not let anyone choose.
const (
	sequenceMax   = "9999999999999999999999999999" // of an ascending one
	sequenceMin   = "-999999999999999999999999999" // of a descending one
	sequenceCache = 20
)

func registerIdentityViews(i *Instance) {
	family[tableColumn]{name: "TAB_IDENTITY_COLS", fields: identityFields(), subjects: reach.identities}.register(i)
	family[tableColumn]{name: "SEQUENCES", fields: sequenceFields(), subjects: reach.identities}.register(i)
}

// identities returns the identity columns within reach. Their generators are
// the only sequences there are.
func (r reach) identities() []tableColumn {
	var list []tableColumn
	for _, c := range r.columns(false) {
		if c.identity != nil {
			list = append(list, c)
		}
	}
	return list
}

func identityFields() []field[tableColumn] {
	type row = tableColumn
	return []field[row]{
		ownerField("OWNER", func(c row) string { return c.table.schema }),
		nameField("TABLE_NAME", func(c row) string { return c.table.name }),
		nameField("COLUMN_NAME", func(c row) string { return c.name }),
		textField("GENERATION_TYPE", 10, func(c row) string { return oneOf(c.identity.always, "ALWAYS", "BY DEFAULT") }),
		nameField("SEQUENCE_NAME", func(c row) string { return c.identity.sequence }),
		textField("IDENTITY_OPTIONS", 298, func(c row) string { return c.identity.options() }),
	}
}

func sequenceFields() []field[tableColumn] {
	type row = tableColumn
	no := func(name string) field[row] { return constantField[row](name, 1, "N") }
	return []field[row]{
		ownerField("SEQUENCE_OWNER", func(c row) string { return c.table.schema }),
		nameField("SEQUENCE_NAME", func(c row) string { return c.identity.sequence }),
		valueField("MIN_VALUE", numberType(), func(c row) datum.Value { return decimalLiteral(c.identity.lowest()) }),
		valueField("MAX_VALUE", numberType(), func(c row) datum.Value { return decimalLiteral(c.identity.highest()) }),
		numberField("INCREMENT_BY", func(c row) int64 { return c.identity.by }),
		no("CYCLE_FLAG"), no("ORDER_FLAG"),
		numberField("CACHE_SIZE", func(row) int64 { return sequenceCache }),
		numberField("LAST_NUMBER", func(c row) int64 { return c.identity.lastNumber() }),
		no("SCALE_FLAG"), no("EXTEND_FLAG"), no("SESSION_FLAG"), no("KEEP_VALUE"),
	}
}

func (i *identity) lowest() string {
	if i.by < 0 {
		return sequenceMin
	}
	return "1"
}

func (i *identity) highest() string {
	if i.by < 0 {
		return "-1"
	}
	return sequenceMax
}

func (i *identity) options() string {
	return strings.Join([]string{
		fmt.Sprintf("START WITH: %d", i.start), fmt.Sprintf("INCREMENT BY: %d", i.by),
		"MAX_VALUE: " + i.highest(), "MIN_VALUE: " + i.lowest(), "CYCLE_FLAG: N", fmt.Sprintf("CACHE_SIZE: %d", sequenceCache),
		"ORDER_FLAG: N", "SCALE_FLAG: N", "EXTEND_FLAG: N", "SESSION_FLAG: N", "KEEP_VALUE: N",
	}, ", ")
}

// lastNumber is LAST_NUMBER: the first number that is not yet set aside. A
// sequence sets numbers aside by the cacheful (reference, section 8.2).
func (i *identity) lastNumber() int64 {
	given := (i.peek() - i.start) / i.by
	cachefuls := (given + sequenceCache - 1) / sequenceCache
	return i.start + cachefuls*sequenceCache*i.by
}

// decimalLiteral is a number that is written out in this package.
func decimalLiteral(digits string) datum.Value {
	v, err := datum.ParseNumber(digits)
	if err != nil {
		panic(err)
	}
	return v
}
