package oracle

// A Kind is one of the statements that the agent sends, for attribution: its
// name is in a comment at the head of the text, so that a DBA finds it in
// V$SQL and in docs/statements.md.
type Kind struct {
	Name       string   // "catalog.columns"
	Purpose    string   // one line, for the DBA
	Privileges []string // what the user needs to run it; empty for what every session may do
	Optional   bool     // without the privileges the agent does without the answer
}

// text heads a statement with its kind's name. The comment has no quotes: the
// driver finds a statement's type by scanning past it.
func (k Kind) text(statement string) string { return "/* adbferry " + k.Name + " */ " + statement }

var (
	sessionSettings = Kind{Name: "session.settings", Purpose: "fixes every NLS mask and the time zone of the session", Privileges: []string{"CREATE SESSION"}}
	sessionModule   = Kind{Name: "session.module", Purpose: "says in V$SESSION what the session works on"}
)

// Statements returns the kinds of statements that this package sends.
func Statements() []Kind { return []Kind{sessionSettings, sessionModule} }
