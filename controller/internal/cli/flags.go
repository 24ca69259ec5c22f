package cli

import (
	"cmp"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// specOptions is what is to be moved, by flags. Each flag has a place in the
// migration file; see order.
type specOptions struct {
	fromFile       string
	source, target string
	allowPartial   bool
	yes            bool
	sourceLanes    int32
	targetLanes    int32
	parExpires     string
	prices         string

	choice selectionFlags
	tableOptions
}

// selectionFlags says which tables, and what of them. They do not go together
// with a migration file.
type selectionFlags struct {
	schemas, tables           []string
	include, exclude          []string
	targetTable               string
	where                     string
	columns, excludeColumns   string
	remapSchemas, remapTables []string
}

// given reports whether any of the flags is there.
func (f *selectionFlags) given() bool {
	lists := len(f.schemas) + len(f.tables) + len(f.include) + len(f.exclude) + len(f.remapSchemas) + len(f.remapTables)
	return lists > 0 || cmp.Or(f.targetTable, f.where, f.columns, f.excludeColumns) != ""
}

func (o *specOptions) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&o.fromFile, "file", "", "migration `file` in YAML, instead of the flags that select tables; docs/selecting.md")
	flags.StringVar(&o.source, "source", "", "`database` to move from")
	flags.StringVar(&o.target, "target", "", "`database` to move to")
	o.choice.addFlags(flags)
	o.tableOptions.addFlags(flags)
	flags.BoolVar(&o.allowPartial, "allow-partial", false, "agree to leave behind the columns, and tables of a schema, that cannot be carried")
	flags.BoolVar(&o.yes, "yes", false, "agree that rows which the target has are removed (--if-exists truncate or replace)")
	flags.Int32Var(&o.sourceLanes, "source-lanes", 0, "at most `N` exports at a time (default: what the service level bears)")
	flags.Int32Var(&o.targetLanes, "target-lanes", 0, "at most `N` imports at a time (default: what the service level bears)")
	flags.StringVar(&o.parExpires, "par-expires", "", "`time` when the PAR expires, such as 2026-12-31T18:00:00Z, to compare with the estimate")
	flags.StringVar(&o.prices, "prices", "", "`file` with prices of Object Storage, for the estimate")
}

func (f *selectionFlags) addFlags(flags *pflag.FlagSet) {
	flags.StringArrayVar(&f.schemas, "schema", nil, "`schema` to move; repeat for several")
	flags.StringArrayVar(&f.include, "include", nil, "of a schema only the tables that match the `glob`; repeat for several")
	flags.StringArrayVar(&f.exclude, "exclude", nil, "of a schema not the tables that match the `glob`; repeat for several")
	flags.StringArrayVar(&f.tables, "table", nil, "`SCHEMA.TABLE` to move; repeat for several")
	flags.StringVar(&f.targetTable, "target-table", "", "`SCHEMA.TABLE` on the target, when the table has another name there")
	flags.StringVar(&f.where, "where", "", "SQL `condition` on the rows of the table")
	flags.StringVar(&f.columns, "columns", "", "`columns` of the table to carry, separated by commas (default: all)")
	flags.StringVar(&f.excludeColumns, "exclude-columns", "", "`columns` of the table to leave behind, separated by commas")
	flags.StringArrayVar(&f.remapSchemas, "remap-schema", nil, "`A=B` moves tables of schema A into schema B; repeat for several")
	flags.StringArrayVar(&f.remapTables, "remap-table", nil, "`A.T=B.U` moves table A.T to B.U; repeat for several")
}

// addCompletion makes the shell complete the values of flags.
func (o *specOptions) addCompletion(cmd *cobra.Command) {
	for name, words := range map[string][]string{"format": formatWords, "ddl": ddlWords, "if-exists": ifExistsWords} {
		_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)) // the flag is there
	}
	for _, name := range []string{"file", "prices"} {
		_ = cmd.MarkFlagFilename(name, "yaml", "yml")
	}
}
