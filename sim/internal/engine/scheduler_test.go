package engine

import (
	"context"
	"strings"
	"testing"
	"time"
)

// jobs is a dictionary whose clerk may create jobs, closed with the test.
func jobs(t *testing.T) dictionary {
	t.Helper()
	d := newDictionary(t)
	t.Cleanup(d.admin.Instance().Close)
	exec(t, d.admin, "GRANT CREATE JOB TO sales")
	return d
}

// until waits for a query to have an answer.
func until(t *testing.T, s *Session, text, want string) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(10 * time.Second); query(t, s, text) != want; <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("%s\ngot  %s\nwant %s", text, query(t, s, text), want)
		}
	}
}

const (
	runs   = "SELECT job_name, status, error#, errors FROM user_scheduler_job_run_details ORDER BY log_id"
	states = "SELECT job_name, state, enabled, auto_drop, job_class, comments FROM user_scheduler_jobs"
)

func TestJobRunsInASessionOfItsOwnWithItsCreatorsSettings(t *testing.T) {
	s := jobs(t).sales
	exec(t, s,
		"CREATE TABLE seen (d VARCHAR2(40), who VARCHAR2(40), module VARCHAR2(40), service VARCHAR2(40), sid VARCHAR2(10))",
		"ALTER SESSION SET NLS_DATE_FORMAT = 'YYYY/MM/DD'",
		`BEGIN DBMS_SCHEDULER.CREATE_JOB(job_name => 'export_1', job_type => 'PLSQL_BLOCK', job_class => 'HIGH', enabled => TRUE, comments => 'a job',
			job_action => q'[BEGIN INSERT INTO seen VALUES (SYSDATE, USER, SYS_CONTEXT('USERENV', 'MODULE') || ' ' || SYS_CONTEXT('USERENV', 'ACTION'),
				SYS_CONTEXT('USERENV', 'SERVICE_NAME'), SYS_CONTEXT('USERENV', 'SID')); END;]'); END;`)
	until(t, s, runs, "EXPORT_1|SUCCEEDED|0|~")
	if got, want := query(t, s, "SELECT d, who, module, service FROM seen WHERE sid <> SYS_CONTEXT('USERENV', 'SID')"),
		"2025/03/09|SALES|DBMS_SCHEDULER EXPORT_1|adbsj_high"; got != want {
		t.Errorf("the job saw %s, want %s", got, want)
	}
	until(t, s, "SELECT COUNT(*) FROM user_scheduler_jobs", "0")
}

func TestJobKeepsARecordOfItsEnd(t *testing.T) {
	for _, c := range []struct{ name, action, runs, state string }{
		{"success", "NULL;", "J|SUCCEEDED|0|~", "J|SUCCEEDED|FALSE|FALSE|DEFAULT_JOB_CLASS|~"},
		{
			"failure", "INSERT INTO orders (id) VALUES (77); RAISE_APPLICATION_ERROR(-20001, 'no');",
			"J|FAILED|20001|ORA-20001: no\nORA-06512: at line 1", "J|FAILED|FALSE|FALSE|DEFAULT_JOB_CLASS|~",
		},
		{"a block that does not parse", "BEGIN", "J|FAILED|6550|", "J|FAILED|FALSE|FALSE|DEFAULT_JOB_CLASS|~"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := jobs(t).sales
			exec(t, s,
				"BEGIN DBMS_SCHEDULER.CREATE_JOB('j', 'PLSQL_BLOCK', '"+strings.ReplaceAll(c.action, "'", "''")+"', auto_drop => FALSE); END;",
				"BEGIN DBMS_SCHEDULER.ENABLE('j'); END;")
			until(t, s, "SELECT COUNT(*) FROM user_scheduler_job_run_details", "1")
			if got := query(t, s, runs); !strings.HasPrefix(got, c.runs) {
				t.Errorf("got  %s\nwant %s", got, c.runs)
			}
			if got := query(t, s, states); got != c.state {
				t.Errorf("state %s, want %s", got, c.state)
			}
			if got := query(t, s, "SELECT COUNT(*) FROM orders"); got != "0" {
				t.Errorf("%s rows of a failed job", got)
			}
		})
	}
}

// sleeper is a job that runs until it is stopped.
const sleeper = "BEGIN DBMS_SCHEDULER.CREATE_JOB('j', 'PLSQL_BLOCK', 'dbms_session.sleep(3600);', enabled => TRUE); END;"

