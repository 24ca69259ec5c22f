package engine

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
)

// jobClasses are those of an Autonomous Database (reference, section 8.4), by
// the service level that their jobs run with. The default class has the
// lowest.
var jobClasses = map[string]string{
	"DEFAULT_JOB_CLASS": "low", "LOW": "low", "MEDIUM": "medium", "HIGH": "high", "TP": "tp", "TPURGENT": "tpurgent",
}

// longestAction is how many characters a job's action may have.
const longestAction = 4000

// jobService finds the service whose level belongs to a job class.
func (i *Instance) jobService(class string) string {
	names := i.config.ServiceNames
	at := slices.IndexFunc(names, func(n string) bool { return strings.HasSuffix(strings.ToLower(n), "_"+jobClasses[class]) })
	return names[max(at, 0)]
}

// schedulerPackage is DBMS_SCHEDULER for one-off jobs with a PL/SQL block. All
// calls commit. Programs, schedules, repeat intervals, chains, windows, jobs
// elsewhere and other job types are refused by name.
func schedulerPackage(d *scheduler) Package {
	name, force := textParam("JOB_NAME"), optional(booleanParam("FORCE"))
	current, enabled, drop := optional(booleanParam("USE_CURRENT_SESSION")), optional(booleanParam("ENABLED")), optional(booleanParam("AUTO_DROP"))
	current.Default, drop.Default = datum.FromBool(true), datum.FromBool(true)
	semantics := optional(textParam("COMMIT_SEMANTICS"))
	create := []Param{
		name, textParam("JOB_TYPE"), textParam("JOB_ACTION"), optional(numberParam("NUMBER_OF_ARGUMENTS")),
		optional(Param{Name: "START_DATE", Type: datum.Type{Kind: datum.TimestampTZ}}), optional(textParam("REPEAT_INTERVAL")),
		optional(Param{Name: "END_DATE", Type: datum.Type{Kind: datum.TimestampTZ}}), optional(textParam("JOB_CLASS")),
		enabled, drop, optional(textParam("COMMENTS")), optional(textParam("CREDENTIAL_NAME")), optional(textParam("DESTINATION_NAME")),
	}
	return Package{Owner: "SYS", Name: "DBMS_SCHEDULER", Procedures: []Procedure{
		committing("CREATE_JOB", d.create, create...),
		committing("RUN_JOB", d.runNow, name, current),
		committing("STOP_JOB", d.stop, name, force, semantics),
		committing("DROP_JOB", d.drop, name, force, optional(booleanParam("DEFER")), semantics),
		committing("ENABLE", d.enable, textParam("NAME"), semantics),
		committing("DISABLE", d.disable, textParam("NAME"), force, semantics),
	}}
}

// plainJobName is what a job may be called without double quotes.
var plainJobName = regexp.MustCompile(`^[A-Z][A-Z0-9_$#]{0,127}$`)

// jobName splits the name of a job into schema and name.
//
// Error: ORA-27452.
func (s *Session) jobName(text string) (objectName, error) {
	parts := strings.Split(text, ".")
	n := objectName{s.Schema(), dictionaryName(parts[len(parts)-1])}
	if len(parts) == 2 {
		n.schema = dictionaryName(parts[0])
	}
	quoted := strings.HasSuffix(strings.TrimSpace(text), `"`)
	if len(parts) > 2 || !quoted && !plainJobName.MatchString(n.name) {
		return n, datum.Errorf(27452, "%q is an invalid name for a database object.", text)
	}
	return n, nil
}

// ownJob finds a job that the session may change. The caller holds the mutex.
//
// Errors: ORA-27475, whether the job is not there or not the session's.
func (d *scheduler) ownJob(s *Session, text string) (*job, error) {
	n, err := s.jobName(text)
	if err != nil {
		return nil, err
	}
	j := d.jobs[n]
	if j == nil || n.schema != s.user.name && s.user.role != Administrator {
		return nil, datum.Errorf(27475, "unknown job %s", n)
	}
	return j, nil
}

// create is CREATE_JOB.
//
// Errors: ORA-27486 without CREATE JOB, ORA-27477 for a name in use, ORA-27476
// for an unknown class, ORA-03001 for what is not simulated.
func (d *scheduler) create(_ context.Context, s *Session, args *Args) error {
	n, err := s.jobName(args.Value("JOB_NAME").Text())
	if err != nil {
		return err
	}
	j, err := s.newJob(n, args)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.jobs[n] != nil {
		return datum.Errorf(27477, "%s already exists", n)
	}
	d.jobs[n] = j
	if args.Value("ENABLED").Bool() {
		j.enabled = true
		d.launch(j, j.start)
	}
	return nil
}

