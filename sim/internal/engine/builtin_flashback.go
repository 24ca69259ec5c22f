package engine

import (
	"context"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// flashbackPackage has the SCN for users who may not read V$DATABASE
// (reference, section 7.1).
func flashbackPackage() Package {
	number := numberType()
	return Package{Owner: "SYS", Name: "DBMS_FLASHBACK", Restricted: true, Procedures: []Procedure{
		{
			Name: "GET_SYSTEM_CHANGE_NUMBER", Returns: &number,
			Call: func(_ context.Context, s *Session, args *Args) error {
				args.Return(datum.FromInt(int64(s.SCN())))
				return nil
			},
		},
		{Name: "ENABLE_AT_SYSTEM_CHANGE_NUMBER", Params: []Param{numberParam("QUERY_SCN")}, Call: enableFlashback},
		{Name: "ENABLE_AT_TIME", Params: []Param{{Name: "QUERY_TIME"}}, Call: func(context.Context, *Session, *Args) error {
			return unimplemented("DBMS_FLASHBACK.ENABLE_AT_TIME")
		}},
		{Name: "DISABLE", Call: func(_ context.Context, s *Session, _ *Args) error {
			s.flashback = 0
			return nil
		}},
	}}
}

// enableFlashback makes the session's queries see the database as of an SCN.
// DML is refused until DISABLE.
//
// Errors: ORA-08181, ORA-08183 in a transaction, ORA-08184 when it is enabled.
func enableFlashback(_ context.Context, s *Session, args *Args) error {
	switch {
	case s.flashback != 0:
		return datum.Errorf(8184, "attempting to re-enable Flashback while in Flashback mode")
	case s.txn != nil:
		return datum.Errorf(8183, "Flashback cannot be enabled in the middle of a transaction")
	}
	n, err := s.changeNumber(args.Value("QUERY_SCN"))
	if err != nil {
		return err
	}
	s.flashback = n
	return nil
}
