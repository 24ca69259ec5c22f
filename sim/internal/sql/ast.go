package sql

import "github.com/adbferry/adbferry/sim/internal/datum"

// At is the byte offset of a node in the statement.
type At int

// Pos returns the offset.
func (a At) Pos() int { return int(a) }

// An Expr is an expression or condition.
type Expr interface{ Pos() int }

// The expressions.
type (
	// Literal is a constant of any scalar kind, or NULL.
	Literal struct {
		At
		Value    datum.Value
		National bool
	}
	// Bind is a placeholder; Index counts in Parsed.Binds.
	Bind struct {
		At
		Name  string
		Index int
	}
	// Ref is a possibly qualified name: a column, a variable, a pseudo column
	// or a function without arguments. Parts are as stored.
	Ref struct {
		At
		Path  []string
		Outer bool // followed by (+)
	}
	// Call is a function or procedure call.
	Call struct {
		At
		Path     []string
		Args     []Arg
		Star     bool // COUNT(*)
		Distinct bool
		Within   []OrderItem // WITHIN GROUP (ORDER BY …)
	}
	// Arg is one argument; Name is set for name => value.
	Arg struct {
		Name  string
		Value Expr
	}
	// Unary is - or + applied to X, or PRIOR.
	Unary struct {
		At
		Op string
		X  Expr
	}
	// Binary is arithmetic (+ - * /), concatenation or a comparison
	// (= <> < <= > >=).
	Binary struct {
		At
		Op   string
		X, Y Expr
	}
	// Logical is AND or OR.
	Logical struct {
		At
		Op   string
		X, Y Expr
	}
	// Not negates a condition.
	Not struct {
		At
		X Expr
	}
	// IsNull is X IS [NOT] NULL.
	IsNull struct {
		At
		X   Expr
		Not bool
	}
	// Between is X [NOT] BETWEEN Low AND High.
	Between struct {
		At
		X, Low, High Expr
		Not          bool
	}
	// Like is X [NOT] LIKE Pattern [ESCAPE Escape].
	Like struct {
		At
		X, Pattern, Escape Expr
		Not                bool
	}
	// In is X [NOT] IN a list or a query. X may be a Row.
	In struct {
		At
		X     Expr
		List  []Expr
		Query *Select
		Not   bool
	}
	// Exists is EXISTS (query).
	Exists struct {
		At
		Query *Select
	}
	// Row is a parenthesised list of expressions.
	Row struct {
		At
		Items []Expr
	}
	// Case is a simple (Operand set) or searched CASE.
	Case struct {
		At
		Operand Expr
		Whens   []When
		Else    Expr
	}
	// When is one branch of a Case.
	When struct{ If, Then Expr }
	// Subquery is a scalar subquery.
	Subquery struct {
		At
		Query *Select
	}
	// Cast is CAST(X AS Type).
	Cast struct {
		At
		X    Expr
		Type TypeName
	}
	// Extract is EXTRACT(Field FROM X).
	Extract struct {
		At
		Field string
		X     Expr
	}
	// Trim is TRIM([Side] [Chars] FROM X); Side is LEADING, TRAILING or BOTH.
	Trim struct {
		At
		Side     string
		Chars, X Expr
	}
	// JSONObject is JSON_OBJECT(…).
	JSONObject struct {
		At
		Pairs     []JSONPair
		Absent    bool // ABSENT ON NULL
		Returning *TypeName
	}
	// JSONPair is one member of a JSONObject.
	JSONPair struct {
		Key, Value Expr
		JSON       bool // FORMAT JSON: the value is JSON text already
	}
	// Document turns a text into a document, or with Text a document into a text
	// of type Returning.
	Document struct {
		At
		Name      string // XMLTYPE, JSON, XMLSERIALIZE, JSON_SERIALIZE
		X         Expr
		Text      bool
		Returning *TypeName // nil for VARCHAR2(4000)
		Extended  bool
	}
	// AtZone is X AT TIME ZONE Zone, or AT LOCAL when Zone is nil.
	AtZone struct {
		At
		X, Zone Expr
	}
)

// A TypeName is a data type as written.
type TypeName struct {
	At
	Type datum.Type
	// Unsized is set for text whose length semantics follow the session.
	Unsized bool
	// Star is set for NUMBER(*,s) and INTEGER, whose precision the dictionary
	// shows as NULL.
	Star bool
	// Of is the path of a name%TYPE; Word is the type's own word in PL/SQL.
	Of   []string
	Word string
}

// A Statement is any statement.
type Statement interface{ statement() }

// A Name is a possibly qualified object name, as stored.
type Name struct {
	At
	Schema, Name string
}
