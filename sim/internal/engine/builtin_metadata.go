package engine

import (
	"context"
	"slices"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// sessionTransform is the value of DBMS_METADATA.SESSION_TRANSFORM.
const sessionTransform = -1

// metadataPackage is DBMS_METADATA as far as DDL is read with it (reference,
// section 8.3). The handle-based interface is not there.
func metadataPackage() Package {
	clob, number := datum.Type{Kind: datum.Clob}, numberType()
	kind := textParam("OBJECT_TYPE")
	tail := func(params ...Param) []Param {
		return append(params, optional(textParam("VERSION")), optional(textParam("MODEL")), optional(textParam("TRANSFORM")))
	}
	value := optional(Param{Name: "VALUE"}) // text or BOOLEAN, by overload
	value.Default = datum.FromBool(true)
	return Package{Owner: "SYS", Name: "DBMS_METADATA", Procedures: []Procedure{
		{Name: "GET_DDL", Params: tail(kind, textParam("NAME"), optional(textParam("SCHEMA"))), Returns: &clob, Call: getDDL},
		{
			Name: "GET_DEPENDENT_DDL", Params: tail(kind, textParam("BASE_OBJECT_NAME"), optional(textParam("BASE_OBJECT_SCHEMA"))),
			Returns: &clob, Call: getDependentDDL,
		},
		{Name: "SESSION_TRANSFORM", Returns: &number, Call: func(_ context.Context, _ *Session, args *Args) error {
			args.Return(datum.FromInt(sessionTransform))
			return nil
		}},
		{
			Name: "SET_TRANSFORM_PARAM", Call: setTransformParam,
			Params: []Param{numberParam("TRANSFORM_HANDLE"), textParam("NAME"), value, optional(textParam("OBJECT_TYPE"))},
		},
	}}
}

// setTransformParam changes what this session's DDL looks like. Error:
// ORA-31600; ORA-03001 for a handle that is not the session's.
func setTransformParam(_ context.Context, s *Session, args *Args) error {
	if n, ok := args.Value("TRANSFORM_HANDLE").Int(); !ok || n != sessionTransform {
		return unimplemented("DBMS_METADATA with a handle from ADD_TRANSFORM")
	}
	return s.metadata.set(args.Value("NAME").Text(), args.Value("VALUE"))
}

// schemaOf returns the schema an argument names, the current one when it is
// NULL. DBMS_METADATA takes names as they are stored.
func (s *Session) schemaOf(v datum.Value) string {
	if v.IsNull() {
		return s.Schema()
	}
	return v.Text()
}

// mayDescribe reports whether DBMS_METADATA tells the session about a schema.
func (s *Session) mayDescribe(schema string) bool {
	return schema == s.user.name || s.user.role == Administrator
}

func getDDL(_ context.Context, s *Session, args *Args) error {
	kind, name, schema := args.Value("OBJECT_TYPE").Text(), args.Value("NAME").Text(), s.schemaOf(args.Value("SCHEMA"))
	w := &ddlWriter{transform: s.metadata}
	found := false
	switch kind {
	case "TABLE", "INDEX", "CONSTRAINT", "REF_CONSTRAINT":
		if t := s.instance.catalog.table(objectName{schema, name}); kind == "TABLE" && t != nil && t.external != nil {
			return unimplemented("DBMS_METADATA.GET_DDL of an external table")
		}
		found = s.mayDescribe(schema) && w.tableObject(s, kind, schema, name)
	case "VIEW", "SEQUENCE", "TRIGGER", "PROCEDURE", "FUNCTION", "PACKAGE", "SYNONYM", "TYPE", "MATERIALIZED_VIEW", "COMMENT", "OBJECT_GRANT":
		// The simulator has none that has a name of its own.
	case "USER", "ROLE", "TABLESPACE", "DB_LINK", "DIRECTORY", "PROFILE":
		return unimplemented("DBMS_METADATA.GET_DDL('" + kind + "')")
	default:
		return invalidInput(kind, "OBJECT_TYPE", "GET_DDL")
	}
	if !found {
		return datum.Errorf(31603, "object %q of type %s not found in schema %q", name, kind, schema)
	}
	args.Return(datum.FromClob(w.b.String()))
	return nil
}

// tableObject prints the object of one of the four kinds that a table brings; it
// reports whether there is one.
func (w *ddlWriter) tableObject(s *Session, kind, schema, name string) bool {
	if kind == "TABLE" {
		t := s.instance.catalog.table(objectName{schema, name})
		if t != nil {
			w.tableDDL(s, t)
		}
		return t != nil
	}
	for _, t := range s.instance.catalog.all() {
		if t.schema != schema {
			continue
		}
		if kind == "INDEX" {
			if i := slices.IndexFunc(t.indexes, func(x *index) bool { return x.name == name }); i >= 0 {
				w.index(t, t.indexes[i])
				return true
			}
			continue
		}
		if k := t.constraint(name); k != nil && (k.kind == "R") == (kind == "REF_CONSTRAINT") {
			w.alterTable(s, t, k)
			return true
		}
	}
	return false
}

// getDependentDDL prints what belongs to a table.
//
// Errors: ORA-31603 without the table, ORA-31608 when it has nothing of the
// kind.
func getDependentDDL(_ context.Context, s *Session, args *Args) error {
	kind, name, schema := args.Value("OBJECT_TYPE").Text(), args.Value("BASE_OBJECT_NAME").Text(), s.schemaOf(args.Value("BASE_OBJECT_SCHEMA"))
	t := s.instance.catalog.table(objectName{schema, name})
	if t == nil || !s.mayDescribe(schema) {
		return datum.Errorf(31603, "object %q of type TABLE not found in schema %q", name, schema)
	}
	w := &ddlWriter{transform: s.metadata}
	found := false
	switch kind {
	case "INDEX":
		for _, x := range t.indexes {
			w.index(t, x)
			found = true
		}
	case "CONSTRAINT", "REF_CONSTRAINT":
		for _, k := range t.printed() {
			if (k.kind == "R") == (kind == "REF_CONSTRAINT") {
				w.alterTable(s, t, k)
				found = true
			}
		}
	case "COMMENT":
		found = w.comments(t)
	case "OBJECT_GRANT":
		found = w.grants(s, t)
	case "TRIGGER", "MATERIALIZED_VIEW_LOG", "ALTER_TRIGGER":
		// No table here has one.
	default:
		return invalidInput(kind, "OBJECT_TYPE", "GET_DEPENDENT_DDL")
	}
	if !found {
		return datum.Errorf(31608, "specified object of type %s not found", kind)
	}
	args.Return(datum.FromClob(w.b.String()))
	return nil
}
