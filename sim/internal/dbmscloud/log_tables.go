package dbmscloud

import (
	"context"
	"fmt"
	"iter"
	"unicode/utf8"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine"
)

// maxLogLine is the length of RECORD in log and bad tables.
const maxLogLine = 4000

// logTables writes COPY$n_LOG and COPY$n_BAD of one load, through a session of
// its own so that the caller's transaction is not touched.
type logTables struct {
	session *engine.Session // nil when the load keeps no log
	op      operation
	started string
}

// openLogs creates the two tables in the caller's own schema. Each has one
// text column RECORD (reference, section 2.7).
func (c *cloud) openLogs(ctx context.Context, s *engine.Session, op operation) (*logTables, error) {
	l := &logTables{op: op, started: op.started.UTC().Format("01/02/06 15:04:05")}
	if op.logTable == "" {
		return l, nil
	}
	l.session = s.Instance().Internal(op.user)
	for _, table := range []string{op.logTable, op.badTable} {
		if table == "" {
			continue
		}
		create := fmt.Sprintf("CREATE TABLE %s.%s (RECORD VARCHAR2(%d))", quoted(op.user), quoted(table), maxLogLine)
		if err := l.session.Exec(ctx, create); err != nil {
			l.close()
			return nil, fmt.Errorf("create log table: %w", err)
		}
	}
	return l, nil
}

// write stores the load's log lines and rejected records.
func (l *logTables) write(ctx context.Context, from *load) error {
	if l.session == nil {
		return nil
	}
	log := append([]string{" LOG file opened at " + l.started}, from.log...)
	if err := l.append(ctx, l.op.logTable, log); err != nil {
		return err
	}
	if l.op.badTable != "" {
		if err := l.append(ctx, l.op.badTable, from.bad); err != nil {
			return err
		}
	}
	return l.session.Commit(ctx)
}

func (l *logTables) append(ctx context.Context, table string, lines []string) error {
	_, err := l.session.Append(ctx, l.op.user, table, []string{"RECORD"}, records(lines))
	if err != nil {
		return fmt.Errorf("write log table: %w", err)
	}
	return nil
}

func records(lines []string) iter.Seq2[datum.Row, error] {
	return func(yield func(datum.Row, error) bool) {
		for _, line := range lines {
			if len(line) > maxLogLine {
				at := maxLogLine
				for at > 0 && !utf8.RuneStart(line[at]) {
					at--
				}
				line = line[:at]
			}
			if !yield(datum.Row{datum.FromText(line)}, nil) {
				return
			}
		}
	}
}

func (l *logTables) close() {
	if l.session != nil {
		l.session.Close()
	}
}

// quoted is a name as an SQL identifier.
func quoted(name string) string { return `"` + name + `"` }
