package agent_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

// carry moves every chunk of a plan and finishes the table, foreign keys
// included. It returns what could not be made.
func (p *pair) carry(migration string, plan *pb.TablePlan) []*pb.DefinitionFailure {
	p.t.Helper()
	if _, err := p.target.PrepareTable(p.t.Context(), &pb.PrepareTableRequest{MigrationId: migration, Plan: plan}); err != nil {
		p.t.Fatal(err)
	}
	for _, c := range plan.GetChunks() {
		p.carryChunk(migration, plan, c)
	}
	return append(p.finish(migration, plan, false).GetFailures(), p.finish(migration, plan, true).GetFailures()...)
}

func (p *pair) carryChunk(migration string, plan *pb.TablePlan, c *pb.Chunk) {
	p.t.Helper()
	exporting, err := p.source.Export(p.t.Context(), &pb.ExportRequest{MigrationId: migration, Plan: plan, Chunk: c, Attempt: 1, ParUrl: p.par})
	if err != nil {
		p.t.Fatal(err)
	}
	events, err := collect(exporting.Recv)
	if err != nil {
		p.t.Fatal(err)
	}
	importing, err := p.target.Import(p.t.Context(), &pb.ImportRequest{
		MigrationId: migration, Plan: plan, Chunk: c, Attempt: 1, Manifest: outcome(events).GetManifest(), ParUrl: p.par,
	})
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := collect(importing.Recv); err != nil {
		p.t.Fatal(err)
	}
}

func (p *pair) finish(migration string, plan *pb.TablePlan, references bool) *pb.FinishTableResponse {
	p.t.Helper()
	resp, err := p.target.FinishTable(p.t.Context(), &pb.FinishTableRequest{MigrationId: migration, Plan: plan, References: references})
	if err != nil {
		p.t.Fatal(err)
	}
	return resp
}

