package engine

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/nls"
)

// A scheduler runs the one-off jobs of DBMS_SCHEDULER, each in a session and a
// goroutine of its own, which it waits for when the instance closes.
type scheduler struct {
	instance *Instance
	running  sync.WaitGroup

	mu     sync.Mutex
	closed bool
	jobs   map[objectName]*job
	log    []jobRun
	lastID int64
}

// A job is one job as created. Its fields below created are guarded by the
// scheduler's mutex.
type job struct {
	objectName

	creator, action, class, comments string
	start                            time.Time // zero: at once
	settings                         nls.Settings
	created                          time.Time

	enabled, autoDrop bool
	state             jobState
	runs, failures    int64
	lastStart         time.Time
	lastDuration      time.Duration
	current           *jobExecution // nil when it neither runs nor waits
}

// A jobState is a STATE of USER_SCHEDULER_JOBS.
type jobState string

// The states of one-off jobs.
const (
	jobDisabled  jobState = "DISABLED"
	jobScheduled jobState = "SCHEDULED"
	jobRunning   jobState = "RUNNING"
	jobSucceeded jobState = "SUCCEEDED"
	jobFailed    jobState = "FAILED"
	jobStopped   jobState = "STOPPED"
)

// A jobExecution is a job that waits for its time or runs.
type jobExecution struct {
	cancel context.CancelCauseFunc
	done   chan struct{}
	sid    int       // of the session it runs in, 0 while it waits
	began  time.Time // of the run
	id     int64     // of its entry in the log
}

// A jobRun is an entry of the log.
type jobRun struct {
	objectName

	id                    int64
	state                 jobState
	requested, from, till time.Time
	sid, serial           int
	err                   *datum.Error
	info                  string
}

// slaveTerminated is ADDITIONAL_INFO of a run that ended with the instance.
const slaveTerminated = `REASON="Job slave process was terminated"`

// The causes a run is ended with before its time.
var (
	errJobStopped   = errors.New("job stopped")
	errInstanceDown = errors.New("instance closed")
)

func newScheduler(i *Instance) *scheduler {
	return &scheduler{instance: i, jobs: map[objectName]*job{}, lastID: 1000}
}

// launch lets a job wait for its time and run. The caller holds the mutex.
func (d *scheduler) launch(j *job, start time.Time) {
	if d.closed || j.current != nil {
		return
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	x := &jobExecution{cancel: cancel, done: make(chan struct{})}
	j.current, j.state = x, jobScheduled
	d.running.Go(func() {
		defer close(x.done)
		defer cancel(nil)
		if d.wait(ctx, start) {
			d.run(ctx, j, x)
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		j.current = nil
	})
}

// wait waits until the database's clock shows a time; it reports false when
// the job is stopped before.
func (d *scheduler) wait(ctx context.Context, start time.Time) bool {
	if start.IsZero() {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(start.Sub(d.instance.config.Now()))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// run runs a job's action once and writes the log.
func (d *scheduler) run(ctx context.Context, j *job, x *jobExecution) {
	s, err := d.instance.open(database.Login{User: j.schema, Program: "oracle (J000)", Service: d.instance.jobService(j.class)})
	if err != nil {
		d.finish(ctx, j, x, &Session{}, err)
		return
	}
	defer s.Close()
	s.setNLS(j.settings)
	s.Trace(database.Trace{
		Module: database.Attribute{Set: true, Value: "DBMS_SCHEDULER"}, Action: database.Attribute{Set: true, Value: prefixOf(j.name, attributeSize)},
	})
	d.mu.Lock()
	d.lastID++
	j.state, x.sid, x.began, x.id = jobRunning, s.sid, d.instance.config.Now(), d.lastID
	j.lastStart = x.began
	d.mu.Unlock()
	d.finish(ctx, j, x, s, s.action(ctx, j.action))
}

// action runs a job's block and commits, or undoes what it did. The action may
// be a block or statements without BEGIN.
func (s *Session) action(ctx context.Context, text string) error {
	if err := s.Exec(ctx, "BEGIN "+text+"\nEND;"); err != nil {
		_ = s.Rollback(ctx) // cannot fail
		return err
	}
	return s.Commit(ctx)
}

// finish notes how a run ended. A one-off job that ran to an end, good or bad,
// is gone if it is to be dropped, else disabled.
func (d *scheduler) finish(ctx context.Context, j *job, x *jobExecution, s *Session, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.instance.config.Now()
	r := jobRun{objectName: j.objectName, id: x.id, state: jobSucceeded, requested: j.start, from: x.began, till: now, sid: s.sid, serial: s.serial}
	switch {
	case err != nil && ctx.Err() != nil:
		r.state, r.info = jobStopped, `REASON="Stop job called"`
		if errors.Is(context.Cause(ctx), errInstanceDown) {
			r.info = slaveTerminated
		}
	case err != nil:
		r.state, r.err = jobFailed, datum.AsError(err)
		r.info = r.err.Error()
		j.failures++
	}
	j.runs++
	j.lastDuration = now.Sub(x.began)
	j.state, j.enabled = r.state, false
	d.log = append(d.log, r)
	if d.jobs[j.objectName] == j && j.autoDrop && r.state != jobStopped {
		delete(d.jobs, j.objectName)
	}
}

// list returns the jobs, sorted by name, as they are now.
func (d *scheduler) list() []job {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.sorted()
}

// sorted is list for a caller that holds the mutex.
func (d *scheduler) sorted() []job {
	list := make([]job, 0, len(d.jobs))
	for _, j := range d.jobs {
		dup := *j
		if j.current != nil {
			x := *j.current
			dup.current = &x
		}
		list = append(list, dup)
	}
	slices.SortFunc(list, func(a, b job) int { return cmp.Or(cmp.Compare(a.schema, b.schema), cmp.Compare(a.name, b.name)) })
	return list
}

// history returns the log.
func (d *scheduler) history() []jobRun {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.log)
}

// close ends all jobs and waits for them; none can be started any more.
func (d *scheduler) close() {
	d.mu.Lock()
	d.closed = true
	for _, j := range d.jobs {
		if j.current != nil {
			j.current.cancel(errInstanceDown)
		}
	}
	d.mu.Unlock()
	d.running.Wait()
}

// Close ends the jobs that run in the instance, waits for them and lets no
// further job start. Sessions stay usable. It may be called twice.
func (i *Instance) Close() { i.scheduler.close() }
