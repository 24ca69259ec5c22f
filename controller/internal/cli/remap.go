package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// remap gives selected schemas and tables their names on the target. A table of
// a selected schema becomes one that is named.
func (c *selectionFlags) remap(f *migrationFile) error {
	for _, text := range c.remapTables {
		from, to, err := splitRemap(text, func(text string) (string, string, error) {
			_, rest, err := cutTable(text)
			return strings.TrimSuffix(text, rest), rest, err
		})
		if err != nil {
			return err
		}
		if err := f.renameTable(text, from, to); err != nil {
			return err
		}
	}
	for _, text := range c.remapSchemas {
		from, to, err := splitRemap(text, func(text string) (string, string, error) {
			_, rest, err := parseName(text)
			return strings.TrimSuffix(text, rest), rest, err
		})
		if err != nil {
			return err
		}
		if err := f.renameSchema(text, from, to); err != nil {
			return err
		}
	}
	return nil
}

// splitRemap parts A=B into two names, which cut takes off the front of a text.
func splitRemap(text string, cut func(string) (name, rest string, err error)) (from, to string, err error) {
	from, rest, err := cut(text)
	if err != nil {
		return "", "", invalidName(text, remapHint, err)
	}
	tail, ok := strings.CutPrefix(rest, "=")
	if !ok {
		return "", "", invalidName(text, remapHint, errors.New("two names are joined by ="))
	}
	to, rest, err = cut(tail)
	if err == nil && rest != "" {
		err = fmt.Errorf("%q follows the second name", rest)
	}
	if err != nil {
		return "", "", invalidName(text, remapHint, err)
	}
	return from, to, nil
}

// renameTable sets a table's target, or adds the table when its schema is selected.
func (f *migrationFile) renameTable(text, from, to string) error {
	name, err := parseTable(from)
	if err != nil {
		return err
	}
	for i := range f.Tables {
		t, err := parseTable(f.Tables[i].Table)
		if err != nil {
			return err
		}
		if t.ID() != name.ID() {
			continue
		}
		if f.Tables[i].Target != "" {
			return usage("", "--remap-table %s: the table has another target already", text)
		}
		f.Tables[i].Target = to
		return nil
	}
	if !slices.ContainsFunc(f.Schemas, func(s fileSchema) bool { return sameName(s.Schema, name.GetSchema()) }) {
		return usage("", "--remap-table %s: the table is not selected", text)
	}
	f.Tables = append(f.Tables, fileTable{Table: from, Target: to})
	return nil
}

// renameSchema sets the target of a schema, and of all its tables that have none.
func (f *migrationFile) renameSchema(text, from, to string) error {
	schema, _, err := parseName(from)
	if err != nil {
		return invalidName(text, remapHint, err)
	}
	used := false
	for i := range f.Schemas {
		if s := &f.Schemas[i]; sameName(s.Schema, schema) {
			if s.TargetSchema != "" {
				return usage("", "--remap-schema %s: the schema has another target already", text)
			}
			s.TargetSchema, used = to, true
		}
	}
	for i := range f.Tables {
		t, err := parseTable(f.Tables[i].Table)
		if err != nil {
			return err
		}
		if t.GetSchema() != schema {
			continue
		}
		used = true
		if f.Tables[i].Target == "" {
			f.Tables[i].Target = to + `."` + t.GetName() + `"`
		}
	}
	if !used {
		return usage("", "--remap-schema %s: nothing is selected from that schema", text)
	}
	return nil
}

// sameName reports whether a text, read as a name, is a name of the dictionary.
func sameName(text, name string) bool {
	got, rest, err := parseName(text)
	return err == nil && rest == "" && got == name
}
