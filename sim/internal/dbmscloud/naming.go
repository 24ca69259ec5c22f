package dbmscloud

import (
	"cmp"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/adbferry/adbferry/sim/internal/engine"
)

// objectPrefix is what precedes "_sequenceNum_timestamp" in the names of an
// export (reference, section 1.4): the text after the bucket without an
// extension, or the session's attributes, or "data".
func objectPrefix(given string, a engine.Attributes) string {
	folder, base := path.Split(given)
	if ext := path.Ext(base); ext != "" {
		base = strings.TrimSuffix(base, ext)
	}
	if base != "" {
		return folder + base
	}
	var set []string
	for _, value := range []string{a.ClientInfo, a.Module, a.Action} {
		if value != "" {
			set = append(set, value)
		}
	}
	return folder + cmp.Or(strings.Join(set, "_"), "data")
}

// objectName is the full name of one object of an export.
func objectName(prefix string, sequence int, at time.Time, f exportFormat) string {
	name := fmt.Sprintf("%s_%d_%s%06dZ%s", prefix, sequence, at.Format("20060102T150405"), at.Nanosecond()/1000, f.extension)
	if f.gzip {
		name += ".gz"
	}
	return name
}
