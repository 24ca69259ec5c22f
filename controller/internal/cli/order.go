package cli

import (
	"cmp"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/adbferry/adbferry/controller"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// An order is what the user asks for, by flags and file, read and understood.
type order struct {
	id         string
	spec       *pb.MigrationSpec
	par        parSource
	parExpires *timestamppb.Timestamp
	prices     *pb.PriceList
}

// order puts flags and file together: what selects tables is in either, of
// everything else a flag wins.
func (o *migrateOptions) order() (*order, error) {
	f := &migrationFile{}
	var err error
	if o.fromFile != "" {
		if o.choice.given() {
			return nil, usage("write it into the file", "flags that select tables do not go together with --file")
		}
		if f, err = readMigrationFile(o.fromFile); err != nil {
			return nil, err
		}
	} else if err := o.choice.into(f); err != nil {
		return nil, err
	}
	o.override(f)
	out := &order{id: f.ID, par: parSource{file: f.PARFile}}
	if out.spec, err = f.spec(); err != nil {
		return nil, err
	}
	if out.parExpires, err = moment(f.PARExpires); err != nil {
		return nil, f.in("par_expires", err)
	}
	if f.Prices != "" {
		if out.prices, err = controller.LoadPrices(f.Prices); err != nil {
			return nil, usage("docs/selecting.md has an example", "%v", err)
		}
	}
	return out, nil
}

// override lets flags win.
func (o *migrateOptions) override(f *migrationFile) {
	f.ID = cmp.Or(o.id, f.ID)
	f.Source, f.Target = cmp.Or(o.source, f.Source), cmp.Or(o.target, f.Target)
	f.PARFile = cmp.Or(o.file, f.PARFile)
	f.PARExpires, f.Prices = cmp.Or(o.parExpires, f.PARExpires), cmp.Or(o.prices, f.Prices)
	f.AllowPartial, f.AllowDataRemoval = f.AllowPartial || o.allowPartial, f.AllowDataRemoval || o.yes
	f.SourceLanes, f.TargetLanes = cmp.Or(o.sourceLanes, f.SourceLanes), cmp.Or(o.targetLanes, f.TargetLanes)
	f.Defaults = o.over(f.Defaults)
}

// into writes the flags down as a file would have them.
func (c *selectionFlags) into(f *migrationFile) error {
	if len(c.tables) != 1 || len(c.schemas) > 0 {
		if cmp.Or(c.targetTable, c.where, c.columns, c.excludeColumns) != "" {
			return usage("for several tables, write a migration file: docs/selecting.md",
				"--target-table, --where, --columns and --exclude-columns go with exactly one --table")
		}
	}
	if len(c.schemas) == 0 && len(c.include)+len(c.exclude) > 0 {
		return usage("", "--include and --exclude go with --schema")
	}
	for _, s := range c.schemas {
		f.Schemas = append(f.Schemas, fileSchema{Schema: s, Include: c.include, Exclude: c.exclude})
	}
	for _, t := range c.tables {
		f.Tables = append(f.Tables, fileTable{Table: t, Target: c.targetTable, Where: c.where})
		last := &f.Tables[len(f.Tables)-1]
		if c.columns != "" {
			last.Columns = []string{c.columns}
		}
		if c.excludeColumns != "" {
			last.ExcludeColumns = []string{c.excludeColumns}
		}
	}
	return c.remap(f)
}

// moment reads a time with its zone, or a day, which begins at midnight UTC. An
// empty text is none.
func moment(text string) (*timestamppb.Timestamp, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // no time is no error
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return timestamppb.New(at), nil
		}
	}
	return nil, usage("write it like 2026-12-31T18:00:00Z", "%q is not a time", text)
}
