// Package agenttest is a pair of agents that work in memory, behind the real
// gRPC service: a table is a number of rows, an object a number of bytes and
// rows, a load a ledger entry. They keep every promise of AgentService, so
// what the controller relies on is tested here, and Suite proves the same
// promises of a real agent. Faults are injected per RPC, each strikes once.
//
// Rows have keys from 1 and the key in every column, unless Change and Replace
// say otherwise. Not simulated: SQL, time. Only tests import it.
package agenttest

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"google.golang.org/protobuf/proto"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// An Agent stands next to one database in memory.
type Agent struct {
	pb.UnimplementedAgentServiceServer

	name   string
	region string
	bucket *Bucket

	mu       sync.Mutex
	scn      int64
	tables   map[string]*table
	ledger   map[string]int64 // rows committed, by migration and chunk
	running  map[string]*attempt
	workers  sync.WaitGroup
	faults   []Fault
	calls    []string
	chunks   int // per planned table
	formats  []pb.Format
	plain    bool                 // csv is planned with text as it is, and without after that failed
	planned  *pb.PlanTableRequest // last
	maxBytes int32
	refused  map[string]string   // columns that Checksum leaves out, and why
	unmade   map[string]bool     // constraints that FinishTable cannot add
	spoiled  map[pb.Format]spoil // what loads in a format do to a row
}

// A table has a row count that changes with the SCN, and knows whose rows it has.
type table struct {
	description *pb.Table
	history     []version
	owner       string   // migration that created or loaded it; "" for what was there before
	made        []string // constraints
	content
}

type version struct{ scn, rows int64 }

func newAgent(name, region string, bucket *Bucket) *Agent {
	return &Agent{
		name: name, region: region, bucket: bucket, scn: 1000, chunks: 1, maxBytes: 4000, formats: []pb.Format{pb.Format_FORMAT_CSV},
		tables: map[string]*table{}, ledger: map[string]int64{}, running: map[string]*attempt{},
		unmade: map[string]bool{}, spoiled: map[pb.Format]spoil{},
	}
}

// Name returns the name of the agent's database.
func (a *Agent) Name() string { return a.name }

// SetFormats says which formats PlanTable chooses from, the cheapest first.
func (a *Agent) SetFormats(formats ...pb.Format) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.formats = formats
}

// SetPlain has csv planned with text as it is, and once that failed as hex.
func (a *Agent) SetPlain() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.plain = true
}

// SetChunks makes PlanTable cut every table into n chunks.
func (a *Agent) SetChunks(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.chunks = n
}

// AddTable puts a table with rows into the database, over what was there.
func (a *Agent) AddTable(name *pb.TableName, rows int64, columns ...*pb.Column) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.scn++
	bytes := rows * 100
	a.tables[key(name)] = &table{
		description: &pb.Table{Name: proto.CloneOf(name), Columns: columns, EstimatedRows: &rows, EstimatedBytes: &bytes},
		history:     []version{{scn: a.scn, rows: rows}},
	}
}

// SetKey gives a table a primary key.
func (a *Agent) SetKey(name *pb.TableName, columns ...string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.tables[key(name)].description.PrimaryKey = columns
}

// SetMaxStringBytes says how long a text of the database may be.
func (a *Agent) SetMaxStringBytes(n int32) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.maxBytes = n
}

// SetDefinition says what a table has beside its columns.
func (a *Agent) SetDefinition(name *pb.TableName, d *pb.TableDefinition) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.tables[key(name)].description.Definition = d
}

// Retype gives a column of a table another type.
func (a *Agent) Retype(name *pb.TableName, column, dataType string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, c := range a.tables[key(name)].description.GetColumns() {
		if c.GetName() == column {
			c.DataType = dataType
		}
	}
}

// AddRows inserts rows behind the controller's back; negative n deletes.
func (a *Agent) AddRows(name *pb.TableName, n int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.addRows(a.tables[key(name)], n)
}

// DropTable removes a table, behind everybody's back.
func (a *Agent) DropTable(name *pb.TableName) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.tables, key(name))
}

// addRows commits a new row count under a new SCN; the caller holds the lock.
func (a *Agent) addRows(t *table, n int64) {
	a.scn++
	t.history = append(t.history, version{scn: a.scn, rows: t.now() + n})
}

// Rows returns the row count of a table now, -1 when there is no such table.
func (a *Agent) Rows(name *pb.TableName) int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	if t := a.tables[key(name)]; t != nil {
		return t.now()
	}
	return -1
}

// Calls returns every call so far: the RPC and, after a space, what it was about.
func (a *Agent) Calls() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.calls)
}

// Running returns how many exports and imports run now.
func (a *Agent) Running() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := 0
	for _, t := range a.running {
		if !t.ended() {
			n++
		}
	}
	return n
}

// Restart forgets what a killed agent forgets: its running work, which it takes
// down with it. Tables, ledger and bucket stay.
func (a *Agent) Restart() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, t := range a.running {
		t.cancel(errKilled)
	}
	a.running = map[string]*attempt{}
}

// Close ends all running work and waits for it.
func (a *Agent) Close() {
	a.Restart()
	a.workers.Wait()
}

// enter notes a call and returns the fault that strikes it, the zero Fault when none does.
func (a *Agent) enter(ctx context.Context, rpc, about string) (Fault, error) {
	a.mu.Lock()
	a.calls = append(a.calls, rpc+" "+about)
	var f Fault
	if i := slices.IndexFunc(a.faults, func(f Fault) bool { return f.RPC == rpc }); i >= 0 {
		f = a.faults[i]
		a.faults = slices.Delete(a.faults, i, i+1)
	}
	a.mu.Unlock()
	if f.Gate != nil && !f.inWorker() {
		select {
		case <-f.Gate:
		case <-ctx.Done():
			return f, context.Cause(ctx)
		}
	}
	return f, f.Before
}

func (t *table) now() int64 { return t.history[len(t.history)-1].rows }

// at returns the row count as of an SCN; 0 is now.
func (t *table) at(scn int64) int64 {
	if scn == 0 {
		return t.now()
	}
	var rows int64
	for _, v := range t.history {
		if v.scn <= scn {
			rows = v.rows
		}
	}
	return rows
}

func key(n *pb.TableName) string { return n.GetSchema() + "." + n.GetName() }

func chunkKey(migration, chunk string) string { return migration + "/" + chunk }

func attemptKey(rpc, migration, chunk string, number int32) string {
	return fmt.Sprintf("%s %s/%s/%d", rpc, migration, chunk, number)
}
