package ttc

// Options of an execute call (wire notes, section 7).
const (
	optParse        = 0x01
	optBind         = 0x08
	optDefine       = 0x10
	optExecute      = 0x20
	optFetch        = 0x40
	optCommit       = 0x100
	optDescribeOnly = 0x20000
	optBatchErrors  = 0x80000
)

// The al8i4 array of options: its length, and the places of those that are
// looked at.
const (
	al8i4Length = 13
	al8i4Rows   = 1 // how many executions follow, or for a query how many rows to fetch
	al8i4Query  = 7 // odd when the client knows the statement to be a query
)

// An Execute asks to parse, bind, define, execute and fetch, in any
// combination. Its bind rows follow and are read with a RowPlan, because how
// they are laid out depends on the statement.
type Execute struct {
	Options  uint64
	Cursor   uint32 // 0 for a new statement
	SQL      string // "" to use the cursor's
	Prefetch uint64 // rows to send along with the reply
	Defines  []Bind
	Binds    []Bind

	rowCounts bool
	al8i4     [al8i4Length]uint64
}

// Parse reports that SQL is a new statement for the cursor.
func (m *Execute) Parse() bool { return m.Options&optParse != 0 }

// Define reports that the client says how it wants the columns.
func (m *Execute) Define() bool { return m.Options&optDefine != 0 }

// Run reports that the statement is to be executed.
func (m *Execute) Run() bool { return m.Options&optExecute != 0 }

// Fetch reports that rows are wanted.
func (m *Execute) Fetch() bool { return m.Options&optFetch != 0 }

// Commit reports that the call commits when it succeeds.
func (m *Execute) Commit() bool { return m.Options&optCommit != 0 }

// DescribeOnly reports that only the columns are wanted.
func (m *Execute) DescribeOnly() bool { return m.Options&optDescribeOnly != 0 && !m.Run() }

// BatchErrors reports that array DML goes on after a failed row.
func (m *Execute) BatchErrors() bool { return m.Options&optBatchErrors != 0 }

// RowCounts reports that rows affected are wanted for every execution.
func (m *Execute) RowCounts() bool { return m.rowCounts }

// Executions returns how many bind rows follow. It is one for a query, where
// the same field holds the rows to fetch.
func (m *Execute) Executions() int {
	if len(m.Binds) == 0 || m.query() {
		return 1
	}
	return int(max(m.al8i4[al8i4Rows], 1))
}

// query reports that the client knows the statement to be a query.
func (m *Execute) query() bool { return m.al8i4[al8i4Query]&1 != 0 }

// FetchRows returns how many rows of a known cursor are wanted.
func (m *Execute) FetchRows() uint64 { return min(max(m.al8i4[al8i4Rows], m.Prefetch), maxFetch) }

// Decode reads what follows the call's head, up to the bind rows.
func (m *Execute) Decode(r *Reader) error {
	m.Options = r.UB()
	m.Cursor = uint32(r.UB())
	r.U8()
	length := r.Count(maxRequest, "bytes of statement text")
	r.U8()
	if n := r.UB(); n != al8i4Length && r.err == nil {
		r.fail("%d option values, expected %d", n, al8i4Length)
	}
	r.Skip(2)
	r.UB()
	m.Prefetch = min(r.UB(), maxFetch)
	r.UB()
	binds := r.pointed(maxBinds, "binds")
	r.Skip(5)
	defines := r.pointed(maxBinds, "defines")
	m.registration(r)
	if length > 0 {
		m.SQL = r.CHR(length)
	}
	for i := range m.al8i4 {
		m.al8i4[i] = r.UB()
	}
	m.Defines = r.binds(defines)
	m.Binds = r.binds(binds)
	m.bound(r)
	return r.err
}

// registration reads the fields between the counts and the text.
func (m *Execute) registration(r *Reader) {
	r.UB()
	r.Skip(2)
	for range 2 {
		r.U8()
		r.UB()
	}
	r.UB()
	m.rowCounts = r.U8() != 0
	r.UB()
	r.U8()
	if r.Dialect.Field >= 8 {
		for range 2 {
			r.U8()
			r.UB()
		}
		r.U8()
	}
	if r.Dialect.Field >= 9 {
		r.U8()
		r.UB()
	}
}

// bound checks the number of bind values that are to follow.
func (m *Execute) bound(r *Reader) {
	if len(m.Binds) == 0 || m.query() {
		return
	}
	if n := m.al8i4[al8i4Rows]; n > maxExecutions || n*uint64(len(m.Binds)) > maxValues {
		r.fail("%d executions with %d binds", n, len(m.Binds))
	}
}

// pointed reads a pointer byte and a count, which is 0 without a pointer.
func (r *Reader) pointed(limit int, what string) int {
	present := r.U8() != 0
	n := r.Count(limit, what)
	if !present {
		return 0
	}
	return n
}
