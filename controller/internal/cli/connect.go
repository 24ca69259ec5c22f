package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/adbferry/adbferry/controller"
	"github.com/adbferry/adbferry/pkg/advice"
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
// address that is given, or one inside this process.
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
	if err := a.findController(path); err != nil {
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

// findController looks for the address of a controller: that of --controller, of
// ADBFERRY_CONTROLLER or of the configuration.
func (a *app) findController(path string) error {
	from := "--controller"
	a.typed = a.controller != ""
	if !a.typed {
		from, a.controller = "ADBFERRY_CONTROLLER", os.Getenv("ADBFERRY_CONTROLLER")
	}
	if a.controller == "" {
		// What is wrong with the configuration says who needs more of it.
		if c, err := controller.LoadClient(path); err == nil {
			from, a.controller = "controller in "+path, c.Controller
		}
	}
	if a.controller != "" && !controller.IsAddress(a.controller) {
		return usage("for example "+net.JoinHostPort(strings.Trim(a.controller, ":[]"), "7650"),
			"%s is %q, which is not a host:port address", from, a.controller)
	}
	return nil
}

// here makes the commands in a text ones that can be typed as they are: with
// --controller, when it was given.
func (a *app) here(text string) string {
	if !a.typed {
		return text
	}
	return advice.At(text, a.controller)
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
func (a *app) print(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if a.output != formJSON {
		text = a.here(text)
	}
	_, _ = io.WriteString(a.stdout, text)
}
