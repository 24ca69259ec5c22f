package oracle

import (
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// ORA- numbers that more than one package has an answer to.
const (
	TableLocked       = 54  // another session works on the table
	InvalidIdentifier = 904 // a column does not exist, or a function or package is not visible
	TableMissing      = 942 // the table does not exist, or is not visible
	NameInUse         = 955 // another object of the schema has the name
)

// Withheld reports whether a view, a function or a package is not for this user, or
// not in this release, in which case an optional answer is done without.
func Withheld(err error) bool {
	reason := apierr.ReasonOf(err)
	return reason == pb.Reason_REASON_TABLE_NOT_FOUND || reason == pb.Reason_REASON_PRIVILEGE_MISSING || HasCode(err, InvalidIdentifier)
}