func TestJobIsStopped(t *testing.T) {
	for _, c := range []struct{ name, call, state string }{
		{"by STOP_JOB", "STOP_JOB('J', TRUE)", "STOPPED"},
		{"by DROP_JOB with FORCE", "DROP_JOB('j', force => TRUE)", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := jobs(t).sales
			exec(t, s, sleeper)
			until(t, s, "SELECT job_name FROM user_scheduler_running_jobs WHERE session_id > 0", "J")
			failsWith(t, s, "BEGIN DBMS_SCHEDULER.DROP_JOB('j'); END;", `ORA-27478: job "SALES"."J" is running`)
			exec(t, s, "BEGIN DBMS_SCHEDULER."+c.call+"; END;")
			if got := query(t, s, "SELECT state FROM user_scheduler_jobs"); got != c.state {
				t.Errorf("state %q, want %q", got, c.state)
			}
			if got := query(t, s, "SELECT job_name FROM user_scheduler_running_jobs"); got != "" {
				t.Errorf("%s still runs", got)
			}
			if got := query(t, s, runs); got != "J|STOPPED|0|~" {
				t.Errorf("log: %s", got)
			}
		})
	}
}

func TestJobsEndWithTheInstance(t *testing.T) {
	s := jobs(t).sales
	exec(t, s, sleeper, strings.ReplaceAll(strings.ReplaceAll(sleeper, "'j'", "'later'"), "enabled", "start_date => SYSTIMESTAMP + INTERVAL '1' DAY, enabled"))
	until(t, s, "SELECT job_name, state FROM user_scheduler_jobs", "J|RUNNING; LATER|SCHEDULED")
	s.Instance().Close()
	if got := query(t, s, runs); got != "J|STOPPED|0|~" {
		t.Errorf("log after Close: %s", got)
	}
	exec(t, s, strings.ReplaceAll(sleeper, "'j'", "'after'"))
	if got := query(t, s, "SELECT COUNT(*) FROM user_scheduler_running_jobs"); got != "0" {
		t.Errorf("%s jobs run after Close", got)
	}
}

func TestRunJobInTheCallersSessionRaisesItsError(t *testing.T) {
	s := jobs(t).sales
	exec(t, s, "BEGIN DBMS_SCHEDULER.CREATE_JOB('j', 'PLSQL_BLOCK', 'INSERT INTO orders (id) VALUES (1);'); END;")
	exec(t, s, "BEGIN DBMS_SCHEDULER.RUN_JOB('j'); END;")
	if got := query(t, s, "SELECT COUNT(*) FROM orders"); got != "1" {
		t.Errorf("%s rows", got)
	}
	failsWith(t, s, "BEGIN DBMS_SCHEDULER.RUN_JOB('j'); END;", "ORA-00001")
	exec(t, s, "BEGIN DBMS_SCHEDULER.RUN_JOB('j', use_current_session => FALSE); END;")
	until(t, s, "SELECT job_name, status, error# FROM user_scheduler_job_run_details", "J|FAILED|1")
}

func TestSchedulerRefusals(t *testing.T) {
	d := jobs(t)
	exec(t, d.sales, "BEGIN DBMS_SCHEDULER.CREATE_JOB('j', 'PLSQL_BLOCK', 'NULL;'); END;")
	for _, c := range []struct{ name, call, want string }{
		{"a name in use", "CREATE_JOB('SALES.j', 'PLSQL_BLOCK', 'NULL;')", `ORA-27477: "SALES"."J" already exists`},
		{"a bad name", "CREATE_JOB('a job', 'PLSQL_BLOCK', 'NULL;')", "ORA-27452"},
		{"another type", "CREATE_JOB('k', 'EXECUTABLE', '/bin/ls')", `ORA-03001: unimplemented feature: "job type EXECUTABLE"`},
		{"repetition", "CREATE_JOB('k', 'PLSQL_BLOCK', 'NULL;', repeat_interval => 'FREQ=DAILY')", "ORA-03001"},
		{"an unknown class", "CREATE_JOB('k', 'PLSQL_BLOCK', 'NULL;', job_class => 'FAST')", `ORA-27476: "SYS"."FAST" does not exist`},
		{"a long action", "CREATE_JOB('k', 'PLSQL_BLOCK', RPAD('x', 4001, 'x'))", "ORA-27451"},
		{"another's schema", "CREATE_JOB('admin.k', 'PLSQL_BLOCK', 'NULL;')", "ORA-27486"},
		{"an unknown job", "DROP_JOB('k')", `ORA-27475: unknown job "SALES"."K"`},
		{"a job that does not run", "STOP_JOB('j')", `ORA-27366: job "SALES"."J" is not running`},
	} {
		t.Run(c.name, func(t *testing.T) { failsWith(t, d.sales, "BEGIN DBMS_SCHEDULER."+c.call+"; END;", c.want) })
	}
	failsWith(t, d.clerk, "BEGIN DBMS_SCHEDULER.CREATE_JOB('k', 'PLSQL_BLOCK', 'NULL;'); END;", "ORA-27486: insufficient privileges")
	failsWith(t, d.clerk, "BEGIN DBMS_SCHEDULER.DROP_JOB('SALES.J'); END;", "ORA-27475")
	if err := d.sales.Exec(context.Background(), "BEGIN DBMS_SCHEDULER.DISABLE('j'); DBMS_SCHEDULER.DROP_JOB('j'); END;"); err != nil {
		t.Error(err)
	}
}