// dictionary is what a region's dictionary says of a table, apart from names
// that databases make up: a few queries, each a sorted list of rows.
func (p *pair) dictionary(region, table string) map[string][]string {
	p.t.Helper()
	said := make(map[string][]string)
	for label, query := range map[string]string{
		"columns": `SELECT COLUMN_NAME, DATA_TYPE, DATA_LENGTH, DATA_PRECISION, DATA_SCALE, CHAR_LENGTH, CHAR_USED, NULLABLE, VIRTUAL_COLUMN, HIDDEN_COLUMN,
			IDENTITY_COLUMN, DEFAULT_ON_NULL, CASE IDENTITY_COLUMN WHEN 'NO' THEN DEFAULT_LENGTH END FROM ALL_TAB_COLS
			WHERE OWNER = 'ADMIN' AND TABLE_NAME = '%s' AND USER_GENERATED = 'YES'`,
		"order":    `SELECT COLUMN_ID, COLUMN_NAME FROM ALL_TAB_COLS WHERE OWNER = 'ADMIN' AND TABLE_NAME = '%s' AND COLUMN_ID IS NOT NULL`,
		"comments": `SELECT COLUMN_NAME, COMMENTS FROM ALL_COL_COMMENTS WHERE OWNER = 'ADMIN' AND TABLE_NAME = '%s'`,
		"comment":  `SELECT COMMENTS FROM ALL_TAB_COMMENTS WHERE OWNER = 'ADMIN' AND TABLE_NAME = '%s'`,
		"constraints": `SELECT K.CONSTRAINT_TYPE, CASE K.GENERATED WHEN 'USER NAME' THEN K.CONSTRAINT_NAME END, K.SEARCH_CONDITION_VC, K.STATUS, K.VALIDATED,
			K.DEFERRABLE, K.DELETE_RULE, C.COLUMN_NAME, C.POSITION, R.TABLE_NAME FROM ALL_CONSTRAINTS K
			JOIN ALL_CONS_COLUMNS C ON C.OWNER = K.OWNER AND C.CONSTRAINT_NAME = K.CONSTRAINT_NAME
			LEFT JOIN ALL_CONSTRAINTS R ON R.OWNER = K.R_OWNER AND R.CONSTRAINT_NAME = K.R_CONSTRAINT_NAME
			WHERE K.OWNER = 'ADMIN' AND K.TABLE_NAME = '%s'`,
		"indexes": `SELECT CASE I.GENERATED WHEN 'N' THEN I.INDEX_NAME END, I.INDEX_TYPE, I.UNIQUENESS, I.VISIBILITY, I.PARTITIONED, C.COLUMN_POSITION, C.DESCEND,
			CASE SUBSTR(C.COLUMN_NAME, 1, 6) WHEN 'SYS_NC' THEN NULL ELSE C.COLUMN_NAME END FROM ALL_INDEXES I
			JOIN ALL_IND_COLUMNS C ON C.INDEX_OWNER = I.OWNER AND C.INDEX_NAME = I.INDEX_NAME WHERE I.OWNER = 'ADMIN' AND I.TABLE_NAME = '%s'`,
		"partitioning": `SELECT PARTITIONING_TYPE, INTERVAL, PARTITION_COUNT FROM ALL_PART_TABLES WHERE OWNER = 'ADMIN' AND TABLE_NAME = '%s'`,
		"partitions": `SELECT PARTITION_POSITION, CASE SUBSTR(PARTITION_NAME, 1, 5) WHEN 'SYS_P' THEN NULL ELSE PARTITION_NAME END, INTERVAL
			FROM ALL_TAB_PARTITIONS WHERE TABLE_OWNER = 'ADMIN' AND TABLE_NAME = '%s'`,
		"identities": `SELECT COLUMN_NAME, GENERATION_TYPE FROM ALL_TAB_IDENTITY_COLS WHERE OWNER = 'ADMIN' AND TABLE_NAME = '%s'`,
		// LONGs can be fetched and nothing else.
		"defaults":    `SELECT COLUMN_NAME, DATA_DEFAULT FROM ALL_TAB_COLS WHERE OWNER = 'ADMIN' AND TABLE_NAME = '%s' AND IDENTITY_COLUMN = 'NO' AND USER_GENERATED = 'YES'`,
		"expressions": `SELECT INDEX_NAME, COLUMN_POSITION, COLUMN_EXPRESSION FROM ALL_IND_EXPRESSIONS WHERE TABLE_OWNER = 'ADMIN' AND TABLE_NAME = '%s'`,
		"bounds":      `SELECT PARTITION_POSITION, HIGH_VALUE FROM ALL_TAB_PARTITIONS WHERE TABLE_OWNER = 'ADMIN' AND TABLE_NAME = '%s'`,
	} {
		for _, row := range p.rows(region, fmt.Sprintf(query, table)) {
			said[label] = append(said[label], strings.Join(row, " | "))
		}
		slices.Sort(said[label])
	}
	if len(said["columns"]) == 0 || len(said["order"]) == 0 {
		p.t.Errorf("%s has no table %s", region, table)
	}
	return said
}

// wantAlike compares both dictionaries and both tables' rows, virtual columns included.
func (p *pair) wantAlike(plan *pb.TablePlan) {
	p.t.Helper()
	source, target := plan.GetSource().GetName(), plan.GetTarget().GetName()
	if diff := gocmp.Diff(p.dictionary(sim.SanJose, source), p.dictionary(sim.Phoenix, target)); diff != "" {
		p.t.Errorf("%s and %s differ:\n%s", source, target, diff)
	}
	digest := func(client pb.AgentServiceClient, table *pb.TableName, scn int64) string {
		selection := &pb.RowSelection{Table: table, Scn: scn}
		for _, c := range plan.GetColumns() {
			selection.Columns = append(selection.Columns, c.GetColumn())
		}
		resp, err := client.Checksum(p.t.Context(), &pb.ChecksumRequest{Selection: selection})
		if err != nil {
			p.t.Fatal(err)
		}
		return resp.GetDigest().String()
	}
	if a, b := digest(p.source, plan.GetSource(), plan.GetScn()), digest(p.target, plan.GetTarget(), 0); a != b {
		p.t.Errorf("%s: %s is not %s", source, a, b)
	}
}

