package agent

import (
	"fmt"

	"github.com/adbferry/adbferry/agent/internal/oracle"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A Trouble is an error of the database that the agent knows, in the words that
// it reports it with. docs/troubleshooting.md is made from these.
type Trouble struct {
	Code    string    // "ORA-01555"
	Reason  pb.Reason // of the failure
	Text    string    // what it means
	Hint    string    // what to do about it
	Retried bool      // adbferry tries again by itself
}

// Troubles returns every error that the agent knows, by number.
func Troubles() []Trouble {
	var all []Trouble
	for _, t := range oracle.Troubles() {
		all = append(all, Trouble{Code: fmt.Sprintf("ORA-%05d", t.Code), Reason: t.Reason, Text: t.Text, Hint: t.Hint, Retried: t.Retried})
	}
	return all
}
