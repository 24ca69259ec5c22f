package engine

import (
	"context"
	"strconv"
	"time"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// perform runs what is neither query, DML nor block. DDL commits before it
// begins, whether it succeeds or not.
func (s *Session) perform(ctx context.Context, st sql.Statement) error {
	switch st := st.(type) {
	case *sql.Commit:
		return s.Commit(ctx)
	case *sql.Rollback:
		if st.To != "" {
			return s.rollbackTo(st.To)
		}
		return s.Rollback(ctx)
	case *sql.Savepoint:
		s.setSavepoint(st.Name)
		return nil
	case *sql.AlterSession:
		return s.alterSession(ctx, st)
	}
	if s.flashback != 0 {
		return datum.Errorf(8182, "operation not supported while in Flashback mode")
	}
	if err := s.Commit(ctx); err != nil {
		return err
	}
	return s.define(ctx, st)
}

// define runs DDL. What changes something that exists happens alone, and
// without writers of the tables it changes, for whom it waits as long as
// DDL_LOCK_TIMEOUT says; CREATE TABLE may take as long as its
// query does.
func (s *Session) define(ctx context.Context, st sql.Statement) error {
	if create, ok := st.(*sql.CreateTable); ok {
		return s.createTable(ctx, create)
	}
	deadline := time.Now().Add(s.ddlWait)
	for {
		err := s.redefineAlone(ctx, st)
		if err == nil || datum.AsError(err).Code != 54 || !time.Now().Before(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return database.Cancelled()
		case <-time.After(lockPoll):
		}
	}
}

// lockPoll is how often DDL that may wait looks whether a table is free.
const lockPoll = 10 * time.Millisecond

// redefineAlone tries DDL once, without any other meanwhile.
func (s *Session) redefineAlone(ctx context.Context, st sql.Statement) error {
	s.instance.ddl.Lock()
	defer s.instance.ddl.Unlock()
	defer s.unfence()
	return s.redefine(ctx, st)
}

// redefine runs DDL on what there is.
func (s *Session) redefine(ctx context.Context, st sql.Statement) error {
	switch st := st.(type) {
	case *sql.AlterTable:
		return s.alterTable(ctx, st)
	case *sql.Drop:
		return s.drop(st)
	case *sql.Truncate:
		return s.truncate(st)
	case *sql.RenameTable:
		return s.renameTable(st)
	case *sql.CreateIndex:
		return s.createIndex(st)
	case *sql.AlterIndex:
		return s.alterIndex(st)
	case *sql.Comment:
		return s.comment(st)
	case *sql.CreateUser:
		return s.createUser(st)
	case *sql.AlterUser:
		return s.alterUser(st)
	case *sql.Grant:
		return s.grant(st)
	}
	return unimplemented("statement")
}

// alterSession applies all settings of an ALTER SESSION, or none.
func (s *Session) alterSession(ctx context.Context, st *sql.AlterSession) error {
	settings, wait := s.nls, s.ddlWait
	for _, set := range st.Settings {
		var err error
		switch set.Name {
		case "CURRENT_SCHEMA":
			err = s.SetSchema(ctx, set.Value)
		case "TIME_ZONE":
			err = settings.SetTimeZone(set.Value)
		case "PLSQL_WARNINGS", "OPTIMIZER_MODE", "STATISTICS_LEVEL", "CURSOR_SHARING", "PLSQL_OPTIMIZE_LEVEL", "QUERY_REWRITE_ENABLED":
			// Accepted: nothing that could be observed here depends on them.
		case "DDL_LOCK_TIMEOUT":
			wait, err = lockTimeout(set.Value)
		default:
			err = settings.Set(set.Name, set.Value)
		}
		if err != nil {
			return at(set, err)
		}
	}
	s.setNLS(settings)
	s.ddlWait = wait
	return nil
}

// lockTimeout reads DDL_LOCK_TIMEOUT, in seconds.
func lockTimeout(value string) (time.Duration, error) {
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 || n > 1_000_000 {
		return 0, datum.Errorf(68, "invalid value %s for parameter ddl_lock_timeout, must be between 0 and 1000000", value)
	}
	return time.Duration(n) * time.Second, nil
}
