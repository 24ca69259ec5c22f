package cli

import (
	"github.com/spf13/pflag"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// specOptions is what is to be moved.
type specOptions struct {
	source, target string
	tables         []string
	targetTable    string
	excludeColumns string
	allowPartial   bool
}

func (o *specOptions) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&o.source, "source", "", "`database` to move from")
	flags.StringVar(&o.target, "target", "", "`database` to move to")
	flags.StringArrayVar(&o.tables, "table", nil, "`SCHEMA.TABLE` to move; repeat for several")
	flags.StringVar(&o.targetTable, "target-table", "", "`SCHEMA.TABLE` on the target, when it has another name there")
	flags.StringVar(&o.excludeColumns, "exclude-columns", "", "`columns` to leave behind, separated by commas")
	flags.BoolVar(&o.allowPartial, "allow-partial", false, "agree to leave behind the columns that cannot be carried")
}

// spec reads the names as Oracle would.
func (o *specOptions) spec() (*pb.MigrationSpec, error) {
	switch {
	case o.source == "" || o.target == "" || len(o.tables) == 0:
		return nil, usage("adbferry databases lists the databases", "--source, --target and at least one --table are needed")
	case len(o.tables) > 1 && (o.targetTable != "" || o.excludeColumns != ""):
		return nil, usage("", "--target-table and --exclude-columns go with exactly one --table")
	}
	spec := &pb.MigrationSpec{Source: o.source, Target: o.target, AllowPartial: o.allowPartial}
	for _, text := range o.tables {
		selection, err := o.selection(text)
		if err != nil {
			return nil, err
		}
		spec.Tables = append(spec.Tables, selection)
	}
	return spec, nil
}

// selection is one table of the spec, under the names it has on both sides.
func (o *specOptions) selection(text string) (*pb.TableSelection, error) {
	source, err := parseTable(text)
	if err != nil {
		return nil, err
	}
	columns, err := parseColumns(o.excludeColumns)
	if err != nil {
		return nil, err
	}
	s := &pb.TableSelection{Source: source, ExcludeColumns: columns}
	if o.targetTable != "" {
		s.Target, err = parseTable(o.targetTable)
	}
	return s, err
}
