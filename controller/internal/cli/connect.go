package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/adbferry/adbferry/controller"
	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/daemon"
	"github.com/adbferry/adbferry/pkg/rpc"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

const filesHint = "adbferry pki init makes certificates; the journal directory must be writable"

// configHint says what a configuration file can have.
func configHint() string {
	return "the keys are " + strings.Join(controller.Keys(), ", ") + "; deploy/adbferry.yaml explains them; relative paths start at the file's directory"
}

// unreadable is a configuration file that will not do: it says what such a file
// can have only of one that can be read.
func unreadable(err error) error {
	hint := configHint()
	if _, unread := errors.AsType[*fs.PathError](err); unread {
		hint = "name a configuration file that you can read, with --config or ADBFERRY_CONFIG"
	}
	return usage(hint, "%v", err)
}

// withController calls do with a client of the controller: the one at the
// address that --controller gives, or one inside this process.
func (a *app) withController(do func(client pb.MigrationServiceClient) error) (err error) {
	conn, closeAll, err := a.connect()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeAll()) }()
	return a.explain(do(pb.NewMigrationServiceClient(conn)))
}

// connect makes the connection that withController hands out, and what closes it.
func (a *app) connect() (conn *grpc.ClientConn, closeAll func() error, err error) {
	path, err := a.configPath()
	if err != nil {
		return nil, nil, err
	}
	if a.controller != "" {
		return a.dial(path)
	}
	embedded, err := a.build("adbferry", path, "error") // refused calls come back as errors
	if err != nil {
		return nil, nil, err
	}
	return embedded.Embed()
}

// build makes a controller from a configuration file. Its log level is the one
// that --log-level gives, else fallback, else the configured one.
func (a *app) build(name, path, fallback string) (*controller.Controller, error) {
	c, err := controller.Load(path)
	if err != nil {
		return nil, unreadable(err)
	}
	log, err := daemon.NewLogger(name, cmp.Or(a.logLevel, fallback, c.Log.Level), c.Log.Format, a.stderr)
	if err != nil {
		return nil, usage("", "%v", err)
	}
	built, err := controller.New(c, log)
	if err != nil {
		return nil, usage(filesHint, "%v", err)
	}
	return built, nil
}

// dial goes to another process, for which only certificates are configured.
func (a *app) dial(path string) (conn *grpc.ClientConn, closeAll func() error, err error) {
	c, err := controller.LoadClient(path)
	if err != nil {
		return nil, nil, unreadable(err)
	}
	conn, err = controller.Connect(c, a.controller)
	if err != nil {
		return nil, nil, err
	}
	return conn, conn.Close, nil
}

// configPath finds the configuration file.
func (a *app) configPath() (string, error) {
	for _, given := range []string{a.config, os.Getenv("ADBFERRY_CONFIG")} {
		if given != "" {
			return given, nil
		}
	}
	places := []string{"adbferry.yaml"}
	if dir, err := os.UserConfigDir(); err == nil {
		places = append(places, filepath.Join(dir, "adbferry", "adbferry.yaml"))
	}
	for _, place := range places {
		if _, err := os.Stat(place); err == nil {
			return place, nil
		}
	}
	return "", usage("name one with --config or ADBFERRY_CONFIG", "there is no configuration file: neither %s", strings.Join(places, " nor "))
}

// explain turns what gRPC reports into what a person should read: the failure
// that the controller sent, or that the controller is gone.
func (a *app) explain(err error) error {
	st, isStatus := status.FromError(err)
	switch {
	case err == nil || !isStatus:
		return err
	case len(st.Details()) == 0 && st.Code() == codes.Unavailable && a.controller != "":
		return controller.Unreachable(a.controller, err)
	default:
		return apierr.From(err)
	}
}

// unbounded gives a call that may take hours a deadline of its own.
func unbounded(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, rpc.LongTimeout, errors.New("the call took too long"))
}

// print writes text for the user. Standard output that is gone is nothing to act on.
func (a *app) print(format string, args ...any) { _, _ = fmt.Fprintf(a.stdout, format, args...) }
