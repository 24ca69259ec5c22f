// Package dbmscloud is typed calls to DBMS_CLOUD, in each file format. URLs go in as binds, never
// into a statement's text, and the operation's row, which keeps them, is
// deleted when the call is over.
//
// Facts: reference, sections 1 and 2. Only what is tagged C or F there is
// relied on; option values that would lose data cannot be set.
package dbmscloud

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/adbferry/adbferry/agent/internal/oracle"
)

// The statements of this package.
var (
	exportKind     = oracle.Kind{Name: "dbmscloud.export", Purpose: "writes a chunk's rows to Object Storage; its query selects the carried columns AS OF SCN through TO_CHAR, RAWTOHEX and UTL_RAW", Privileges: []string{"EXECUTE ON DBMS_CLOUD", "SELECT ON table", "FLASHBACK ON table"}}
	copyKind       = oracle.Kind{Name: "dbmscloud.copy", Purpose: "loads a chunk's objects into its staging table", Privileges: []string{"EXECUTE ON DBMS_CLOUD", "CREATE TABLE", "READ, WRITE ON DIRECTORY DATA_PUMP_DIR"}}
	operationsKind = oracle.Kind{Name: "dbmscloud.operations", Purpose: "finds the session's operations in USER_LOAD_OPERATIONS"}
	deadKind       = oracle.Kind{Name: "dbmscloud.dead", Purpose: "finds operations that died agents left in USER_LOAD_OPERATIONS, by the folder of their objects"}
	abandonedKind  = oracle.Kind{Name: "dbmscloud.abandoned", Purpose: "finds operations that a migration left in USER_LOAD_OPERATIONS, when it is cleaned up"}
	runningKind    = oracle.Kind{Name: "dbmscloud.running", Purpose: "looks whether exports or loads of a migration still run, in sessions whose agents have died", Privileges: []string{"SELECT ON V$SESSION"}, Optional: true}
	forgetKind     = oracle.Kind{Name: "dbmscloud.forget", Purpose: "deletes an operation's row, which keeps the PAR, and its log tables", Privileges: []string{"EXECUTE ON DBMS_CLOUD"}}
	logKind        = oracle.Kind{Name: "dbmscloud.log", Purpose: "reads the message numbers of a failed load's log"}
)

// Statements returns the kinds of statements that this package sends.
func Statements() []oracle.Kind {
	return []oracle.Kind{exportKind, copyKind, operationsKind, deadKind, abandonedKind, runningKind, forgetKind, logKind, deleteKind}
}

// An operation is a row of USER_LOAD_OPERATIONS.
type operation struct {
	id  int64
	log sql.NullString
}

// operations finds what a session ran, by its SID and SERIAL#: the OUT
// parameter is not set when a call fails (reference, section 2.7).
func operations(ctx context.Context, s *oracle.Session, sid, serial int64) ([]operation, error) {
	return list(ctx, s, operationsKind, "SELECT ID, LOGFILE_TABLE FROM USER_LOAD_OPERATIONS WHERE SID = :sid AND SERIAL# = :serial ORDER BY ID",
		sql.Named("sid", sid), sql.Named("serial", serial))
}

func list(ctx context.Context, s *oracle.Session, k oracle.Kind, query string, args ...any) ([]operation, error) {
	var found []operation
	err := s.Query(ctx, k, query, func(scan func(...any) error) error {
		var o operation
		if err := scan(&o.id, &o.log); err != nil {
			return err
		}
		found = append(found, o)
		return nil
	}, args...)
	return found, err
}

// Forget deletes the operations that the session with these numbers ran, with
// their log tables. The session itself may be gone.
func Forget(ctx context.Context, s *oracle.Session, sid, serial int64) error {
	found, err := operations(ctx, s, sid, serial)
	return errors.Join(err, remove(ctx, s, found))
}