// newJob checks the arguments of CREATE_JOB.
func (s *Session) newJob(n objectName, args *Args) (*job, error) {
	if s.user.role != Administrator && (n.schema != s.user.name || !s.instance.catalog.granted(s.user.name, objectName{}, "CREATE JOB")) {
		return nil, datum.Errorf(27486, "insufficient privileges")
	}
	kind := strings.ToUpper(args.Value("JOB_TYPE").Text())
	if kind != "PLSQL_BLOCK" {
		return nil, unimplemented("job type " + kind)
	}
	for _, absent := range []string{"REPEAT_INTERVAL", "END_DATE", "CREDENTIAL_NAME", "DESTINATION_NAME"} {
		if !args.Value(absent).IsNull() {
			return nil, unimplemented("DBMS_SCHEDULER.CREATE_JOB " + strings.ToLower(absent))
		}
	}
	action, class := args.Value("JOB_ACTION"), strings.TrimPrefix(dictionaryName(args.Value("JOB_CLASS").Text()), "SYS.")
	if class == "" {
		class = "DEFAULT_JOB_CLASS"
	}
	switch {
	case action.IsNull() || len([]rune(action.Text())) > longestAction:
		return nil, datum.Errorf(27451, "JOB_ACTION cannot be NULL or longer than %d characters", longestAction)
	case jobClasses[class] == "":
		return nil, datum.Errorf(27476, "%s does not exist", objectName{"SYS", class})
	}
	j := &job{
		objectName: n, creator: s.user.name, action: action.Text(), class: class, comments: args.Value("COMMENTS").Text(),
		settings: s.nls, created: s.instance.config.Now(), autoDrop: args.Value("AUTO_DROP").Bool(), state: jobDisabled,
	}
	if v := args.Value("START_DATE"); !v.IsNull() {
		j.start = v.Time()
	}
	return j, nil
}

// runNow is RUN_JOB: in the caller's session, where it raises the job's error,
// or beside it.
//
// Error: ORA-27478 when the job runs.
func (d *scheduler) runNow(ctx context.Context, s *Session, args *Args) error {
	d.mu.Lock()
	j, err := d.ownJob(s, args.Value("JOB_NAME").Text())
	if err == nil && j.current != nil && j.state == jobRunning {
		err = datum.Errorf(27478, "job %s is running", j.objectName)
	}
	if err != nil || !args.Value("USE_CURRENT_SESSION").Bool() {
		if err == nil {
			d.launch(j, j.created) // has passed
		}
		d.mu.Unlock()
		return err
	}
	d.mu.Unlock()
	return s.action(ctx, j.action)
}

// stop is STOP_JOB. It returns when the job has ended, unless it is the job
// that stops itself.
//
// Error: ORA-27366 when the job does not run.
func (d *scheduler) stop(ctx context.Context, s *Session, args *Args) error {
	d.mu.Lock()
	j, err := d.ownJob(s, args.Value("JOB_NAME").Text())
	if err == nil && (j.current == nil || j.state != jobRunning) {
		err = datum.Errorf(27366, "job %s is not running", j.objectName)
	}
	if err != nil {
		d.mu.Unlock()
		return err
	}
	return d.end(ctx, s, j.current)
}

// end stops an execution, if there is one, and waits for it. It gives the
// mutex back, which the caller holds.
func (d *scheduler) end(ctx context.Context, s *Session, x *jobExecution) error {
	own := x == nil || x.sid == s.sid
	d.mu.Unlock()
	if x != nil {
		x.cancel(errJobStopped)
	}
	if own {
		return nil
	}
	select {
	case <-x.done:
		return nil
	case <-ctx.Done():
		return database.Cancelled()
	}
}

// drop is DROP_JOB; with FORCE a running job is stopped.
//
// Error: ORA-27478 when the job runs.
func (d *scheduler) drop(ctx context.Context, s *Session, args *Args) error {
	d.mu.Lock()
	j, err := d.ownJob(s, args.Value("JOB_NAME").Text())
	if err == nil && j.state == jobRunning && !args.Value("FORCE").Bool() {
		err = datum.Errorf(27478, "job %s is running", j.objectName)
	}
	if err != nil {
		d.mu.Unlock()
		return err
	}
	delete(d.jobs, j.objectName)
	return d.end(ctx, s, j.current)
}

// enable is ENABLE, which also lets a job that has ended run once more.
func (d *scheduler) enable(_ context.Context, s *Session, args *Args) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	j, err := d.ownJob(s, args.Value("NAME").Text())
	if err == nil && !j.enabled {
		j.enabled = true
		d.launch(j, j.start)
	}
	return err
}

// disable is DISABLE: a job that waits for its time stays.
//
// Error: ORA-27478 when the job runs and FORCE is not said.
func (d *scheduler) disable(ctx context.Context, s *Session, args *Args) error {
	d.mu.Lock()
	j, err := d.ownJob(s, args.Value("NAME").Text())
	switch {
	case err != nil:
	case j.state == jobRunning && !args.Value("FORCE").Bool():
		err = datum.Errorf(27478, "job %s is running", j.objectName)
	case j.state == jobScheduled && j.current != nil:
		j.enabled, j.state = false, jobDisabled
		return d.end(ctx, s, j.current)
	case j.state != jobRunning:
		j.enabled, j.state = false, jobDisabled
	}
	d.mu.Unlock()
	return err
}
