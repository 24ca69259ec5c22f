package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

type cleanupOptions struct {
	parSource
	giveUp bool
}

// newCleanupCommand removes what a migration needs only as long as it may be
// started again.
func (a *app) newCleanupCommand() *cobra.Command {
	var o cleanupOptions
	cmd := &cobra.Command{
		Use:   "cleanup ID",
		Short: "Remove what a migration left in the databases and in the bucket",
		Long: `Remove the staging tables and ledger entries of a migration from both databases,
and, where the source's agent has a credential, its objects from the bucket; then
list what is left, each with the one command that removes it. The moved tables stay.
A running migration is refused. One that could still be started again cannot be
afterwards, and takes --give-up. Cleaning up twice is harmless.
` + exitHelp,
		Example: `  adbferry cleanup m20261122-080000-k3x7q --par-file par.url`,
		Args:    oneID,
		RunE:    a.run(func(ctx context.Context, args []string) error { return a.runCleanup(ctx, o, args[0]) }),
	}
	o.addFlags(cmd.Flags())
	cmd.Flags().BoolVar(&o.giveUp, "give-up", false, "clean up also after a migration that is not verified, which then cannot go on")
	return cmd
}

// runCleanup needs a PAR only to look into the bucket.
func (a *app) runCleanup(ctx context.Context, o cleanupOptions, id string) error {
	par, err := o.load()
	if err != nil {
		return err
	}
	return a.withController(func(client pb.MigrationServiceClient) error {
		call, cancel := unbounded(ctx)
		defer cancel()
		resp, err := client.CleanUp(call, &pb.CleanUpRequest{MigrationId: id, ParUrl: par.Reveal(), GiveUp: o.giveUp})
		if err != nil {
			return err
		}
		if a.output == formJSON {
			return a.printJSON(resp)
		}
		a.print("%s", cleanupText(resp, !par.IsZero()))
		return nil
	})
}

// cleanupText says what was removed and what is left. Without a look into the bucket
// only the journal says what lies there.
func cleanupText(resp *pb.CleanUpResponse, looked bool) string {
	var out strings.Builder
	for _, r := range resp.GetRemoved() {
		_, _ = fmt.Fprintf(&out, "removed: %s\n", leftoverText(r))
	}
	for _, l := range resp.GetLeftovers() {
		unsure := ""
		if !looked && l.GetKind() == "objects" {
			unsure = ", by the journal; with --par-file the bucket is looked at"
		}
		_, _ = fmt.Fprintf(&out, "left:    %s\n         %s\n", leftoverText(l)+unsure, l.GetHint())
	}
	if out.Len() == 0 {
		return "nothing is left\n"
	}
	if len(resp.GetLeftovers()) == 0 {
		out.WriteString("nothing else is left\n")
	}
	return out.String()
}

// leftoverText is one kind of things: how many, how large, where.
func leftoverText(l *pb.Leftover) string {
	text := number(l.GetCount()) + " " + l.GetKind()
	if l.GetBytes() > 0 {
		text += ", " + size(l.GetBytes())
	}
	if l.GetLocation() != "" {
		text += ", in " + l.GetLocation()
	}
	return text
}

// cleaningText is a clean-up as an event.
func cleaningText(c *pb.MigrationCleanedUp) string {
	if !c.GetDone() {
		return "cleaning up"
	}
	var left []string
	for _, l := range c.GetLeftovers() {
		left = append(left, leftoverText(l))
	}
	if len(left) == 0 {
		return "cleaned up"
	}
	return "cleaned up; left: " + strings.Join(left, "; ")
}
