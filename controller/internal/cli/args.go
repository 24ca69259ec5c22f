package cli

import (
	"strings"

	"github.com/spf13/cobra"
)

// onlyFlags are the arguments of a command that takes none.
func onlyFlags(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if cmd.HasSubCommands() {
		return unknownCommand(cmd, args[0])
	}
	if cmd.Flags().Lookup("table") != nil {
		return usage("for example "+cmd.CommandPath()+" --table "+args[0]+"; see "+cmd.CommandPath()+" --help",
			"%q is no flag: tables are named with --table", args[0])
	}
	return usage("see "+cmd.CommandPath()+" --help", "%s takes flags only, and %q is none", cmd.CommandPath(), args[0])
}

// unknownCommand says which command may have been meant.
func unknownCommand(cmd *cobra.Command, name string) error {
	hint := "see " + cmd.CommandPath() + " --help"
	cmd.SuggestionsMinimumDistance = 2 // letters to change, of a name that is neither begun nor complete
	if similar := cmd.SuggestionsFor(name); len(similar) > 0 {
		hint = "did you mean " + cmd.CommandPath() + " " + strings.Join(similar, " or ") + "?"
	}
	return usage(hint, "unknown command %q for %q", name, cmd.CommandPath())
}

// oneID are the arguments of a command that is about one migration.
func oneID(cmd *cobra.Command, args []string) error {
	switch len(args) {
	case 0:
		return usage("adbferry list shows the IDs", "the ID of a migration is needed: %s ID", cmd.CommandPath())
	case 1:
		return nil
	default:
		return usage("one after the other", "%s takes one ID, and there are %d: %s", cmd.CommandPath(), len(args), strings.Join(args, ", "))
	}
}

// oneFile is the argument of a command that reads a file.
func oneFile(cmd *cobra.Command, args []string) error {
	if len(args) == 1 {
		return nil
	}
	return usage("see "+cmd.CommandPath()+" --help", "the name of one file is needed: %s FILE", cmd.CommandPath())
}
