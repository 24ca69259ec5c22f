package engine

import (
	"slices"
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// defaultTablespace is where an Autonomous Database keeps users' tables.
const defaultTablespace = "DATA"

func registerTableViews(i *Instance) {
	family[*table]{name: "TABLES", fields: tableFields(), subjects: reach.tables}.register(i)
}

func tableFields() []field[*table] {
	type row = *table
	return []field[row]{
		ownerField("OWNER", func(t row) string { return t.schema }),
		nameField("TABLE_NAME", func(t row) string { return t.name }),
		textField("TABLESPACE_NAME", 30, func(t row) string { return oneOf(t.external != nil, "", defaultTablespace) }),
		nameField[row]("CLUSTER_NAME", nil),
		nameField[row]("IOT_NAME", nil),
		constantField[row]("STATUS", 8, "VALID"),
		statistic("NUM_ROWS", func(s *statistics) int64 { return s.rows }),
		statistic("BLOCKS", func(s *statistics) int64 { return s.blocks }),
		statistic("AVG_ROW_LEN", func(s *statistics) int64 { return s.rowLength }),
		constantField[row]("TABLE_LOCK", 8, "ENABLED"),
		statistic("SAMPLE_SIZE", func(s *statistics) int64 { return s.rows }),
		dateField("LAST_ANALYZED", (*table).analyzed),
		flagField("PARTITIONED", func(t row) bool { return t.parts != nil }),
		textField[row]("IOT_TYPE", 12, nil),
		constantField[row]("TEMPORARY", 1, "N"),
		constantField[row]("SECONDARY", 1, "N"),
		constantField[row]("NESTED", 3, "NO"),
		flagField("GLOBAL_STATS", func(t row) bool { return t.stats != nil }),
		constantField[row]("USER_STATS", 3, "NO"),
		textField[row]("DURATION", 15, nil),
		nameField[row]("CLUSTER_OWNER", nil),
		constantField[row]("DROPPED", 3, "NO"),
		textField("ROW_MOVEMENT", 8, func(t row) string { return oneOf(t.parts != nil && t.parts.movement, "ENABLED", "DISABLED") }),
		constantField[row]("READ_ONLY", 3, "NO"),
		flagField("SEGMENT_CREATED", (*table).stored),
		flagField("HAS_IDENTITY", (*table).hasIdentity),
		flagField("EXTERNAL", func(t row) bool { return t.external != nil }),
		constantField[row]("HYBRID", 3, "NO"),
		constantField[row]("DEFAULT_COLLATION", 100, "USING_NLS_COMP"),
	}
}

// statistic is a number that is NULL until DBMS_STATS has gathered it.
func statistic(name string, value func(*statistics) int64) field[*table] {
	return valueField(name, numberType(), func(t *table) datum.Value {
		if t.stats == nil {
			return datum.NULL
		}
		return datum.FromInt(value(t.stats))
	})
}

func (t *table) analyzed() time.Time {
	if t.stats == nil {
		return time.Time{}
	}
	return t.stats.analyzed
}

// stored reports whether the table has a segment: a table gets it with its
// first row and keeps it.
func (t *table) stored() bool { return t.rows.Blocks() > 0 }

func (t *table) hasIdentity() bool {
	return slices.ContainsFunc(t.columns, func(c *column) bool { return c.identity != nil })
}