func TestTablesAreMadeLikeTheirSource(t *testing.T) {
	p := newPair(t, sim.Config{})
	parent := []string{"CREATE TABLE PARENT (A NUMBER(10), B VARCHAR2(10), CONSTRAINT PARENT_PK PRIMARY KEY (A, B))", "INSERT INTO PARENT VALUES (1, 'x')"}
	p.exec(sim.SanJose, parent...)
	p.exec(sim.Phoenix, parent...)
	for name, statements := range map[string][]string{
		"IDENTITIES": {
			"CREATE TABLE IDENTITIES (ID NUMBER(12) GENERATED ALWAYS AS IDENTITY (START WITH 10 INCREMENT BY 10) PRIMARY KEY, X NUMBER)",
			"INSERT INTO IDENTITIES (X) VALUES (1)", "INSERT INTO IDENTITIES (X) VALUES (2)",
		},
		"ON_NULL": {
			"CREATE TABLE ON_NULL (ID NUMBER GENERATED BY DEFAULT ON NULL AS IDENTITY, X NUMBER DEFAULT ON NULL 7, Y DATE DEFAULT DATE '2020-02-29' NOT NULL)",
			"INSERT INTO ON_NULL (ID) VALUES (1000)",
		},
		"VIRTUALS": {
			`CREATE TABLE VIRTUALS (A NUMBER, B VARCHAR2(20 CHAR), "v 1" NUMBER(10,2) GENERATED ALWAYS AS (A / 3) VIRTUAL, UP VARCHAR2(20 CHAR) GENERATED ALWAYS AS (UPPER(B)) VIRTUAL,
				H NUMBER INVISIBLE DEFAULT 4, CONSTRAINT POSITIVE CHECK (A > 0 OR A IS NULL), CHECK (B <> 'it''s'))`,
			"INSERT INTO VIRTUALS (A, B) VALUES (10, 'äß')",
		},
		"KEYS": {
			`CREATE TABLE KEYS (A NUMBER(10) CONSTRAINT KEYS_A NOT NULL, B VARCHAR2(10) NOT NULL, P NUMBER(10), Q VARCHAR2(10), UP NUMBER(10), UQ VARCHAR2(10),
				CONSTRAINT KEYS_PK PRIMARY KEY (A, B), CONSTRAINT KEYS_UK UNIQUE (B, A, P), UNIQUE (Q) DISABLE,
				CONSTRAINT KEYS_FK FOREIGN KEY (P, Q) REFERENCES PARENT (A, B) ON DELETE CASCADE, CONSTRAINT KEYS_SELF FOREIGN KEY (UP, UQ) REFERENCES KEYS (A, B))`,
			"INSERT INTO KEYS VALUES (1, 'r', 1, 'x', NULL, NULL)", "INSERT INTO KEYS VALUES (2, 's', 1, 'x', 1, 'r')",
		},
		"INDEXED": {
			"CREATE TABLE INDEXED (A NUMBER, B VARCHAR2(10), C DATE) PARTITION BY HASH (A) PARTITIONS 3", "CREATE UNIQUE INDEX INDEXED_1 ON INDEXED (A, B)",
			"CREATE INDEX INDEXED_2 ON INDEXED (UPPER(B), C DESC) INVISIBLE", "CREATE BITMAP INDEX INDEXED_3 ON INDEXED (C) LOCAL",
			"INSERT INTO INDEXED VALUES (1, 'a', SYSDATE)",
		},
		"OWN_INDEX": {
			"CREATE TABLE OWN_INDEX (A NUMBER, B NUMBER)", "CREATE UNIQUE INDEX OWN_INDEX_IX ON OWN_INDEX (A)",
			"ALTER TABLE OWN_INDEX ADD CONSTRAINT OWN_INDEX_PK PRIMARY KEY (A) USING INDEX OWN_INDEX_IX", "INSERT INTO OWN_INDEX VALUES (1, 2)",
		},
		"DAYS": {
			`CREATE TABLE DAYS (D DATE NOT NULL, X NUMBER) PARTITION BY RANGE (D) INTERVAL (NUMTODSINTERVAL(1, 'DAY'))
				(PARTITION OLD VALUES LESS THAN (DATE '2020-01-01'), PARTITION "less Old" VALUES LESS THAN (DATE '2021-01-01'))`,
			"INSERT INTO DAYS VALUES (DATE '2019-05-05', 1)", "INSERT INTO DAYS VALUES (DATE '2022-05-05', 2)",
			"COMMENT ON TABLE DAYS IS 'it''s one'", "COMMENT ON COLUMN DAYS.X IS '-- no comment'",
		},
		"LISTED": {
			"CREATE TABLE LISTED (A VARCHAR2(10), B NUMBER) PARTITION BY LIST (A) (PARTITION P1 VALUES ('a', 'b''c'), PARTITION P2 VALUES (NULL), PARTITION P3 VALUES (DEFAULT))",
			"INSERT INTO LISTED VALUES ('b''c', 1)", "INSERT INTO LISTED VALUES (NULL, 2)",
		},
	} {
		p.exec(sim.SanJose, statements...)
		plan := p.plan(name)
		if len(plan.GetDefinition().GetNotMade()) > 0 {
			t.Errorf("%s: not made: %v", name, plan.GetDefinition().GetNotMade())
		}
		if failures := p.carry("m1", plan); len(failures) > 0 {
			t.Errorf("%s: %v", name, failures)
		}
		p.wantAlike(plan)
	}
}

