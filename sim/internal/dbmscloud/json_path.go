package dbmscloud

import (
	"encoding/json"
	"strconv"
	"strings"
)

// jsonPath is a path into a document: keys and indexes from the top.
type jsonPath []jsonStep

// jsonStep is a key, or with index a place in an array.
type jsonStep struct {
	key   string
	index int // -1 for a key
}

// parseJSONPath reads "$" followed by any number of .key, ."key" and [n]; ok is
// false for anything else, filters and wildcards among it.
func parseJSONPath(text string) (path jsonPath, ok bool) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(text), "$")
	if !ok {
		return nil, false
	}
	path = jsonPath{}
	for rest != "" {
		var step jsonStep
		switch {
		case strings.HasPrefix(rest, "."):
			step, rest, ok = cutKey(rest[1:])
		case strings.HasPrefix(rest, "["):
			step, rest, ok = cutIndex(rest[1:])
		default:
			ok = false
		}
		if !ok {
			return nil, false
		}
		path = append(path, step)
	}
	return path, true
}

func cutKey(s string) (step jsonStep, rest string, ok bool) {
	step.index = -1
	if strings.HasPrefix(s, `"`) {
		quoted, err := strconv.QuotedPrefix(s)
		if err != nil || json.Unmarshal([]byte(quoted), &step.key) != nil {
			return step, "", false
		}
		return step, s[len(quoted):], true
	}
	end := strings.IndexAny(s, ".[")
	if end < 0 {
		end = len(s)
	}
	step.key = s[:end]
	return step, s[end:], step.key != "" && !strings.ContainsFunc(step.key, func(r rune) bool { return !isWord(r) })
}

func cutIndex(s string) (step jsonStep, rest string, ok bool) {
	digits, rest, ok := strings.Cut(s, "]")
	if !ok || digits == "" || digits[0] < '0' || digits[0] > '9' {
		return step, "", false
	}
	n, err := strconv.Atoi(digits)
	step.index = n
	return step, rest, err == nil
}

// find returns what the path leads to; ok is false when it leads nowhere.
func (p jsonPath) find(document any) (value any, ok bool) {
	for _, step := range p {
		switch at := document.(type) {
		case map[string]any:
			if document, ok = at[step.key]; !ok || step.index >= 0 {
				return nil, false
			}
		case []any:
			if step.index < 0 || step.index >= len(at) {
				return nil, false
			}
			document = at[step.index]
		default:
			return nil, false
		}
	}
	return document, true
}

// columnPaths reads the columnpath option, which type json needs: an array, or
// its text (reference, section 2.5).
func (f *format) columnPaths(kind string) []jsonPath {
	if kind != "json" {
		return nil
	}
	list, ok := f.values["columnpath"].([]any)
	if text, isText := f.values["columnpath"].(string); isText {
		ok = json.Unmarshal([]byte(text), &list) == nil
	}
	if !ok || len(list) == 0 {
		f.bad("columnpath")
		return nil
	}
	paths := make([]jsonPath, len(list))
	for i, entry := range list {
		text, _ := entry.(string)
		if paths[i], ok = parseJSONPath(text); !ok {
			f.bad("columnpath")
		}
	}
	return paths
}
