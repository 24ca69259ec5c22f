package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/testing/protocmp"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// orderOf reads flags as cobra would; a text that looks like a file becomes one.
func orderOf(t *testing.T, file string, flags ...string) (*order, error) {
	t.Helper()
	var o migrateOptions
	cmd := &cobra.Command{}
	o.addFlags(cmd)
	cmd.Flags().StringVar(&o.id, "id", "", "")
	if file != "" {
		path := filepath.Join(t.TempDir(), "m.yaml")
		if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		flags = append(flags, "--file", path)
	}
	if err := cmd.ParseFlags(flags); err != nil {
		t.Fatal(err)
	}
	return o.order()
}

// between is what every spec of these tests has.
var between = []string{"--source", "a", "--target", "b"}

// TestEveryFlagHasAPlaceInTheFile says the same in both ways.
func TestEveryFlagHasAPlaceInTheFile(t *testing.T) {
	for name, tt := range map[string]struct {
		flags []string
		file  string
		want  string // of the spec, without the databases
	}{
		"a table": {
			[]string{"--table", `hr."Staff"`, "--target-table", "x.y", "--exclude-columns", "p,q", "--allow-partial"},
			"allow_partial: true\ntables: [{table: 'hr.\"Staff\"', target: x.y, exclude_columns: [p, q]}]",
			`tables {source {schema: "HR" name: "Staff"} target {schema: "X" name: "Y"} exclude_columns: ["P", "Q"]} allow_partial: true`,
		},
		"some of it": {
			[]string{"--table", "a.t", "--where", "NAME = 'O''Brien'", "--columns", `id, "Name"`},
			"tables: [{table: a.t, where: \"NAME = 'O''Brien'\", columns: [id, '\"Name\"']}]",
			`tables {source {schema: "A" name: "T"} where: "NAME = 'O''Brien'" columns: ["ID", "Name"]}`,
		},
		"schemas": {
			[]string{"--schema", "hr", "--schema", "sh", "--include", "e*,d?pt", "--exclude", `"*tmp"`, "--exclude", "x*"},
			"schemas: [{schema: hr, include: [e*, d?pt], exclude: ['\"*tmp\"', x*]}, {schema: sh, include: [e*, d?pt], exclude: ['\"*tmp\"', x*]}]",
			`schemas {schema: "HR" include: ["E*", "D?PT"] exclude: ["*tmp", "X*"]} schemas {schema: "SH" include: ["E*", "D?PT"] exclude: ["*tmp", "X*"]}`,
		},
		"other names on the target": {
			[]string{
				"--schema", "hr", "--table", "a.t", "--table", "a.u", "--remap-schema", "hr=hr2", "--remap-schema", `a="b c"`,
				"--remap-table", "a.u=x.y", "--remap-table", "hr.emp=hr3.people",
			},
			`{schemas: [{schema: hr, target_schema: hr2}], tables: [
				{table: a.t, target: '"b c".t'}, {table: a.u, target: x.y}, {table: hr.emp, target: hr3.people}]}`,
			`schemas {schema: "HR" target_schema: "HR2"} tables {source {schema: "A" name: "T"} target {schema: "b c" name: "T"}}
			 tables {source {schema: "A" name: "U"} target {schema: "X" name: "Y"}}
			 tables {source {schema: "HR" name: "EMP"} target {schema: "HR3" name: "PEOPLE"}}`,
		},
		"choices": {
			[]string{
				"--table", "a.t", "--format", "parquet", "--ddl", "require", "--if-exists", "truncate", "--chunk-size", "64MiB", "--yes",
				"--source-lanes", "2", "--target-lanes", "5",
			},
			"{tables: [{table: a.t}], defaults: {format: parquet, ddl: require, if_exists: truncate, chunk_size: 64MiB}, " +
				"allow_data_removal: true, source_lanes: 2, target_lanes: 5}",
			`tables {source {schema: "A" name: "T"}} options {format: FORMAT_PARQUET ddl: DDL_MODE_REQUIRE if_exists: IF_EXISTS_TRUNCATE chunk_bytes: 67108864}
			 allow_data_removal: true source_lanes: 2 target_lanes: 5`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			want := &pb.MigrationSpec{}
			if err := prototext.Unmarshal([]byte(tt.want), want); err != nil {
				t.Fatal(err)
			}
			want.Source, want.Target = "a", "b"
			file := strings.TrimPrefix(tt.file, "{")
			if file == tt.file {
				file = "source: a\ntarget: b\n" + file
			} else {
				file = "{source: a, target: b, " + file
			}
			fromFlags, err := orderOf(t, "", append(tt.flags, between...)...)
			if err != nil {
				t.Fatal(err)
			}
			fromFile, err := orderOf(t, file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, fromFlags.spec, protocmp.Transform()); diff != "" {
				t.Errorf("flags (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(want, fromFile.spec, protocmp.Transform()); diff != "" {
				t.Errorf("file (-want +got):\n%s", diff)
			}
		})
	}
}

