package agent_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/adbferry/adbferry/agent"
	"github.com/adbferry/adbferry/pkg/daemon"
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

// Whatever is wrong with a configuration is told with what to do about it, and
// ends with the exit code of a usage error.
func TestAMistakeInTheConfigurationIsToldWithAHint(t *testing.T) {
	p := newPair(t, sim.Config{})
	dir := filepath.Join(p.dir, sim.SanJose)
	good, err := os.ReadFile(filepath.Join(dir, "agent.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ key, value, problem, hint string }{
		"an unknown key":           {"usr", "ADMIN", `unknown field "usr"`, "the keys are region, listen, "},
		"a password in clear":      {"password", "Secret-Password-1", "string was used where mapping is expected", "a secret is {file: PATH} or {env: NAME}"},
		"a secret file":            {"password", "{file: nowhere}", "password: read secret", "set where the agent is started"},
		"an environment variable":  {"password", "{env: ADBFERRY_NOWHERE}", "ADBFERRY_NOWHERE is not set", "set where the agent is started"},
		"a CA":                     {"tls", "{ca: nowhere, certificate: nowhere, key: nowhere}", "nowhere", "adbferry pki init"},
		"the object store's CA":    {"object_storage_ca", "nowhere", "object_storage_ca", "leave it out"},
		"a log level":              {"log", "{level: loud, format: text}", "loud", "level"},
		"a limit that is too long": {"tick_interval", "1m", "tick_interval 1m", "the keys are "},
	} {
		t.Run(name, func(t *testing.T) {
			text := regexp.MustCompile(`(?m)^`+tt.key+`:.*\n(^ .*\n)*`).ReplaceAllString(string(good), "") + "\n" + tt.key + ": " + tt.value + "\n"
			path := filepath.Join(dir, "spoiled.yaml")
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			err := agent.Command(t.Context(), []string{"--config", path}, &out, &out)
			usage, ok := errors.AsType[*daemon.UsageError](err)
			if !ok || !strings.Contains(usage.Error(), tt.problem) || !strings.Contains(usage.Hint(), tt.hint) {
				t.Errorf("%v", err)
			}
			daemon.PrintError(&out, "adbferry-agent", err)
			if !strings.Contains(out.String(), "\nhint: ") || strings.Contains(out.String(), "Secret-Password-1") {
				t.Errorf("printed %s", out.String())
			}
		})
	}
	err = agent.Command(t.Context(), []string{"--config", filepath.Join(dir, "nowhere.yaml")}, io.Discard, io.Discard)
	if usage, ok := errors.AsType[*daemon.UsageError](err); !ok || !strings.Contains(usage.Hint(), "--config") {
		t.Errorf("a file that is not there: %v", err)
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