func TestRandomDefinitionsArriveAsTheyAre(t *testing.T) {
	p := newPair(t, sim.Config{})
	parent := []string{"CREATE TABLE PARENT (ID NUMBER(10) PRIMARY KEY)", "INSERT INTO PARENT VALUES (1)"}
	p.exec(sim.SanJose, parent...)
	p.exec(sim.Phoenix, parent...)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	for n := range 12 {
		d := newRandomTable(random, fmt.Sprintf("T%d", n))
		p.exec(sim.SanJose, d.statements()...)
		plan := p.plan(d.name)
		if failures := p.carry("m1", plan); len(failures) > 0 {
			t.Errorf("%s: %v", d.create(), failures)
		}
		p.wantAlike(plan)
		// Once more, with rows in place: nothing is left to do, and nothing is done.
		before := p.sim.Region(sim.Phoenix).Statements()
		again := append(p.finish("m1", plan, false).GetFailures(), p.finish("m1", plan, true).GetFailures()...)
		if len(again) > 0 {
			t.Errorf("%s: again: %v", d.create(), again)
		}
		for _, text := range p.sim.Region(sim.Phoenix).Statements()[len(before):] {
			if strings.Contains(text, "ALTER TABLE") || strings.Contains(text, " CREATE ") || strings.Contains(text, "COMMENT ON") {
				t.Errorf("%s: made again: %s", d.create(), text)
			}
		}
		if t.Failed() {
			t.Fatalf("%s", strings.Join(d.statements(), ";\n"))
		}
	}
}

// A randomTable is a table with a random definition.
type randomTable struct {
	name             string
	columns, keys    []string
	partitions       string
	after            []string
	filled, fillings []string
}

func newRandomTable(r *rand.Rand, name string) *randomTable {
	d := &randomTable{name: name}
	d.column(r, "ID", "NUMBER(10)", cmp.Or(map[int]string{0: "", 1: " GENERATED ALWAYS AS IDENTITY", 2: " GENERATED BY DEFAULT AS IDENTITY (START WITH 3 INCREMENT BY 4)"}[r.IntN(3)], " NOT NULL"))
	for n := range 1 + r.IntN(5) {
		d.random(r, fmt.Sprintf(pick(r, "C%d", "c %d", "Sel%d"), n))
	}
	d.declare(r)
	d.partition(r)
	return d
}

func pick(r *rand.Rand, choices ...string) string { return choices[r.IntN(len(choices))] }

func (d *randomTable) column(_ *rand.Rand, name, typ, rest string) {
	d.columns = append(d.columns, fmt.Sprintf("%q %s%s", name, typ, rest))
}

