package engine

import (
	"slices"
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/nls"
	"github.com/adbferry/adbferry/sim/internal/state"
)

// savedScheduler is a scheduler in its section.
type savedScheduler struct {
	jobs   []job
	log    []jobRun
	lastID int64
	clock  func() time.Time // of sessions, when loading
}

func (s *savedScheduler) code(c *state.Coder) {
	state.Int(c, &s.lastID)
	state.List(c, &s.jobs, s.codeJob)
	state.List(c, &s.log, codeJobRun)
}

func (s *savedScheduler) codeJob(c *state.Coder, j *job) {
	codeName(c, &j.objectName)
	c.Text(&j.creator)
	c.Text(&j.action)
	c.Text(&j.class)
	c.Text(&j.comments)
	c.Time(&j.start)
	if c.Loading() {
		j.settings = nls.Defaults(s.clock)
	}
	codeSettings(c, &j.settings)
	c.Time(&j.created)
	c.Bool(&j.enabled)
	c.Bool(&j.autoDrop)
	codeJobState(c, &j.state)
	state.Int(c, &j.runs)
	state.Int(c, &j.failures)
	c.Time(&j.lastStart)
	state.Int(c, &j.lastDuration)
}

// codeSettings carries the parameters and the time zone of a session.
func codeSettings(c *state.Coder, s *nls.Settings) {
	c.Text(&s.TimeZone)
	for name, value := range s.Parameters() {
		c.Text(&value)
		if !c.Loading() || c.Err() != nil {
			continue
		}
		if err := s.Set(name, value); err != nil {
			c.Damaged("%s: %v", name, err)
		}
	}
}

func codeJobState(c *state.Coder, s *jobState) {
	text := string(*s)
	c.Text(&text)
	if !c.Loading() {
		return
	}
	*s = jobState(text)
	if !slices.Contains([]jobState{jobDisabled, jobScheduled, jobRunning, jobSucceeded, jobFailed, jobStopped}, *s) && c.Err() == nil {
		c.Damaged("a job has the unknown state %q", text)
	}
}

func codeJobRun(c *state.Coder, r *jobRun) {
	codeName(c, &r.objectName)
	state.Int(c, &r.id)
	codeJobState(c, &r.state)
	c.Time(&r.requested)
	c.Time(&r.from)
	c.Time(&r.till)
	state.Int(c, &r.sid)
	state.Int(c, &r.serial)
	state.Optional(c, &r.err, func(c *state.Coder, e *datum.Error) {
		state.Int(c, &e.Code)
		c.Text(&e.Text)
		state.Int(c, &e.Pos)
	})
	c.Text(&r.info)
}

// restore takes the jobs over. One that ran when the state was saved ended
// with its process; what it had not committed is gone.
func (s *savedScheduler) restore(to *scheduler) {
	to.lastID, to.log = s.lastID, s.log
	for i := range s.jobs {
		j := &s.jobs[i]
		if j.state == jobRunning {
			to.lastID++
			to.log = append(to.log, jobRun{
				objectName: j.objectName, id: to.lastID, state: jobStopped, requested: j.start,
				from: j.lastStart, till: j.lastStart, info: slaveTerminated,
			})
			j.state, j.enabled = jobStopped, false
			j.runs++
		}
		to.jobs[j.objectName] = j
	}
}

// StartJobs lets the jobs that were loaded go on to wait for their time; one
// whose time has passed starts at once. It is called when all that a job may
// use has been loaded.
func (i *Instance) StartJobs() {
	d := i.scheduler
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, j := range d.jobs {
		if j.state == jobScheduled {
			d.launch(j, j.start)
		}
	}
}
