package bucket

import (
	"regexp"
	"slices"
	"strings"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// How the database completes the names of one export (reference, section 1.4). A dump
// has the name that it was given; it may be an object of no bytes with chunks
// beside it (1.6, unconfirmed), so all of them count and none has to be there.
var (
	writtenRows = regexp.MustCompile(`^(?:` + part + `|` + overflow + `)_\d+_\d{8}T\d{6}(?:\d{6})?Z\.(csv|json|parquet)$`)
	writtenDump = regexp.MustCompile(`^(?:` + part + `|` + overflow + `)\.dmp(_[a-z]{6})?$`)
	written     = map[pb.Format]*regexp.Regexp{
		pb.Format_FORMAT_CSV: writtenAs("csv"), pb.Format_FORMAT_JSON: writtenAs("json"), pb.Format_FORMAT_PARQUET: writtenAs("parquet"),
		pb.Format_FORMAT_DATAPUMP: writtenDump,
	}
)

// dumpExtension is what the names of dumps end with.
const dumpExtension = ".dmp"

func writtenAs(extension string) *regexp.Regexp {
	return regexp.MustCompile(strings.Replace(writtenRows.String(), "(csv|json|parquet)", extension, 1))
}

// written is what the names of the folder's objects look like.
func (f Folder) written() *regexp.Regexp {
	if r := written[f.format]; r != nil {
		return r
	}
	return written[pb.Format_FORMAT_CSV]
}

// dump is what follows the file name prefix in an export's target.
func (f Folder) dump() string {
	if f.format == pb.Format_FORMAT_DATAPUMP {
		return dumpExtension
	}
	return ""
}

// formatOf is the format of an object by the end of its name.
func formatOf(name string) pb.Format {
	base := name[strings.LastIndexByte(name, '/')+1:]
	for f, r := range written {
		if r.MatchString(base) {
			return f
		}
	}
	return pb.Format_FORMAT_UNSPECIFIED
}

// isDump reports whether an object has the name that a dump was given.
func isDump(name string) bool { return strings.HasSuffix(name, dumpExtension) }

var dumpChunk = regexp.MustCompile(`\.dmp_[a-z]{6}$`)

// isDumpChunk reports whether an object is a part of a dump.
func isDumpChunk(name string) bool { return dumpChunk.MatchString(name) }

// whole reports whether every dump of a manifest has the object that was named
// in the call, and bytes in all.
func (f Folder) whole(m *pb.Manifest) bool {
	var bytes int64
	for _, o := range m.GetObjects() {
		bytes += o.GetBytes()
		dump := o.GetName()
		if isDumpChunk(dump) {
			dump = dump[:strings.LastIndexByte(dump, '_')]
		}
		if !slices.ContainsFunc(m.GetObjects(), func(o *pb.Object) bool { return o.GetName() == dump }) {
			return false
		}
	}
	return len(m.GetObjects()) == 0 || bytes > 0
}