const smallFile = "source: a\ntarget: b\nid: m7\npar_file: p.url\npar_expires: 2026-12-31\ndefaults: {format: csv}\ntables: [{table: A.T, if_exists: append}]\n"

func TestFlagsWinOverTheFile(t *testing.T) {
	o, err := orderOf(t, smallFile)
	if err != nil {
		t.Fatal(err)
	}
	if o.id != "m7" || filepath.Base(o.par.file) != "p.url" || !filepath.IsAbs(o.par.file) ||
		!o.parExpires.AsTime().Equal(time.Date(2026, 12, 31, 0, 0, 0, 0, time.UTC)) || o.prices != nil {
		t.Errorf("order %+v", o)
	}
	o, err = orderOf(t, smallFile, "--id", "m8", "--target", "c", "--par-file", "q.url", "--format", "json", "--par-expires", "2027-01-02T03:04:05+01:00", "--yes")
	if err != nil {
		t.Fatal(err)
	}
	if o.id != "m8" || o.par.file != "q.url" || o.spec.GetTarget() != "c" || !o.spec.GetAllowDataRemoval() || o.parExpires.AsTime().Hour() != 2 ||
		o.spec.GetOptions().GetFormat() != pb.Format_FORMAT_JSON || o.spec.GetTables()[0].GetOptions().GetIfExists() != pb.IfExists_IF_EXISTS_APPEND {
		t.Errorf("order %+v", o)
	}
}

func TestPricesComeFromAFile(t *testing.T) {
	list := "source: x\ndate: 2026-01-01\ncurrency: EUR\nstorage_per_gb_month: 1\negress_per_gb: 2\nrequests_per_10000: 3\n"
	path := filepath.Join(t.TempDir(), "prices.yaml")
	if err := os.WriteFile(path, []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	o, err := orderOf(t, smallFile, "--prices", path)
	if err != nil || o.prices.GetCurrency() != "EUR" || o.prices.GetEgressPerGb() != "2" {
		t.Errorf("prices %v, %v", o, err)
	}
	if err := os.WriteFile(path, []byte(list+"discount: 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := orderOf(t, smallFile, "--prices", path); exitCode(err) != exitUsage || !strings.Contains(err.Error(), "line 7, column 1") {
		t.Errorf("an unknown key: %v", err)
	}
}

func TestWhatCannotBeUnderstoodIsUsage(t *testing.T) {
	for name, tt := range map[string]struct {
		flags []string
		want  string
	}{
		"no table":                       {nil, "missing: at least one --table or --schema"},
		"a target for two tables":        {[]string{"--table", "A.B", "--table", "A.C", "--target-table", "X.Y"}, "go with exactly one --table"},
		"a condition on a schema":        {[]string{"--schema", "A", "--where", "X"}, "go with exactly one --table"},
		"a target without a schema":      {[]string{"--table", "A.B", "--target-table", "X"}, "SCHEMA.TABLE"},
		"a column that is not a name":    {[]string{"--table", "A.B", "--exclude-columns", "a.b"}, "single commas"},
		"a table without a schema":       {[]string{"--table", "B"}, "SCHEMA.TABLE"},
		"a schema that is a table":       {[]string{"--schema", "A.B"}, `".B" follows the name`},
		"globs without a schema":         {[]string{"--table", "A.B", "--include", "X*"}, "go with --schema"},
		"an empty glob":                  {[]string{"--schema", "A", "--include", ""}, "a name is empty"},
		"an unknown format":              {[]string{"--table", "A.B", "--format", "xml"}, `--format is one of auto, csv, json, parquet, datapump, not "xml"`},
		"an unknown ddl mode":            {[]string{"--table", "A.B", "--ddl", "maybe"}, "--ddl is one of"},
		"an unknown mode":                {[]string{"--table", "A.B", "--if-exists", "drop"}, "--if-exists is one of"},
		"a bad size":                     {[]string{"--table", "A.B", "--chunk-size", "12 potatoes"}, `--chunk-size: "12 potatoes" is not a size`},
		"no size at all":                 {[]string{"--table", "A.B", "--chunk-size", "0"}, "is not a size"},
		"a negative size":                {[]string{"--table", "A.B", "--chunk-size", "-1MB"}, "is not a size"},
		"an enormous size":               {[]string{"--table", "A.B", "--chunk-size", "9999999PB"}, "is not a size"},
		"a bad time":                     {[]string{"--table", "A.B", "--par-expires", "soon"}, `"soon" is not a time`},
		"a remap of nothing":             {[]string{"--table", "A.B", "--remap-schema", "C=D"}, "nothing is selected"},
		"a remap of a table not asked":   {[]string{"--table", "A.B", "--remap-table", "A.C=A.D"}, "the table is not selected"},
		"a remap without =":              {[]string{"--table", "A.B", "--remap-schema", "A"}, "joined by ="},
		"a remap with too much":          {[]string{"--table", "A.B", "--remap-schema", "A=B=C"}, `"=C" follows`},
		"a remap of a table to a schema": {[]string{"--table", "A.B", "--remap-table", "A.B=C"}, "SCHEMA.TABLE"},
		"two targets":                    {[]string{"--table", "A.B", "--target-table", "X.Y", "--remap-table", "A.B=A.D"}, "another target already"},
		"two targets of a schema":        {[]string{"--schema", "A", "--remap-schema", "A=B", "--remap-schema", "A=C"}, "another target already"},
		"prices that are not there":      {[]string{"--table", "A.B", "--prices", "nowhere.yaml"}, "nowhere.yaml"},
		"a file that is not there":       {[]string{"--file", "nowhere.yaml"}, "nowhere.yaml"},
		"a file and a table":             {[]string{"--table", "A.B", "--file", "x.yaml"}, "do not go together with --file"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := orderOf(t, "", append(tt.flags, between...)...)
			if exitCode(err) != exitUsage || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("order: %v, want a usage error with %q", err, tt.want)
			}
		})
	}
}

