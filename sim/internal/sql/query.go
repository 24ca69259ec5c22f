package sql

// A Select is a query with what applies to its whole result.
type Select struct {
	At
	With      []CommonTable
	Body      Body
	OrderBy   []OrderItem
	Offset    Expr
	Fetch     Expr // FETCH FIRST n ROWS ONLY; a Literal 1 when n is left out
	ForUpdate *ForUpdate
	Into      []Expr // PL/SQL only
}

func (*Select) statement() {}

// A CommonTable is one WITH entry.
type CommonTable struct {
	Name    string
	Columns []string
	Query   *Select
}

// A Body is a QueryBlock or a SetOp over two bodies.
type Body interface{ Pos() int }

// A SetOp is UNION [ALL], INTERSECT or MINUS.
type SetOp struct {
	At
	Op          string // "UNION", "UNION ALL", "INTERSECT", "MINUS"
	Left, Right Body
}

// A QueryBlock is one SELECT … FROM … WHERE … GROUP BY … HAVING.
type QueryBlock struct {
	At
	Distinct bool
	Items    []SelectItem
	From     []From
	Where    Expr
	Connect  Expr // CONNECT BY without PRIOR, the row generator
	GroupBy  []Expr
	Having   Expr
}

// A SelectItem is an expression, or * (Expr nil), or t.* (Expr nil, Of set).
type SelectItem struct {
	At
	Expr  Expr
	Alias string
	Of    []string
	Text  string // as written, for the column's name when there is no alias
}

// An OrderItem is one ORDER BY expression.
type OrderItem struct {
	Expr       Expr
	Desc       bool
	NullsFirst *bool
}

// A ForUpdate is FOR UPDATE with its waiting rule.
type ForUpdate struct {
	At
	NoWait, SkipLocked bool
}

// A From is an entry of a FROM clause.
type From interface{ Pos() int }

// The entries of a FROM clause.
type (
	// Table is a table or view.
	Table struct {
		Name
		Partition *PartitionRef // nil for the whole table
		AsOf      Expr          // the SCN of AS OF
		Alias     string
	}
	// PartitionRef is PARTITION (name), or PARTITION FOR (the values of a key).
	PartitionRef struct {
		At
		Name string
		For  []Expr
	}
	// Derived is an inline view. A Lateral one may look at the entries before it.
	Derived struct {
		At
		Query   *Select
		Alias   string
		Lateral bool
	}
	// Join is an ANSI join, or an APPLY, whose Right is a lateral inline view.
	// Kind is INNER, LEFT, RIGHT, FULL, CROSS, CROSS APPLY or OUTER APPLY.
	Join struct {
		At
		Kind        string
		Left, Right From
		On          Expr
		Using       []string
	}
)
