package estimate

import (
	"fmt"
	"slices"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// hashedByCrypto are the types whose values only DBMS_CRYPTO hashes in the
// database (reference, section 6.2).
var hashedByCrypto = []string{"BLOB", "CLOB", "NCLOB", "JSON", "XMLTYPE"}

// lacks says which privileges the plan will need and a user does not have, and
// how to grant them. An agent that lists none has not looked.
func lacks(p *pb.MigrationPlan) []string {
	var out []string
	for _, side := range []struct {
		database *pb.DatabaseDescription
		needs    []need
	}{
		{p.GetSource(), []need{exporting, hashing(p)}},
		{p.GetTarget(), append([]need{importing, staging, hashing(p)}, creating(p)...)},
	} {
		for _, n := range side.needs {
			if n.privilege != "" && !mayDo(side.database, n.privilege) {
				out = append(out, n.text(side.database))
			}
		}
	}
	return out
}

// A need is a privilege and what cannot be done without it.
type need struct{ privilege, without string }

var (
	exporting = need{"EXECUTE ON DBMS_CLOUD", "without which nothing can be exported"}
	importing = need{"EXECUTE ON DBMS_CLOUD", "without which nothing can be imported"}
	staging   = need{"CREATE TABLE", "without which no chunk can be staged"}
)

// hashing is needed to compare large objects.
func hashing(p *pb.MigrationPlan) need {
	columns := 0
	for _, t := range p.GetTables() {
		for _, c := range t.GetColumns() {
			if c.GetLeftOut() == "" && slices.Contains(hashedByCrypto, c.GetColumn().GetDataType()) {
				columns++
			}
		}
	}
	switch columns {
	case 0:
		return need{}
	case 1:
		return need{"EXECUTE ON DBMS_CRYPTO", "so 1 column of large objects cannot be compared, and the migration will end unproven"}
	default:
		return need{"EXECUTE ON DBMS_CRYPTO", fmt.Sprintf("so %d columns of large objects cannot be compared, and the migration will end unproven", columns)}
	}
}

// creating is needed for every schema in which tables are made and that is not
// the user's own.
func creating(p *pb.MigrationPlan) []need {
	var schemas []string
	for _, t := range p.GetTables() {
		if t.GetOutlook().GetCreated() && t.GetTarget().GetSchema() != p.GetTarget().GetUser() {
			schemas = append(schemas, t.GetTarget().GetSchema())
		}
	}
	slices.Sort(schemas)
	var out []need
	for _, s := range slices.Compact(schemas) {
		out = append(out, need{"CREATE ANY TABLE", "without which no table can be created in schema " + s})
	}
	return out
}

func (n need) text(d *pb.DatabaseDescription) string {
	return fmt.Sprintf("user %[1]s of %[2]s lacks %[3]s, %[4]s; GRANT %[3]s TO %[1]s", d.GetUser(), d.GetName(), n.privilege, n.without)
}

func mayDo(d *pb.DatabaseDescription, privilege string) bool {
	return len(d.GetPrivileges()) == 0 || slices.Contains(d.GetPrivileges(), privilege)
}
