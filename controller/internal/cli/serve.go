package cli

import (
	"context"

	"github.com/spf13/cobra"
)

// newServeCommand makes this process the controller.
func (a *app) newServeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Run the controller for other commands and scripts to talk to",
		Long: `Run the controller until it is interrupted. It prints one line with "ready" when it
accepts calls; logs go to standard error. Only holders of the certificates that
the configuration accepts may call it. Stopping it stops running migrations. What
ran when it was stopped, or when its process died, goes on by itself the next time
when the configuration has a PAR (par: {file: …} or {env: …}), and else waits for
resume. A migration that somebody stopped stays stopped.
` + exitHelp,
		Example: `  adbferry serve --config /etc/adbferry/adbferry.yaml`,
		Args:    onlyFlags,
		RunE:    a.run(func(ctx context.Context, _ []string) error { return a.runServe(ctx) }),
	}
}

// runServe says "ready" on standard output, for scripts that wait for it.
func (a *app) runServe(ctx context.Context) error {
	path, err := a.configPath()
	if err != nil {
		return err
	}
	served, err := a.build("controller", path, "")
	if err != nil {
		return err
	}
	return served.Run(ctx, func(address string) { a.print("adbferry: controller is ready on %s\n", address) })
}
