package cli

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/adbferry/adbferry/pkg/config"
)

// A migrationFile is everything that migrate and plan can be told. It has no
// place for a secret: of a PAR, only the file that holds it.
type migrationFile struct {
	ID               string `yaml:"id"`
	Source           string `yaml:"source"`
	Target           string `yaml:"target"`
	PARFile          string `yaml:"par_file"`
	PARExpires       string `yaml:"par_expires"`
	Prices           string `yaml:"prices"`
	AllowPartial     bool   `yaml:"allow_partial"`
	AllowDataRemoval bool   `yaml:"allow_data_removal"`
	SourceLanes      int32  `yaml:"source_lanes"`
	TargetLanes      int32  `yaml:"target_lanes"`
	// Defaults are for tables that do not choose for themselves.
	Defaults tableOptions `yaml:"defaults"`
	Schemas  []fileSchema `yaml:"schemas"`
	Tables   []fileTable  `yaml:"tables"`

	path string // "" when everything is from flags
}

// A fileSchema asks for tables of a schema.
type fileSchema struct {
	Schema       string       `yaml:"schema"`
	TargetSchema string       `yaml:"target_schema"`
	Include      []string     `yaml:"include"`
	Exclude      []string     `yaml:"exclude"`
	Choices      tableOptions `yaml:",inline"`
}

// A fileTable asks for one table.
type fileTable struct {
	Table          string       `yaml:"table"`
	Target         string       `yaml:"target"`
	Where          string       `yaml:"where"`
	Columns        []string     `yaml:"columns"`
	ExcludeColumns []string     `yaml:"exclude_columns"`
	Choices        tableOptions `yaml:",inline"`
}

// fileHint says where the keys are explained.
const fileHint = "docs/selecting.md explains the keys of a migration file"

// readMigrationFile reads a file. Names of files in it are relative to its folder.
func readMigrationFile(path string) (*migrationFile, error) {
	f := &migrationFile{path: path}
	text, err := os.ReadFile(path)
	if err == nil {
		err = config.Decode("migration file "+path, text, f)
	}
	if err != nil {
		return nil, usage(fileHint, "%v", err)
	}
	dir := filepath.Dir(path)
	f.PARFile, f.Prices = config.Resolve(dir, f.PARFile), config.Resolve(dir, f.Prices)
	return f, nil
}

// in says where in a file an error is; flags speak for themselves.
func (f *migrationFile) in(key string, err error) error {
	if err == nil || f.path == "" {
		return err
	}
	return fmt.Errorf("migration file %s: %s: %w", f.path, key, err)
}

// key is how users know a choice, in the file or, without one, as a flag.
func (f *migrationFile) key(path string) func(string) string {
	if f.path == "" {
		return flagName
	}
	return keyName(path)
}
