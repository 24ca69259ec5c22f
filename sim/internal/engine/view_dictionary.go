package engine

import (
	"maps"
	"slices"
)

func registerDictionaryViews(i *Instance) {
	for _, name := range []string{"DICTIONARY", "DICT"} {
		i.RegisterView(newView(name, []field[string]{
			nameField("TABLE_NAME", func(view string) string { return view }),
			textField[string]("COMMENTS", 4000, nil),
		}, (*Session).readableViews))
	}
}

// readableViews returns the names of the dictionary views that the session may
// read, sorted.
func (s *Session) readableViews() []string {
	s.instance.mu.RLock()
	names := slices.Sorted(maps.Keys(s.instance.views))
	s.instance.mu.RUnlock()
	return slices.DeleteFunc(names, func(name string) bool { return name == "DUAL" || s.view("", name) == nil })
}
