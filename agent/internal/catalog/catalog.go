// Package catalog reads the data dictionary: what the database is, which
// tables it has, how they are shaped, and how many rows they hold. It decides
// nothing and changes nothing.
//
// Facts: reference, section 8.
package catalog

import "github.com/adbferry/adbferry/agent/internal/oracle"

// The statements of this package. ALL_ views show what the user may see, so
// reading them needs no grant.
var (
	databaseKind    = oracle.Kind{Name: "catalog.database", Purpose: "names the database, its user and its clock"}
	versionKind     = oracle.Kind{Name: "catalog.version", Purpose: "reads the release"}
	databaseNLS     = oracle.Kind{Name: "catalog.charsets", Purpose: "reads the character sets"}
	sessionNLS      = oracle.Kind{Name: "catalog.nls", Purpose: "reads back the session's NLS settings"}
	parametersKind  = oracle.Kind{Name: "catalog.parameters", Purpose: "reads max_string_size and undo_retention", Privileges: []string{"SELECT ON V$PARAMETER"}, Optional: true}
	stringSizeKind  = oracle.Kind{Name: "catalog.string-size", Purpose: "finds max_string_size without V$PARAMETER"}
	privilegesKind  = oracle.Kind{Name: "catalog.privileges", Purpose: "lists the user's system privileges", Optional: true}
	executeKind     = oracle.Kind{Name: "catalog.execute", Purpose: "lists the packages the user may execute", Optional: true}
	scnKind         = oracle.Kind{Name: "catalog.scn", Purpose: "reads the current SCN", Privileges: []string{"SELECT ON V$DATABASE"}, Optional: true}
	flashbackKind   = oracle.Kind{Name: "catalog.scn-flashback", Purpose: "reads the current SCN without V$DATABASE", Privileges: []string{"EXECUTE ON DBMS_FLASHBACK"}}
	tablesKind      = oracle.Kind{Name: "catalog.tables", Purpose: "lists tables with the optimizer's estimates"}
	columnsKind     = oracle.Kind{Name: "catalog.columns", Purpose: "lists the columns of tables"}
	keysKind        = oracle.Kind{Name: "catalog.keys", Purpose: "lists the primary keys of tables"}
	constraintsKind = oracle.Kind{Name: "catalog.constraints", Purpose: "lists keys, checks and foreign keys"}
	conditionsKind  = oracle.Kind{Name: "catalog.conditions", Purpose: "reads the conditions of checks that are longer than 4000 bytes"}
	referencesKind  = oracle.Kind{Name: "catalog.references", Purpose: "lists what foreign keys refer to"}
	indexesKind     = oracle.Kind{Name: "catalog.indexes", Purpose: "lists indexes"}
	expressionsKind = oracle.Kind{Name: "catalog.expressions", Purpose: "reads the expressions of function-based indexes"}
	localitiesKind  = oracle.Kind{Name: "catalog.localities", Purpose: "tells local indexes from global ones"}
	commentsKind    = oracle.Kind{Name: "catalog.comments", Purpose: "reads the comments of tables and columns"}
	identitiesKind  = oracle.Kind{Name: "catalog.identities", Purpose: "reads how identity columns count"}
	partTablesKind  = oracle.Kind{Name: "catalog.partitioned", Purpose: "reads how tables are partitioned"}
	partKeysKind    = oracle.Kind{Name: "catalog.partition-keys", Purpose: "lists the columns of partition keys"}
	partitionsKind  = oracle.Kind{Name: "catalog.partitions", Purpose: "lists partitions"}
	othersKind      = oracle.Kind{Name: "catalog.others", Purpose: "lists triggers, policies, logs of materialized views and grants, which are not moved"}
	policiesKind    = oracle.Kind{Name: "catalog.policies", Purpose: "finds policies that may hide rows of a table from the user"}
	redactionsKind  = oracle.Kind{Name: "catalog.redactions", Purpose: "finds policies that may mask values of a table", Privileges: []string{"SELECT ON REDACTION_POLICIES"}, Optional: true}
	exemptKind      = oracle.Kind{Name: "catalog.exempt", Purpose: "looks whether the user is exempt from policies that were found"}
	countKind       = oracle.Kind{Name: "catalog.count", Purpose: "counts rows exactly, on the source as of an SCN", Privileges: []string{"SELECT ON table", "FLASHBACK ON table"}}
)

// Statements returns the kinds of statements that this package sends.
func Statements() []oracle.Kind {
	return []oracle.Kind{
		databaseKind, versionKind, databaseNLS, sessionNLS, parametersKind, stringSizeKind, privilegesKind, executeKind,
		scnKind, flashbackKind, tablesKind, columnsKind, keysKind, countKind,
		constraintsKind, conditionsKind, referencesKind, indexesKind, expressionsKind, localitiesKind, commentsKind, identitiesKind,
		partTablesKind, partKeysKind, partitionsKind, othersKind, policiesKind, redactionsKind, exemptKind,
	}
}
