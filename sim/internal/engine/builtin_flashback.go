package engine

import (
	"context"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// flashbackPackage has the SCN for users who may not read V$DATABASE
// (reference, section 7.1).
func flashbackPackage() Package {
	number := numberType()
	return Package{Owner: "SYS", Name: "DBMS_FLASHBACK", Restricted: true, Procedures: []Procedure{{
		Name: "GET_SYSTEM_CHANGE_NUMBER", Returns: &number,
		Call: func(_ context.Context, s *Session, args *Args) error {
			args.Return(datum.FromInt(int64(s.SCN())))
			return nil
		},
	}}}
}
