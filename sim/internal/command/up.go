package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/adbferry/adbferry/pkg/config"
	"github.com/adbferry/adbferry/pkg/daemon"
	"github.com/adbferry/adbferry/sim"
	"github.com/adbferry/adbferry/sim/internal/control"
)

// upOptions are the flags of "up".
type upOptions struct {
	dir       string
	demoRows  int
	saveAfter time.Duration
	logLevel  string
	physics   string
	knobs     string
	scripts   []string // REGION=FILE
}

func newUp() *cobra.Command {
	var o upOptions
	cmd := &cobra.Command{
		Use:   "up --dir DIR",
		Short: "Run both regions in the foreground until a signal ends them",
		Long: `Run both regions in the foreground until SIGINT or SIGTERM.

DIR receives wallets, configuration files, mTLS material, a PAR and env.sh, ready
to use with adbferry-agent and adbferry, and the address at which "fail" and the
other commands reach the simulation. When everything can be used, one line
that starts with "ready" goes to standard output.

DIR/state keeps users, tables, objects and PARs: it is written at the end, on
"adbferry-sim snapshot", and when nothing has changed for a while, and the next
"up" with the same DIR goes on from there. Delete DIR to begin anew.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runUp(cmd.Context(), o, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.dir, "dir", "", "folder for wallets, configuration and the state (required)")
	flags.IntVar(&o.demoRows, "demo-rows", 0, "rows of ADMIN.CUSTOMER_ORDERS_DEMO in San Jose, unless it is there")
	flags.DurationVar(&o.saveAfter, "save-after", 5*time.Second, "how long nothing may have changed before changes are saved")
	flags.StringVar(&o.physics, "physics", "", "how long things take: a YAML file, or a preset (4ecpu, observed); default nothing waits")
	flags.StringVar(&o.knobs, "knobs", "", "how to behave where Oracle's documentation leaves it open: a YAML file")
	flags.StringArrayVar(&o.scripts, "sql", nil, "run a script in a region before it is ready, as `REGION=FILE`, unless DIR has a state; each statement ends with a line /; may be repeated")
	flags.StringVar(&o.logLevel, "log-level", "warn", "trace, debug, info, warn or error")
	return cmd
}

// runUp runs a simulation until ctx ends.
func runUp(ctx context.Context, o upOptions, out, errs io.Writer) (err error) {
	cfg, err := o.config(errs)
	if err != nil {
		return usageError{err}
	}
	s, err := sim.Start(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if len(o.scripts) > 0 && s.Restored() {
		_, _ = fmt.Fprintf(errs, "%s: no script of --sql was run: %s goes on with what it had; delete it to begin anew\n", name, filepath.Join(o.dir, "state"))
	}
	if err := s.WriteFiles(o.dir); err != nil {
		return err
	}
	server, err := control.Serve(ctx, s, o.dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	if _, err := fmt.Fprintf(out, "ready: wallets and configuration are in %s\n", o.dir); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// config checks the flags and turns them into what to simulate; progress goes to
// errs.
func (o upOptions) config(errs io.Writer) (sim.Config, error) {
	none := sim.Config{}
	if o.dir == "" {
		return none, errNoDir
	}
	if o.demoRows < 0 {
		return none, fmt.Errorf("--demo-rows must not be negative, got %d", o.demoRows)
	}
	if o.saveAfter <= 0 {
		return none, fmt.Errorf("--save-after must be positive, got %v", o.saveAfter)
	}
	log, err := daemon.NewLogger(name, o.logLevel, "text", logTo)
	if err != nil {
		return none, err
	}
	physics, err := readPhysics(o.physics)
	if err != nil {
		return none, err
	}
	var knobs sim.Knobs
	if o.knobs != "" {
		if err := config.Load(o.knobs, &knobs); err != nil {
			return none, err
		}
	}
	scripts, err := readScripts(o.scripts)
	if err != nil {
		return none, err
	}
	return sim.Config{
		DemoRows: o.demoRows, DemoProgress: progressLine(errs, o.demoRows), Physics: physics, Knobs: knobs,
		Logger: log, Dir: o.dir, SaveAfter: o.saveAfter, Scripts: scripts,
	}, nil
}

// readPhysics reads a file, or finds a preset: a name that is not the name of an
// existing file, and has neither a folder nor an extension, is that of a preset.
func readPhysics(name string) (sim.Physics, error) {
	var physics sim.Physics
	if name == "" {
		return physics, nil
	}
	if _, err := os.Stat(name); err != nil && filepath.Base(name) == name && filepath.Ext(name) == "" {
		return sim.PhysicsPreset(name)
	}
	return physics, config.Load(name, &physics)
}

// progressSteps is how many progress lines a load prints.
const progressSteps = 5

// progressLine reports the load of the demo table, a few lines in all.
func progressLine(w io.Writer, total int) func(done int) {
	next := total / progressSteps
	return func(done int) {
		if done < next && done < total {
			return
		}
		next += max(1, total/progressSteps)
		_, _ = fmt.Fprintf(w, "demo table: %d of %d rows\n", done, total)
	}
}