// ForgetChunk deletes the operations of other sessions whose first object is below a
// chunk's folder, "/<migration>/<schema>/<table>/<number>/": those of agents that died
// and could not. An operation that runs is left alone.
func ForgetChunk(ctx context.Context, s *oracle.Session, folder string) error {
	found, err := list(ctx, s, deadKind, "SELECT ID, LOGFILE_TABLE FROM USER_LOAD_OPERATIONS WHERE INSTR(FILE_URI_LIST, :folder) > 0 AND STATUS <> 'RUNNING' ORDER BY ID",
		sql.Named("folder", folder))
	return errors.Join(err, remove(ctx, s, found))
}

// ForgetMigration deletes the operations of a migration, whatever they say that they
// do: Running has been asked.
func ForgetMigration(ctx context.Context, s *oracle.Session, migration string) error {
	found, err := list(ctx, s, abandonedKind, "SELECT ID, LOGFILE_TABLE FROM USER_LOAD_OPERATIONS WHERE REGEXP_LIKE(FILE_URI_LIST, :pattern) ORDER BY ID",
		sql.Named("pattern", objectsOf(migration)))
	return errors.Join(err, remove(ctx, s, found))
}

// objectsOf is a pattern of the URLs of a migration's objects: its ID stands behind
// /o/ and the PAR's own prefix, and before the folders of a chunk or of a trial of
// the doctor's. Elsewhere the same word is another thing: a bucket's name, or a part
// of another migration's prefix.
func objectsOf(migration string) string {
	return "/o/([^,]*/)?" + migration + "/([^/,]+/[^/,]+|behaviour-2F[^/,]+)/[0-9]{6}/"
}

// Running returns how many operations of a migration still run in a session that
// there is. To a user who cannot see the sessions, all that say so run.
func Running(ctx context.Context, s *oracle.Session, migration string) (n int64, err error) {
	const query = "SELECT COUNT(*) FROM USER_LOAD_OPERATIONS O WHERE O.STATUS = 'RUNNING' AND REGEXP_LIKE(O.FILE_URI_LIST, :pattern)"
	pattern := sql.Named("pattern", objectsOf(migration))
	_, err = s.Row(ctx, runningKind, query+" AND EXISTS (SELECT 1 FROM V$SESSION V WHERE V.SID = O.SID AND V.SERIAL# = O.SERIAL#)", []any{pattern}, &n)
	if oracle.Withheld(err) {
		_, err = s.Row(ctx, runningKind, query, []any{pattern}, &n)
	}
	return n, err
}

// operationGone is ORA-20027: no operation of the user's has that number any more.
const operationGone = 20027

// remove deletes operations, except those that somebody else has deleted.
func remove(ctx context.Context, s *oracle.Session, found []operation) error {
	for _, o := range found {
		err := s.Call(ctx, forgetKind, "BEGIN DBMS_CLOUD.DELETE_OPERATION(id => :id); END;", sql.Named("id", o.id))
		if err != nil && !oracle.HasCode(err, operationGone) {
			return err
		}
	}
	return nil
}

var message = regexp.MustCompile(`\b(?:KUP|ORA)-\d{5}\b`)

// Messages returns the numbers that the log of the session's last load names,
// each once: they say why rows were rejected. Their texts may show data and
// stay in the database.
func Messages(ctx context.Context, s *oracle.Session, sid, serial int64) ([]string, error) {
	found, err := operations(ctx, s, sid, serial)
	if err != nil || len(found) == 0 || !found[len(found)-1].log.Valid {
		return nil, err
	}
	table, err := oracle.NewName(found[len(found)-1].log.String)
	if err != nil {
		return nil, err
	}
	var numbers []string
	err = s.Query(ctx, logKind, fmt.Sprintf("SELECT RECORD FROM %s WHERE ROWNUM <= 1000", table), func(scan func(...any) error) error {
		var line sql.NullString
		if err := scan(&line); err != nil {
			return err
		}
		numbers = append(numbers, message.FindAllString(line.String, -1)...)
		return nil
	})
	slices.Sort(numbers)
	return slices.Compact(numbers), err
}
