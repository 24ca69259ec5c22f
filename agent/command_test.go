package agent_test

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/adbferry/adbferry/agent"
	"github.com/adbferry/adbferry/sim"
)

func TestTheCommandLineIsSmall(t *testing.T) {
	for name, tt := range map[string]struct {
		args   []string
		stdout string
		stderr string
		fails  bool
	}{
		"version":      {[]string{"--version"}, "adbferry-agent ", "", false},
		"help":         {[]string{"-h"}, "", "configuration file", false},
		"unknown flag": {[]string{"--bogus"}, "", "bogus", true},
		"an argument":  {[]string{"serve"}, "", "", true},
		"no file":      {[]string{"--config", "/nowhere/agent.yaml"}, "", "", true},
	} {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			err := agent.Command(t.Context(), tt.args, &stdout, &stderr)
			if (err != nil) != tt.fails || !strings.HasPrefix(stdout.String(), tt.stdout) || !strings.Contains(stderr.String(), tt.stderr) {
				t.Errorf("%v\nstdout %s\nstderr %s", err, stdout.String(), stderr.String())
			}
		})
	}
}

// A readyLog closes ready when a line says so. It gets one write a line.
type readyLog struct {
	safeBuffer
	ready chan struct{}
	once  sync.Once
}

func (l *readyLog) Write(p []byte) (int, error) {
	n, err := l.safeBuffer.Write(p)
	if strings.Contains(string(p), "ready") {
		l.once.Do(func() { close(l.ready) })
	}
	return n, err
}

func TestTheDaemonRunsUntilItIsStopped(t *testing.T) {
	p := newPair(t, sim.Config{})
	for _, region := range []string{sim.SanJose, sim.Phoenix} {
		log := &readyLog{ready: make(chan struct{})}
		ctx, cancel := context.WithCancelCause(t.Context())
		ended := make(chan error, 1)
		go func() {
			ended <- agent.Command(ctx, []string{"--config", filepath.Join(p.dir, region, "agent.yaml")}, log, log)
		}()
		var err error
		select {
		case <-log.ready:
			cancel(nil)
			err = <-ended
		case err = <-ended:
			cancel(nil)
		}
		if err != nil || !strings.Contains(log.String(), "ready: address=127.0.0.1:") {
			t.Errorf("%s ended with %v and logged %s", region, err, log.String())
		}
	}
}
