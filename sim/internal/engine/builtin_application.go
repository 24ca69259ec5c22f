package engine

import (
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
	}}
}
