package engine

import (
	"context"
	"time"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
)

// sleepProcedure is SLEEP(seconds): it waits by the real clock, whatever the
// database's own clock says.
//
// Errors: ORA-38148 for a negative time, ORA-01013 when the call is cancelled.
func sleepProcedure(param string) Procedure {
	return Procedure{Name: "SLEEP", Params: []Param{numberParam(param)}, Call: func(ctx context.Context, _ *Session, args *Args) error {
		v := args.Value(param)
		if v.IsNull() {
			return errNumericOrValue()
		}
		seconds := v.Float()
		if seconds < 0 {
			return datum.Errorf(38148, "invalid time limit specified")
		}
		timer := time.NewTimer(time.Duration(seconds * float64(time.Second)))
		defer timer.Stop()
		select {
		case <-timer.C:
			return nil
		case <-ctx.Done():
			return database.Cancelled()
		}
	}}
}

func lockPackage() Package {
	return Package{Owner: "SYS", Name: "DBMS_LOCK", Restricted: true, Procedures: []Procedure{sleepProcedure("SECONDS")}}
}

func sessionPackage() Package {
	return Package{Owner: "SYS", Name: "DBMS_SESSION", Procedures: []Procedure{
		sleepProcedure("SECONDS"),
		setting("SET_IDENTIFIER", func(s *Session, args *Args) {
			s.Trace(database.Trace{ClientID: attribute(args.Value("CLIENT_ID"))})
		}, textParam("CLIENT_ID")),
		setting("CLEAR_IDENTIFIER", func(s *Session, _ *Args) {
			s.Trace(database.Trace{ClientID: database.Attribute{Set: true}})
		}),
	}}
}
