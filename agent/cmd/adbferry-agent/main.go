// Command adbferry-agent stands next to one database and does what the
// controller asks of it.
package main

import (
	"context"
	"os"

	"github.com/adbferry/adbferry/agent"
	"github.com/adbferry/adbferry/pkg/daemon"
)

func main() {
	os.Exit(daemon.Main("adbferry-agent", func(ctx context.Context) error {
		return agent.Command(ctx, os.Args[1:], os.Stdout, os.Stderr)
	}))
}