// random adds a column with a random type and, at times, a default, a
// visibility, a nullability, a virtual shadow, a comment.
func (d *randomTable) random(r *rand.Rand, name string) {
	kind := []struct{ typ, byDefault, value string }{
		{"NUMBER", "1.5", "42"},
		{"NUMBER(12,3)", "-1", "1.125"},
		{"VARCHAR2(30 CHAR)", "'it''s -- so'", "'text'"},
		{"VARCHAR2(20 BYTE)", "USER", "'x'"},
		{"DATE", "SYSDATE", "DATE '2024-02-29'"},
		{"TIMESTAMP(3)", "SYSTIMESTAMP", "TIMESTAMP '2024-02-29 01:02:03.004'"},
		{"RAW(16)", "HEXTORAW('FF')", "HEXTORAW('00')"},
		{"CLOB", "'c'", "'large'"},
		{"CHAR(5)", "'y'", "'ab'"},
		{"NVARCHAR2(9)", "N'n'", "'nat'"},
	}[r.IntN(10)]
	rest := pick(r, "", "", " INVISIBLE")
	if byDefault := pick(r, "", " DEFAULT ", " DEFAULT ON NULL "); byDefault != "" {
		rest += byDefault + kind.byDefault
	} else {
		rest += pick(r, "", " NOT NULL", fmt.Sprintf(" CONSTRAINT \"%s %s\" NOT NULL", d.name, name))
	}
	d.column(r, name, kind.typ, rest)
	d.filled, d.fillings = append(d.filled, fmt.Sprintf("%q", name)), append(d.fillings, kind.value)
	if kind.typ == "NUMBER" && r.IntN(2) == 0 {
		d.column(r, name+"v", "NUMBER", fmt.Sprintf(" GENERATED ALWAYS AS (%q + 1) VIRTUAL", name))
	}
	if r.IntN(3) == 0 {
		d.after = append(d.after, fmt.Sprintf("COMMENT ON COLUMN %s.%q IS 'of %s'", d.name, name, name))
	}
	if kind.typ != "CLOB" && r.IntN(2) == 0 {
		d.after = append(d.after, fmt.Sprintf(`CREATE %sINDEX "%s %s" ON %s (%q%s, ID)`, pick(r, "", "UNIQUE "), d.name, name, d.name, name, pick(r, "", " DESC")))
	}
}

// declare adds constraints.
func (d *randomTable) declare(r *rand.Rand) {
	for _, k := range []string{
		pick(r, `PRIMARY KEY (ID)`, fmt.Sprintf(`CONSTRAINT %s_PK PRIMARY KEY (ID)`, d.name)), fmt.Sprintf(`CONSTRAINT %s_CK CHECK ("ID" > 0 AND 'a' < 'b')`, d.name),
		`CHECK (MOD(ID, 1) = 0) DISABLE`, fmt.Sprintf(`CONSTRAINT %s_FK FOREIGN KEY (ID) REFERENCES PARENT (ID)%s DISABLE`, d.name, pick(r, "", " ON DELETE CASCADE")),
	} {
		if r.IntN(2) == 0 {
			d.keys = append(d.keys, k)
		}
	}
}

func (d *randomTable) partition(r *rand.Rand) {
	d.partitions = pick(r, "", "", " PARTITION BY HASH (ID) PARTITIONS 4", " PARTITION BY RANGE (ID) (PARTITION LOW VALUES LESS THAN (10), PARTITION HIGH VALUES LESS THAN (MAXVALUE))",
		" PARTITION BY RANGE (ID) INTERVAL (10) (PARTITION FIRST VALUES LESS THAN (2))", " PARTITION BY LIST (ID) (PARTITION ONE VALUES (1, 2), PARTITION REST VALUES (DEFAULT))")
}

func (d *randomTable) create() string {
	return fmt.Sprintf("CREATE TABLE %s (%s)%s", d.name, strings.Join(append(slices.Clone(d.columns), d.keys...), ", "), d.partitions)
}

// statements create the table, comment, index and fill it.
func (d *randomTable) statements() []string {
	list := append([]string{d.create()}, d.after...)
	columns, values := d.filled, d.fillings
	if !strings.Contains(d.columns[0], "ALWAYS") {
		columns, values = append([]string{"ID"}, columns...), append([]string{"17"}, values...)
	}
	return append(list, fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", d.name, strings.Join(columns, ", "), strings.Join(values, ", ")))
}
