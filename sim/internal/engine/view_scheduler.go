package engine

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

func registerSchedulerViews(i *Instance) {
	family[job]{name: "SCHEDULER_JOBS", fields: jobFields(), subjects: reach.jobs}.register(i)
	family[job]{name: "SCHEDULER_RUNNING_JOBS", fields: runningJobFields(i), subjects: reach.runningJobs}.register(i)
	family[jobRun]{name: "SCHEDULER_JOB_RUN_DETAILS", fields: jobRunFields(), subjects: reach.jobRuns}.register(i)
}

// coversJob reports whether a job is within reach.
func (r reach) coversJob(n objectName) bool {
	return n.schema == r.s.user.name || r.class == 'D' || r.class == 'A' && r.s.user.role == Administrator
}

func (r reach) jobs() []job {
	return slices.DeleteFunc(r.s.instance.scheduler.list(), func(j job) bool { return !r.coversJob(j.objectName) })
}

func (r reach) runningJobs() []job {
	return slices.DeleteFunc(r.jobs(), func(j job) bool { return j.state != jobRunning || j.current == nil })
}

func (r reach) jobRuns() []jobRun {
	return slices.DeleteFunc(r.s.instance.scheduler.history(), func(x jobRun) bool { return !r.coversJob(x.objectName) })
}

// trueFalse is how the views of the scheduler show a flag.
func trueFalse(b bool) string { return strings.ToUpper(fmt.Sprint(b)) }

// momentField is a TIMESTAMP(6) WITH TIME ZONE in the database's zone; the
// zero time is NULL.
func momentField[T any](name string, value func(T) time.Time) field[T] {
	return valueField(name, datum.Type{Kind: datum.TimestampTZ, Scale: 6}, func(subject T) datum.Value {
		t := value(subject)
		if t.IsZero() {
			return datum.NULL
		}
		return datum.FromTimestampTZ(t.Truncate(time.Microsecond), "+00:00")
	})
}

// durationField is an INTERVAL DAY TO SECOND with a number of fraction digits.
func durationField[T any](name string, digits int, value func(T) (time.Duration, bool)) field[T] {
	unit := time.Second
	for range digits {
		unit /= 10
	}
	return valueField(name, datum.Type{Kind: datum.IntervalDS, Precision: 3, Scale: digits}, func(subject T) datum.Value {
		d, ok := value(subject)
		if !ok {
			return datum.NULL
		}
		d = d.Round(unit)
		return datum.FromIntervalDS(int64(d/time.Second), int64(d%time.Second))
	})
}

func jobFields() []field[job] {
	return []field[job]{
		ownerField("OWNER", func(j job) string { return j.schema }),
		nameField("JOB_NAME", func(j job) string { return j.name }),
		nameField[job]("JOB_SUBNAME", nil),
		constantField[job]("JOB_STYLE", 17, "REGULAR"),
		nameField("JOB_CREATOR", func(j job) string { return j.creator }),
		textField[job]("PROGRAM_NAME", 4000, nil),
		constantField[job]("JOB_TYPE", 16, "PLSQL_BLOCK"),
		textField("JOB_ACTION", 4000, func(j job) string { return j.action }),
		numberField("NUMBER_OF_ARGUMENTS", func(job) int64 { return 0 }),
		textField("SCHEDULE_TYPE", 12, func(j job) string { return oneOf(j.start.IsZero(), "IMMEDIATE", "ONCE") }),
		momentField("START_DATE", func(j job) time.Time { return j.start }),
		textField[job]("REPEAT_INTERVAL", 4000, nil),
		momentField("END_DATE", func(job) time.Time { return time.Time{} }),
		nameField("JOB_CLASS", func(j job) string { return j.class }),
		textField("ENABLED", 5, func(j job) string { return trueFalse(j.enabled) }),
		textField("AUTO_DROP", 5, func(j job) string { return trueFalse(j.autoDrop) }),
		constantField[job]("RESTART_ON_FAILURE", 5, "FALSE"),
		textField("STATE", 20, func(j job) string { return string(j.state) }),
		numberField("JOB_PRIORITY", func(job) int64 { return 3 }),
		numberField("RUN_COUNT", func(j job) int64 { return j.runs }),
		numberField("FAILURE_COUNT", func(j job) int64 { return j.failures }),
		numberField("RETRY_COUNT", func(job) int64 { return 0 }),
		momentField("LAST_START_DATE", func(j job) time.Time { return j.lastStart }),
		durationField("LAST_RUN_DURATION", 6, func(j job) (time.Duration, bool) { return j.lastDuration, j.runs > 0 }),
		momentField("NEXT_RUN_DATE", func(j job) time.Time {
			if j.state != jobScheduled {
				return time.Time{}
			}
			return j.start
		}),
		constantField[job]("LOGGING_LEVEL", 11, "OFF"),
		textField("NLS_ENV", 4000, func(j job) string {
			var parts []string
			for name, value := range j.settings.Parameters() {
				parts = append(parts, name+"='"+value+"'")
			}
			return strings.Join(parts, " ")
		}),
		textField("COMMENTS", 4000, func(j job) string { return j.comments }),
	}
}

