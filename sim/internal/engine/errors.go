package engine

import "github.com/adbferry/adbferry/sim/internal/datum"

// The errors that are raised in more than one place, as Oracle words them.

func errNoTable() *datum.Error { return datum.Errorf(942, "table or view does not exist") }

func errNameUsed() *datum.Error {
	return datum.Errorf(955, "name is already used by an existing object")
}

func errDuplicateColumn() *datum.Error { return datum.Errorf(957, "duplicate column name") }

func errNoPrivilege() *datum.Error { return datum.Errorf(1031, "insufficient privileges") }

func errNumericOrValue() *datum.Error {
	return datum.Errorf(6502, "PL/SQL: numeric or value error")
}
