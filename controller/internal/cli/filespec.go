package cli

import (
	"errors"
	"fmt"
	"strings"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// missing says which flags are missing: databases, or what says about which of
// their tables it is.
func missing(source, target, what string, chosen bool, hint string) error {
	var flags []string
	if source == "" {
		flags = append(flags, "--source")
	}
	if target == "" {
		flags = append(flags, "--target")
	}
	if len(flags) > 0 {
		hint = "adbferry databases lists the databases"
	}
	if !chosen {
		flags = append(flags, what)
	}
	return usage(hint, "missing: %s", strings.Join(flags, ", "))
}

// spec reads the names as Oracle would. Everything that is wrong is in one error.
func (f *migrationFile) spec() (*pb.MigrationSpec, error) {
	if f.Source == "" || f.Target == "" || len(f.Tables)+len(f.Schemas) == 0 {
		if f.path != "" {
			return nil, usage(fileHint, "migration file %s: source, target and at least one of tables and schemas are needed", f.path)
		}
		return nil, missing(f.Source, f.Target, "at least one --table or --schema", len(f.Tables)+len(f.Schemas) > 0,
			"name what moves, such as --table SALES.ORDERS or --schema SALES, or all of it with --file")
	}
	spec := &pb.MigrationSpec{
		Source: f.Source, Target: f.Target, AllowPartial: f.AllowPartial, AllowDataRemoval: f.AllowDataRemoval,
		SourceLanes: f.SourceLanes, TargetLanes: f.TargetLanes,
	}
	var wrong []error
	note := func(err error) {
		if err != nil {
			wrong = append(wrong, err)
		}
	}
	var err error
	spec.Options, err = f.Defaults.parse(f.key("defaults"))
	note(f.in("defaults", err))
	for i, s := range f.Schemas {
		path := fmt.Sprintf("schemas[%d]", i)
		selection, err := s.selection(f.key(path))
		note(f.in(path, err))
		spec.Schemas = append(spec.Schemas, selection)
		note(f.in(path, undoesFormat(s.Choices.Format, f.Defaults.Format)))
	}
	for i, t := range f.Tables {
		path := fmt.Sprintf("tables[%d]", i)
		selection, err := t.selection(f.key(path))
		note(f.in(path, err))
		spec.Tables = append(spec.Tables, selection)
		note(f.in(path, undoesFormat(t.Choices.Format, f.Defaults.Format)))
	}
	return spec, together(wrong)
}

// together makes one error of several, which exits as the first one does.
func together(wrong []error) error {
	if len(wrong) < 2 {
		return errors.Join(wrong...)
	}
	return fmt.Errorf("%d problems:\n%w", len(wrong), errors.Join(wrong...))
}

// undoesFormat refuses "auto" where a format was chosen for all: automatic is
// what happens when nobody chooses.
func undoesFormat(format, defaults string) error {
	if format == formatWords[0] && defaults != "" && defaults != formatWords[0] {
		return usage("leave the format out of defaults, and choose it where it is wanted", "format auto does not undo format %s of defaults", defaults)
	}
	return nil
}

// selection reads a schema's entry.
func (s *fileSchema) selection(name func(string) string) (*pb.SchemaSelection, error) {
	out := &pb.SchemaSelection{}
	var err error
	if out.Schema, err = wholeName(s.Schema); err != nil {
		return nil, err
	}
	if s.TargetSchema != "" {
		if out.TargetSchema, err = wholeName(s.TargetSchema); err != nil {
			return nil, err
		}
	}
	if out.Include, err = parseAll(s.Include); err != nil {
		return nil, err
	}
	if out.Exclude, err = parseAll(s.Exclude); err != nil {
		return nil, err
	}
	out.Options, err = s.Choices.parse(name)
	return out, err
}

// selection reads a table's entry.
func (t *fileTable) selection(name func(string) string) (*pb.TableSelection, error) {
	out := &pb.TableSelection{Where: t.Where}
	var err error
	if out.Source, err = parseTable(t.Table); err != nil {
		return nil, err
	}
	if t.Target != "" {
		if out.Target, err = parseTable(t.Target); err != nil {
			return nil, err
		}
	}
	if out.Columns, err = parseAll(t.Columns); err != nil {
		return nil, err
	}
	if out.ExcludeColumns, err = parseAll(t.ExcludeColumns); err != nil {
		return nil, err
	}
	out.Options, err = t.Choices.parse(name)
	return out, err
}

// parseAll reads lists of names, or of globs: the letters of both are capitals
// unless they are quoted.
func parseAll(texts []string) ([]string, error) {
	var out []string
	for _, text := range texts {
		names, err := parseColumns(text)
		if err != nil {
			return nil, err
		}
		if len(names) == 0 {
			return nil, invalidName(text, columnHint, errors.New("a name is empty"))
		}
		out = append(out, names...)
	}
	return out, nil
}

// wholeName reads a text that is one name and nothing else.
func wholeName(text string) (string, error) {
	name, rest, err := parseName(text)
	if err == nil && rest != "" {
		err = fmt.Errorf("%q follows the name", rest)
	}
	if err != nil {
		return "", invalidName(text, wordHint, err)
	}
	return name, nil
}
