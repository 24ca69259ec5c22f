package oracle

import (
	"cmp"
	"slices"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A Trouble is an ORA- number that adbferry knows, in the words that it reports
// it with.
type Trouble struct {
	Code    string    // "ORA-01555"
	Reason  pb.Reason // of the failure
	Text    string    // what it means
	Hint    string    // what to do about it
	Retried bool      // the same step may succeed later; adbferry tries it again
}

// Troubles returns every number of the table, in order.
func Troubles() []Trouble {
	all := make([]Trouble, 0, len(classes))
	for code, c := range classes {
		all = append(all, Trouble{Code: oraText(code), Reason: c.reason, Text: c.text, Hint: c.hint, Retried: c.delay > 0})
	}
	slices.SortFunc(all, func(a, b Trouble) int { return cmp.Compare(a.Code, b.Code) })
	return all
}
