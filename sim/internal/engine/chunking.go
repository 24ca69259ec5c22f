package engine

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// chunking is the tasks of DBMS_PARALLEL_EXECUTE in an instance.
type chunking struct {
	mu     sync.Mutex
	tasks  map[objectName]*chunkTask
	lastID int64
	names  int64
}

// A chunkTask is a task with its chunks.
type chunkTask struct {
	objectName

	comment       string
	kind          string // CHUNK_TYPE
	status        string
	table         objectName
	column, query string
	chunks        []chunk
}

// A chunk is one range of ROWIDs or numbers, both ends included.
type chunk struct {
	task       *chunkTask
	id         int64
	status     int
	start, end datum.Value
	from, till time.Time
	code       datum.Value
	message    string
}

// chunkStatus are the words of USER_PARALLEL_EXECUTE_CHUNKS.STATUS, by the
// value of the package's constants.
var chunkStatus = [...]string{"UNASSIGNED", "ASSIGNED", "PROCESSED", "PROCESSED_WITH_ERROR"}

// The kinds of chunks.
const (
	chunkUndeclared = "UNDECLARED"
	chunkRowids     = "ROWID_RANGE"
	chunkNumbers    = "NUMBER_RANGE"
)

// rowids reports whether the chunks of the task are ranges of ROWIDs.
func (t *chunkTask) rowids() bool { return t.kind == chunkRowids }

// task finds a task of the session's user. The caller holds the mutex.
//
// Error: ORA-29498.
func (c *chunking) task(s *Session, name string) (*chunkTask, error) {
	t := c.tasks[objectName{s.user.name, name}]
	if t == nil {
		return nil, datum.Errorf(29498, "Task not found")
	}
	return t, nil
}

// chunkable finds a task that has no chunks yet.
//
// Errors: ORA-29498, ORA-29492.
func (c *chunking) chunkable(s *Session, name string) (*chunkTask, error) {
	t, err := c.task(s, name)
	if err == nil && t.status != "CREATED" {
		err = datum.Errorf(29492, "invalid state for chunking")
	}
	return t, err
}

// add gives a task one more chunk.
func (c *chunking) add(t *chunkTask, start, end datum.Value) {
	c.lastID++
	t.chunks = append(t.chunks, chunk{task: t, id: c.lastID, start: start, end: end})
}

// list returns copies of the tasks, sorted by name.
func (c *chunking) list() []chunkTask {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sorted()
}

// sorted is list for a caller that holds the mutex.
func (c *chunking) sorted() []chunkTask {
	var list []chunkTask
	for _, t := range slices.SortedFunc(maps.Values(c.tasks), func(a, b *chunkTask) int {
		return cmp.Or(cmp.Compare(a.schema, b.schema), cmp.Compare(a.name, b.name))
	}) {
		dup := *t
		dup.chunks = slices.Clone(t.chunks)
		list = append(list, dup)
	}
	return list
}

func (c *chunking) registerViews(i *Instance) {
	tasks := func(r reach) []chunkTask {
		return slices.DeleteFunc(c.list(), func(t chunkTask) bool { return r.class == 'U' && t.schema != r.s.user.name })
	}
	chunks := func(r reach) []chunk {
		var list []chunk
		for _, t := range tasks(r) {
			list = append(list, t.chunks...)
		}
		return list
	}
	family[chunkTask]{name: "PARALLEL_EXECUTE_TASKS", fields: chunkTaskFields(), subjects: tasks, noAll: true}.register(i)
	family[chunk]{name: "PARALLEL_EXECUTE_CHUNKS", fields: chunkFields(), subjects: chunks, noAll: true}.register(i)
}

func chunkTaskFields() []field[chunkTask] {
	type row = chunkTask
	return []field[row]{
		ownerField("TASK_OWNER", func(t row) string { return t.schema }),
		nameField("TASK_NAME", func(t row) string { return t.name }),
		textField("CHUNK_TYPE", 12, func(t row) string { return t.kind }),
		textField("STATUS", 19, func(t row) string { return t.status }),
		nameField("TABLE_OWNER", func(t row) string { return t.table.schema }),
		nameField("TABLE_NAME", func(t row) string { return t.table.name }),
		nameField("NUMBER_COLUMN", func(t row) string { return t.column }),
		textField("TASK_COMMENT", 4000, func(t row) string { return t.comment }),
		textField[row]("JOB_PREFIX", 128, nil),
		textField("SQL_STMT", 32767, func(t row) string { return t.query }),
		numberField[row]("LANGUAGE_FLAG", nil),
		textField[row]("EDITION", 130, nil),
		textField[row]("APPLY_CROSSEDITION_TRIGGER", 130, nil),
		textField[row]("FIRE_APPLY_TRIGGER", 10, nil),
		numberField[row]("PARALLEL_LEVEL", nil),
		textField[row]("JOB_CLASS", 130, nil),
	}
}

func chunkFields() []field[chunk] {
	type row = chunk
	moment := func(name string, value func(row) time.Time) field[row] {
		return valueField(name, datum.Type{Kind: datum.Timestamp, Scale: 6}, func(c row) datum.Value {
			t := value(c)
			if t.IsZero() {
				return datum.NULL
			}
			return datum.FromTimestamp(t.UTC().Truncate(time.Microsecond))
		})
	}
	end := func(name string, rowids bool, value func(row) datum.Value) field[row] {
		typ := numberType()
		if rowids {
			typ = datum.Type{Kind: datum.Rowid, Size: datum.RowidLength}
		}
		return valueField(name, typ, func(c row) datum.Value {
			if c.task.rowids() != rowids {
				return datum.NULL
			}
			return value(c)
		})
	}
	start, last := func(c row) datum.Value { return c.start }, func(c row) datum.Value { return c.end }
	return []field[row]{
		numberField("CHUNK_ID", func(c row) int64 { return c.id }),
		ownerField("TASK_OWNER", func(c row) string { return c.task.schema }),
		nameField("TASK_NAME", func(c row) string { return c.task.name }),
		textField("STATUS", 20, func(c row) string { return chunkStatus[c.status] }),
		end("START_ROWID", true, start),
		end("END_ROWID", true, last),
		end("START_ID", false, start),
		end("END_ID", false, last),
		textField[row]("JOB_NAME", 128, nil),
		moment("START_TS", func(c row) time.Time { return c.from }),
		moment("END_TS", func(c row) time.Time { return c.till }),
		valueField("ERROR_CODE", numberType(), func(c row) datum.Value { return c.code }),
		textField("ERROR_MESSAGE", 4000, func(c row) string { return c.message }),
	}
}
