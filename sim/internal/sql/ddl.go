package sql

// The data definition statements.
type (
	// CreateTable is CREATE TABLE, with a query for CREATE TABLE AS SELECT.
	CreateTable struct {
		At
		Table       Name
		Columns     []ColumnDef
		Constraints []Constraint
		Partition   *Partitioning // nil without PARTITION BY
		Movement    bool          // ENABLE ROW MOVEMENT
		Query       *Select
	}
	// ColumnDef is a column as declared.
	ColumnDef struct {
		At
		Name          string
		Type          *TypeName // nil in CTAS and for untyped virtual columns
		Default       string    // text of the expression, "" when there is none
		HasDefault    bool
		DefaultOnNull bool
		Identity      *Identity
		Virtual       string // text of a virtual column's expression
		Invisible     bool
		Visible       bool         // said explicitly
		Constraints   []Constraint // inline, Columns filled in
		Null          bool         // NULL said explicitly (MODIFY)
	}
	// Identity is GENERATED … AS IDENTITY.
	Identity struct {
		Always bool
		OnNull bool
		Start  int64
		By     int64
	}
	// Constraint is a table or column constraint. Kind is P, U, R, C or N
	// (NOT NULL, a check of its own).
	Constraint struct {
		At
		Kind       string
		Name       string
		Columns    []string
		Check      string // text of the condition
		CheckExpr  Expr
		References *Name
		RefColumns []string
		OnDelete   string // "", CASCADE or SET NULL
		Disabled   bool
		UsingIndex *Name // USING INDEX name
	}
	// CreateIndex is CREATE [UNIQUE | BITMAP] INDEX.
	CreateIndex struct {
		At
		Index     Name
		Table     Name
		Keys      []IndexKey
		Unique    bool
		Bitmap    bool
		Reverse   bool
		Invisible bool
		Local     bool
		Compress  int // leading keys that are compressed, 0 for none
	}
	// IndexKey is a column (Expr nil) or an expression of an index.
	IndexKey struct {
		At
		Column     string
		Expr       Expr
		Text       string // of the expression, as written
		Descending bool
	}
	// AlterIndex is ALTER INDEX with one action: RENAME TO, VISIBLE or
	// INVISIBLE, or REBUILD, which changes nothing here.
	AlterIndex struct {
		At
		Index     Name
		To        string // new name, "" when it stays
		Visible   bool
		Invisible bool
	}
	// CreateUser is CREATE USER … IDENTIFIED BY ….
	CreateUser struct {
		At
		Name, Password string
	}
	// AlterUser is ALTER USER … IDENTIFIED BY …, or with a quota and no password.
	AlterUser struct {
		At
		Name, Password string
	}
	// Drop is DROP TABLE, INDEX or USER, by Kind.
	Drop struct {
		At
		Kind    string
		Object  Name
		Cascade bool
	}
	// Truncate is TRUNCATE TABLE.
	Truncate struct {
		At
		Table Name
	}
	// RenameTable is RENAME a TO b, or ALTER TABLE a RENAME TO b.
	RenameTable struct {
		At
		Table Name
		To    string
	}
	// Comment is COMMENT ON TABLE or COLUMN (Column not empty).
	Comment struct {
		At
		Table  Name
		Column string
		Text   string
	}
	// Grant is GRANT or REVOKE. Object is nil for system privileges and roles.
	Grant struct {
		At
		Revoke     bool
		Privileges []string
		Object     *Name
		Directory  bool // Object is a directory
		Grantees   []string
	}
)

func (*CreateTable) statement() {}
func (*CreateIndex) statement() {}
func (*AlterIndex) statement()  {}
func (*CreateUser) statement()  {}
func (*AlterUser) statement()   {}
func (*Drop) statement()        {}
func (*Truncate) statement()    {}
func (*RenameTable) statement() {}
func (*Comment) statement()     {}
func (*Grant) statement()       {}
