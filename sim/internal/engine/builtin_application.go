package engine

import (
	"context"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
)

// attributeSize is how many bytes of a module, an action, a client info or an
// identifier are kept; the rest is cut off (reference, section 8.4).
const attributeSize = 64

// attribute is an argument as V$SESSION shows it.
func attribute(v datum.Value) database.Attribute {
	return database.Attribute{Set: true, Value: prefixOf(v.Text(), attributeSize)}
}

func applicationInfoPackage() Package {
	module, action, info := textParam("MODULE_NAME"), textParam("ACTION_NAME"), textParam("CLIENT_INFO")
	return Package{Owner: "SYS", Name: "DBMS_APPLICATION_INFO", Procedures: []Procedure{
		setting("SET_MODULE", func(s *Session, args *Args) {
			s.Trace(database.Trace{Module: attribute(args.Value("MODULE_NAME")), Action: attribute(args.Value("ACTION_NAME"))})
		}, module, action),
		setting("SET_ACTION", func(s *Session, args *Args) {
			s.Trace(database.Trace{Action: attribute(args.Value("ACTION_NAME"))})
		}, action),
		setting("SET_CLIENT_INFO", func(s *Session, args *Args) {
			s.Trace(database.Trace{ClientInfo: attribute(args.Value("CLIENT_INFO"))})
		}, info),
		setting("READ_MODULE", func(s *Session, args *Args) {
			now := s.Attributes()
			args.Set("MODULE_NAME", datum.FromText(now.Module))
			args.Set("ACTION_NAME", datum.FromText(now.Action))
		}, outParam(module), outParam(action)),
		setting("READ_CLIENT_INFO", func(s *Session, args *Args) {
			args.Set("CLIENT_INFO", datum.FromText(s.Attributes().ClientInfo))
		}, outParam(info)),
		sessionLongops(),
	}}
}

// noHint is SET_SESSION_LONGOPS_NOHINT, which stands for a new row.
const noHint = -1

// sessionLongops is SET_SESSION_LONGOPS: a row of V$SESSION_LONGOPS that the
// session keeps itself, by an index that it gets with the first call. What may
// change between two calls is the work done and in all.
func sessionLongops() Procedure {
	inOut := func(name string) Param {
		p := numberParam(name)
		p.Mode = database.InOut
		return p
	}
	return Procedure{Name: "SET_SESSION_LONGOPS", Call: setLongop, Params: []Param{
		inOut("RINDEX"), inOut("SLNO"), optional(textParam("OP_NAME")), optional(numberParam("TARGET")), optional(numberParam("CONTEXT")),
		optional(numberParam("SOFAR")), optional(numberParam("TOTALWORK")), optional(textParam("TARGET_DESC")), optional(textParam("UNITS")),
	}}
}

func setLongop(_ context.Context, s *Session, args *Args) error {
	numbers := map[string]int64{}
	for _, name := range []string{"RINDEX", "CONTEXT", "SOFAR", "TOTALWORK"} {
		if v := args.Value(name); !v.IsNull() {
			numbers[name], _ = datum.Round(v, 0, datum.Truncate).Int()
		}
	}
	index := numbers["RINDEX"]
	if args.Value("RINDEX").IsNull() || index < noHint || index >= int64(len(s.longops)) {
		return datum.Errorf(6502, "PL/SQL: numeric or value error: no row of V$SESSION_LONGOPS with that RINDEX")
	}
	var o *Longop
	if index == noHint {
		o = &Longop{
			s: s, name: args.Value("OP_NAME").Text(), desc: args.Value("TARGET_DESC").Text(), units: args.Value("UNITS").Text(),
			context: numbers["CONTEXT"], told: true, started: s.instance.config.Now(),
		}
		if v := args.Value("TARGET"); !v.IsNull() {
			o.target = v.Decimal()
		}
		o.add()
		s.longops = append(s.longops, o)
		args.Set("RINDEX", datum.FromInt(int64(len(s.longops)-1)))
	} else {
		o = s.longops[index]
	}
	now := s.instance.config.Now()
	o.updated.Store(&now)
	o.sofar.Store(numbers["SOFAR"])
	o.total.Store(numbers["TOTALWORK"])
	if numbers["SOFAR"] >= numbers["TOTALWORK"] {
		o.End()
	}
	return nil
}

func init() {
	nothing := datum.FromInt(noHint)
	functions["DBMS_APPLICATION_INFO.SET_SESSION_LONGOPS_NOHINT"] = &function{
		typ: returnsNumber, plsql: true,
		call: func(*frame, []datum.Value) (datum.Value, error) { return nothing, nil },
	}
}