func TestTheFileSaysWhereItIsWrong(t *testing.T) {
	for name, tt := range map[string]struct{ file, want string }{
		"no YAML":             {"source: [a\n", "m.yaml: line "},
		"unknown key":         {"source: a\nsauce: b\n", `m.yaml: line 2, column 1: unknown field "sauce"`},
		"unknown key below":   {"tables:\n  - table: A.B\n    wher: x\n", `m.yaml: line 3, column 5: unknown field "wher"`},
		"a key twice":         {"source: a\nsource: b\n", "m.yaml: line 2"},
		"a secret":            {"par_url: x\n", `unknown field "par_url"`},
		"nothing to move":     {"source: a\ntarget: b\n", "at least one of tables and schemas are needed"},
		"a bad name":          {"source: a\ntarget: b\ntables: [{table: B}]\n", `m.yaml: tables[0]: read the name "B"`},
		"a bad schema":        {"source: a\ntarget: b\nschemas: [{schema: 'a\"b'}]\n", "m.yaml: schemas[0]: read the name"},
		"a bad choice":        {"source: a\ntarget: b\ntables: [{table: A.B, format: xml}]\n", "tables[0].format is one of"},
		"a bad default":       {"source: a\ntarget: b\ndefaults: {chunk_size: big}\ntables: [{table: A.B}]\n", `defaults.chunk_size: "big" is not a size`},
		"auto over a default": {"source: a\ntarget: b\ndefaults: {format: csv}\ntables: [{table: A.B, format: auto}]\n", "tables[0]: format auto does not undo"},
		"several problems":    {"source: a\ntarget: b\ntables: [{table: A}, {table: B}]\n", "2 problems:\n"},
		"a bad time":          {"source: a\ntarget: b\npar_expires: soon\ntables: [{table: A.B}]\n", "m.yaml: par_expires: "},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := orderOf(t, tt.file)
			if exitCode(err) != exitUsage || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("order: %v, want a usage error with %q", err, tt.want)
			}
		})
	}
}

func TestCompletionOfChoices(t *testing.T) {
	var out strings.Builder
	a := &app{stdout: &out, stderr: &strings.Builder{}}
	root := a.newRoot()
	root.SetArgs([]string{"__complete", "migrate", "--if-exists", ""})
	if err := root.Execute(); err != nil {
		t.Fatal(err)
	}
	if want := "fail\nappend\ntruncate\nreplace\n"; !strings.HasPrefix(out.String(), want) {
		t.Errorf("completion offers %q, want %q", out.String(), want)
	}
}
