package engine

import (
	"context"
	"fmt"
	"slices"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// parallelPackage is DBMS_PARALLEL_EXECUTE as far as it makes and hands out
// chunks (reference, section 7.2). Processing them is left to the sessions of
// clients: RUN_TASK is refused by name. All calls commit.
func (c *chunking) parallelPackage() Package {
	task, size := textParam("TASK_NAME"), numberParam("CHUNK_SIZE")
	owner, table := textParam("TABLE_OWNER"), textParam("TABLE_NAME")
	text, number := textOf(128), numberType()
	list := []Procedure{
		{Name: "GENERATE_TASK_NAME", Params: []Param{optional(textParam("PREFIX"))}, Returns: &text, Call: c.generateName},
		committing("CREATE_TASK", c.createTask, task, optional(textParam("COMMENT"))),
		committing("CREATE_CHUNKS_BY_ROWID", c.byRowid, task, owner, table, booleanParam("BY_ROW"), size),
		committing("CREATE_CHUNKS_BY_NUMBER_COL", c.byNumber, task, owner, table, textParam("TABLE_COLUMN"), size),
		committing("CREATE_CHUNKS_BY_SQL", c.bySQL, task, textParam("SQL_STMT"), booleanParam("BY_ROWID")),
		committing("DROP_CHUNKS", c.dropChunks, task),
		committing("DROP_TASK", c.dropTask, task),
		committing("GET_ROWID_CHUNK", c.nextChunk, c.chunkParams(task, datum.Type{Kind: datum.Rowid, Size: datum.RowidLength}, "ROWID")...),
		committing("GET_NUMBER_COL_CHUNK", c.nextChunk, c.chunkParams(task, number, "ID")...),
		committing("SET_CHUNK_STATUS", c.setStatus, task, numberParam("CHUNK_ID"), numberParam("STATUS"), optional(numberParam("ERR_NUM")), optional(textParam("ERR_MSG"))),
	}
	list = slices.Concat(list, chunkStatusConstants(number), refusedTaskCalls(task))
	return Package{Owner: "SYS", Name: "DBMS_PARALLEL_EXECUTE", Procedures: list}
}

// chunkStatusConstants are the package's constants, each as a function without
// parameters.
func chunkStatusConstants(number datum.Type) (list []Procedure) {
	for value, name := range chunkStatus {
		list = append(list, Procedure{Name: name, Returns: &number, Call: func(_ context.Context, _ *Session, args *Args) error {
			args.Return(datum.FromInt(int64(value)))
			return nil
		}})
	}
	return list
}

// refusedTaskCalls are the procedures that would process chunks.
func refusedTaskCalls(task Param) (list []Procedure) {
	for _, name := range []string{"RUN_TASK", "RESUME_TASK", "STOP_TASK"} {
		list = append(list, Procedure{
			Name:   name,
			Params: []Param{task, optional(textParam("SQL_STMT")), optional(numberParam("LANGUAGE_FLAG")), optional(textParam("EDITION")), optional(numberParam("PARALLEL_LEVEL"))},
			Call: func(context.Context, *Session, *Args) error {
				return unimplemented("DBMS_PARALLEL_EXECUTE." + name)
			},
		})
	}
	return list
}

// chunkParams are the parameters of the procedures that hand a chunk out.
func (*chunking) chunkParams(task Param, typ datum.Type, kind string) []Param {
	start, end := Param{Name: "START_" + kind, Type: typ}, Param{Name: "END_" + kind, Type: typ}
	return []Param{task, outParam(numberParam("CHUNK_ID")), outParam(start), outParam(end), outParam(booleanParam("ANY_ROWS"))}
}

// createTask is CREATE_TASK. Error: ORA-29497.
func (c *chunking) createTask(_ context.Context, s *Session, args *Args) error {
	n := objectName{s.user.name, args.Value("TASK_NAME").Text()}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case n.name == "":
		return errNumericOrValue()
	case c.tasks[n] != nil:
		return datum.Errorf(29497, "duplicate task name")
	}
	c.tasks[n] = &chunkTask{objectName: n, comment: args.Value("COMMENT").Text(), kind: chunkUndeclared, status: "CREATED"}
	return nil
}

// dropTask is DROP_TASK. Error: ORA-29498.
func (c *chunking) dropTask(_ context.Context, s *Session, args *Args) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	t, err := c.task(s, args.Value("TASK_NAME").Text())
	if err == nil {
		delete(c.tasks, t.objectName)
	}
	return err
}

// dropChunks is DROP_CHUNKS, after which the task can be chunked again.
func (c *chunking) dropChunks(_ context.Context, s *Session, args *Args) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	t, err := c.task(s, args.Value("TASK_NAME").Text())
	if err == nil {
		*t = chunkTask{objectName: t.objectName, comment: t.comment, kind: chunkUndeclared, status: "CREATED"}
	}
	return err
}

// nextChunk is GET_ROWID_CHUNK and GET_NUMBER_COL_CHUNK: it assigns a chunk
// that nobody has, or says that there is none.
func (c *chunking) nextChunk(_ context.Context, s *Session, args *Args) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	t, err := c.task(s, args.Value("TASK_NAME").Text())
	if err != nil {
		return err
	}
	kind := oneOf(args.index("START_ROWID") >= 0, "ROWID", "ID")
	args.Set("ANY_ROWS", isFalse)
	if t.rowids() != (kind == "ROWID") {
		return nil
	}
	for i := range t.chunks {
		if x := &t.chunks[i]; x.status == 0 {
			x.status, x.from = 1, s.instance.config.Now()
			args.Set("CHUNK_ID", datum.FromInt(x.id))
			args.Set("START_"+kind, x.start)
			args.Set("END_"+kind, x.end)
			args.Set("ANY_ROWS", isTrue)
			return nil
		}
	}
	return nil
}

// setStatus is SET_CHUNK_STATUS.
//
// Errors: ORA-29499 for an unknown chunk, ORA-29493 for an unknown status.
func (c *chunking) setStatus(_ context.Context, s *Session, args *Args) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	t, err := c.task(s, args.Value("TASK_NAME").Text())
	if err != nil {
		return err
	}
	id, _ := args.Value("CHUNK_ID").Int()
	status, ok := args.Value("STATUS").Int()
	if !ok || status < 0 || int(status) >= len(chunkStatus) {
		return datum.Errorf(29493, "invalid chunk status")
	}
	for i := range t.chunks {
		if x := &t.chunks[i]; x.id == id {
			x.status, x.code, x.message = int(status), args.Value("ERR_NUM"), args.Value("ERR_MSG").Text()
			if status > 1 {
				x.till = s.instance.config.Now()
			}
			return nil
		}
	}
	return datum.Errorf(29499, "Chunk not found")
}

// generateName is GENERATE_TASK_NAME.
func (c *chunking) generateName(_ context.Context, _ *Session, args *Args) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.names++
	prefix := args.Value("PREFIX").Text()
	if prefix == "" {
		prefix = "TASK$_"
	}
	args.Return(datum.FromText(fmt.Sprintf("%s%d", prefix, c.names)))
	return nil
}