func runningJobFields(i *Instance) []field[job] {
	return []field[job]{
		ownerField("OWNER", func(j job) string { return j.schema }),
		nameField("JOB_NAME", func(j job) string { return j.name }),
		nameField[job]("JOB_SUBNAME", nil),
		constantField[job]("JOB_STYLE", 17, "REGULAR"),
		constantField[job]("DETACHED", 5, "FALSE"),
		numberField("SESSION_ID", func(j job) int64 { return int64(j.current.sid) }),
		numberField[job]("SLAVE_PROCESS_ID", nil),
		textField[job]("SLAVE_OS_PROCESS_ID", 12, nil),
		numberField("RUNNING_INSTANCE", func(job) int64 { return 1 }),
		durationField("ELAPSED_TIME", 2, func(j job) (time.Duration, bool) { return i.config.Now().Sub(j.current.began), true }),
		durationField("CPU_USED", 2, func(job) (time.Duration, bool) { return 0, false }),
		numberField("LOG_ID", func(j job) int64 { return j.current.id }),
	}
}

func jobRunFields() []field[jobRun] {
	return []field[jobRun]{
		numberField("LOG_ID", func(r jobRun) int64 { return r.id }),
		momentField("LOG_DATE", func(r jobRun) time.Time { return r.till }),
		nameField("OWNER", func(r jobRun) string { return r.schema }),
		nameField("JOB_NAME", func(r jobRun) string { return r.name }),
		nameField[jobRun]("JOB_SUBNAME", nil),
		textField("STATUS", 30, func(r jobRun) string { return string(r.state) }),
		numberField("ERROR#", func(r jobRun) int64 {
			if r.err == nil {
				return 0
			}
			return int64(r.err.Code)
		}),
		momentField("REQ_START_DATE", func(r jobRun) time.Time {
			if r.requested.IsZero() {
				return r.from
			}
			return r.requested
		}),
		momentField("ACTUAL_START_DATE", func(r jobRun) time.Time { return r.from }),
		durationField("RUN_DURATION", 0, func(r jobRun) (time.Duration, bool) { return r.till.Sub(r.from), true }),
		numberField("INSTANCE_ID", func(jobRun) int64 { return 1 }),
		textField("SESSION_ID", 128, func(r jobRun) string { return fmt.Sprintf("%d,%d", r.sid, r.serial) }),
		textField[jobRun]("SLAVE_PID", 128, nil),
		durationField("CPU_USED", 2, func(jobRun) (time.Duration, bool) { return 0, false }),
		textField("ADDITIONAL_INFO", 4000, func(r jobRun) string { return prefixOf(r.info, 4000) }),
		textField("ERRORS", 4000, func(r jobRun) string {
			if r.err == nil {
				return ""
			}
			return prefixOf(r.err.Error(), 4000)
		}),
	}
}
