package agent

import "github.com/adbferry/adbferry/agent/internal/oracle"

// A Trouble is an error of the database that the agent knows, in the words that
// it reports it with. docs/troubleshooting.md is made from these.
type Trouble = oracle.Trouble

// Troubles returns every error that the agent knows, by number.
func Troubles() []Trouble { return oracle.Troubles() }
