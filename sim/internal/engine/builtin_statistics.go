package engine

import (
	"context"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// statisticsPackage gathers exactly, whatever sample is asked for.
func statisticsPackage() Package {
	number := numberType()
	owner, table := textParam("OWNNAME"), textParam("TABNAME")
	gather := []Param{
		owner, table, optional(textParam("PARTNAME")), optional(numberParam("ESTIMATE_PERCENT")), optional(booleanParam("BLOCK_SAMPLE")),
		optional(textParam("METHOD_OPT")), optional(numberParam("DEGREE")), optional(textParam("GRANULARITY")), optional(booleanParam("CASCADE")),
		optional(textParam("STATTAB")), optional(textParam("STATID")), optional(textParam("STATOWN")), optional(booleanParam("NO_INVALIDATE")),
		optional(textParam("STATTYPE")), optional(booleanParam("FORCE")),
	}
	remove := []Param{
		owner, table, optional(textParam("PARTNAME")), optional(textParam("STATTAB")), optional(textParam("STATID")),
		optional(booleanParam("CASCADE_PARTS")), optional(booleanParam("CASCADE_COLUMNS")), optional(booleanParam("CASCADE_INDEXES")),
		optional(textParam("STATOWN")), optional(booleanParam("NO_INVALIDATE")), optional(booleanParam("FORCE")),
	}
	return Package{Owner: "SYS", Name: "DBMS_STATS", Procedures: []Procedure{
		{Name: "GATHER_TABLE_STATS", Params: gather, Call: gatherTableStats},
		{Name: "DELETE_TABLE_STATS", Params: remove, Call: deleteTableStats},
		// The package's constant for "as much as you think right".
		{Name: "AUTO_SAMPLE_SIZE", Returns: &number, Call: func(_ context.Context, _ *Session, args *Args) error {
			args.Return(datum.FromInt(0))
			return nil
		}},
	}}
}

func gatherTableStats(ctx context.Context, s *Session, args *Args) error {
	t, err := s.analyzable(ctx, args)
	if err != nil {
		return err
	}
	if t.external != nil {
		return unimplemented("DBMS_STATS.GATHER_TABLE_STATS of an external table")
	}
	f, err := t.measure(s.snapshot())
	if err != nil {
		return s.translate(t, err)
	}
	stats := &statistics{rows: f.rows, blocks: f.blocks(), analyzed: s.instance.config.Now()}
	if f.rows > 0 {
		stats.rowLength = (f.bytes + f.rows - 1) / f.rows
	}
	return s.setStatistics(t, stats)
}

func deleteTableStats(ctx context.Context, s *Session, args *Args) error {
	t, err := s.analyzable(ctx, args)
	if err != nil {
		return err
	}
	return s.setStatistics(t, nil)
}

// setStatistics keeps statistics with the table as it is by now. They change
// no definition: older snapshots stay readable.
func (s *Session) setStatistics(t *table, stats *statistics) error {
	c := s.instance.catalog
	name := objectName{t.schema, t.name}
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.tables[name]
	if now == nil || now.id != t.id {
		return errNoTable()
	}
	now = now.clone()
	now.stats = stats
	c.tables[name] = now
	return nil
}

// analyzable finds the table whose statistics are to change. Like most of
// DBMS_STATS it commits first.
//
// Error: ORA-20000 with the name, whether the table is not there or not the
// session's to analyze.
func (s *Session) analyzable(ctx context.Context, args *Args) (*table, error) {
	if err := s.Commit(ctx); err != nil {
		return nil, err
	}
	schema, name := dictionaryName(args.Value("OWNNAME").Text()), dictionaryName(args.Value("TABNAME").Text())
	if schema == "" {
		schema = s.Schema()
	}
	t, err := s.lookup(schema, name)
	known := err == nil && (t.schema == s.user.name || s.user.role == Administrator)
	if !known || !args.Value("PARTNAME").IsNull() { // no table here has partitions
		return nil, datum.Errorf(20000, "Unable to analyze TABLE %q.%q, insufficient privileges or does not exist", schema, name)
	}
	return t, nil
}

// dictionaryName is a name as the dictionary stores it: a quoted one without
// its quotes, another in upper case.
func dictionaryName(name string) string {
	name = strings.TrimSpace(name)
	if len(name) > 2 && name[0] == '"' && name[len(name)-1] == '"' {
		return name[1 : len(name)-1]
	}
	return strings.ToUpper(name)
}
