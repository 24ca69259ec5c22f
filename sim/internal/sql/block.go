package sql

// A Block is an anonymous or nested PL/SQL block, or a CALL statement.
type Block struct {
	At
	Declarations []Declaration
	Body         []Step
	Handlers     []Handler
}

func (*Block) statement() {}

// A Declaration declares a variable, an exception or a cursor.
type Declaration struct {
	At
	Name      string
	Type      *TypeName
	Constant  bool
	NotNull   bool
	Init      Expr
	Exception bool
	Code      int     // PRAGMA EXCEPTION_INIT: the ORA number
	Cursor    *Select // CURSOR name IS query
}

// A Handler is WHEN names THEN steps; OTHERS is a name.
type Handler struct {
	Names []string
	Body  []Step
}

// A Step is one statement of PL/SQL.
type Step interface{ Pos() int }

// The steps.
type (
	// Assign is target := value.
	Assign struct {
		At
		Target, Value Expr
	}
	// CallStep calls a procedure.
	CallStep struct {
		At
		Call *Call
		Into Expr // CALL f() INTO :x
	}
	// If has one Branch per condition; Else may be empty.
	If struct {
		At
		Branches []Branch
		Else     []Step
	}
	// Branch is a condition and what to do then.
	Branch struct {
		If   Expr
		Then []Step
	}
	// Loop is LOOP, WHILE (While set) or FOR (Var set).
	Loop struct {
		At
		While     Expr
		Var       string
		Low, High Expr
		Reverse   bool
		Query     *Select
		Cursor    string
		Body      []Step
	}
	// Exit is EXIT or CONTINUE [WHEN condition].
	Exit struct {
		At
		Continue bool
		When     Expr
	}
	// SQLStep is a static SQL statement, SELECT INTO included.
	SQLStep struct {
		At
		Statement Statement
	}
	// Immediate is EXECUTE IMMEDIATE.
	Immediate struct {
		At
		Text      Expr
		Into      []Expr
		Using     []Using
		Returning []Expr
	}
	// Using is one bind of an Immediate.
	Using struct {
		Out, In bool
		Value   Expr
	}
	// Open is OPEN target FOR query or for the text of a query.
	Open struct {
		At
		Target Expr
		Query  *Select
		Text   Expr
	}
	// Raise is RAISE [name]; "" raises the current exception again.
	Raise struct {
		At
		Name string
	}
	// Return ends the block.
	Return struct{ At }
	// Nothing is NULL;.
	Nothing struct{ At }
	// Nested is a block inside a block.
	Nested struct {
		At
		Block *Block
	}
)
