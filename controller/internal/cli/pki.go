package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"
)

type pkiOptions struct {
	dir    string
	agents []string
	hosts  []string
	// hostsAsked is whether hosts were given, and are not the default.
	hostsAsked bool
	days       int
	force      bool
}

// lifetime is how long certificates are valid.
func (o *pkiOptions) lifetime() time.Duration { return time.Duration(o.days) * 24 * time.Hour }

// newPKICommand only groups its subcommands.
func (a *app) newPKICommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "pki",
		Short: "Make the certificates with which controller, agents and clients know each other",
		Args:  onlyFlags,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.newPKIInitCommand())
	return cmd
}

// newPKIInitCommand may be repeated when an agent is added later.
func (a *app) newPKIInitCommand() *cobra.Command {
	var o pkiOptions
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Make a small CA and certificates for the controller, the agents and clients",
		Long: `Make a certificate authority and the certificates of everyone who talks:

  ca.pem  ca-key.pem                       the CA; keep its key in a safe place
  controller.pem  controller-key.pem       for adbferry, also when it serves
  client.pem  client-key.pem               for adbferry with --controller on other machines
  agent-NAME.pem  agent-NAME-key.pem       for the agent of the database NAME

Keys are readable by their owner only. When the directory has a CA already, the
missing certificates are issued by it, and existing files are left alone. To have
one issued again, such as for another host, delete its two files first. With
--force everything is made anew.

The certificates and the CA end after --days, and TLS with them. Before that make
everything anew with --force and the same flags, copy the files to where they
were, and restart agents and controller.
` + exitHelp,
		Example: `  adbferry pki init --agent sanjose=agent1.example.com --agent phoenix=agent2.example.com,10.0.0.7`,
		Args:    onlyFlags,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.hostsAsked = cmd.Flags().Changed("host")
			return a.run(func(context.Context, []string) error { return a.runPKIInit(o) })(cmd, args)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.dir, "dir", "pki", "`directory` to write to")
	flags.StringArrayVar(&o.agents, "agent", nil, "`NAME=HOST[,HOST]`: a database and where its agent is reached; repeat for several")
	flags.StringSliceVar(&o.hosts, "host", []string{"localhost", "127.0.0.1", "::1"}, "`hosts` the controller is reached at")
	flags.IntVar(&o.days, "days", 825, "`days` the certificates are valid")
	flags.BoolVar(&o.force, "force", false, "overwrite existing files")
	return cmd
}

// runPKIInit makes everything in memory first: a bad flag leaves no file behind.
func (a *app) runPKIInit(o pkiOptions) error {
	holders, err := o.holders()
	if err != nil {
		return err
	}
	files, err := issue(o, holders)
	if err != nil {
		return err
	}
	written, err := files.write()
	for _, path := range written {
		a.print("wrote %s\n", path)
	}
	return err
}
