package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/adbferry/adbferry/pkg/daemon"
)

// newVersionCommand needs no configuration.
func (a *app) newVersionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  onlyFlags,
		RunE: a.run(func(context.Context, []string) error {
			a.print("adbferry %s\n", daemon.Version())
			return nil
		}),
	}
}
