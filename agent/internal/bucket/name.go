package bucket

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/adbferry/adbferry/pkg/par"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// The file name prefixes of the exports of an attempt: rows, and overflow, the
// pieces of values that are too long for their rows. They have no dot: an extension would
// be dropped (reference, section 1.4).
const (
	part     = "part"
	overflow = "overflow"
)

// A Folder is where the objects of one attempt are. No other attempt ever
// writes there.
type Folder struct {
	url    par.URL
	name   string    // full name in the bucket, with a final /
	format pb.Format // unspecified is csv
}

// Attempt returns the folder of an attempt to export a chunk:
// <migration>/<chunk>/<attempt>/ below the PAR's own prefix.
func Attempt(u par.URL, migration, chunk string, attempt int32) Folder {
	return Folder{url: u, name: chunkFolder(u, migration, chunk) + strconv.Itoa(int(attempt)) + "/"}
}

// chunkFolder is where the attempts of a chunk have their folders.
func chunkFolder(u par.URL, migration, chunk string) string {
	return u.FullName(migration + "/" + escape(chunk) + "/")
}

// ChunkPath is the part of every URL of a chunk's objects, of whatever attempt,
// that tells them from all others. It holds no secret.
func ChunkPath(migration, chunk string) string { return "/" + migration + "/" + escape(chunk) + "/" }

// Name returns the folder's full name in the bucket.
func (f Folder) Name() string { return f.name }

// begun ends the name of the object beside a folder that says that the folder is
// taken, and markerText is what it holds.
const (
	begun      = "-begun"
	markerText = "adbferry began an export\n"
)

// marker is the full name of the object that says that the folder is taken.
func (f Folder) marker() string { return strings.TrimSuffix(f.name, "/") + begun }

// In returns the folder as one that an export of a format writes into.
func (f Folder) In(format pb.Format) Folder {
	f.format = format
	return f
}

// Target returns the secret URL that an export writes to: the folder and the
// file name prefix, or the whole name of a dump.
func (f Folder) Target() (string, error) { return f.url.Object(f.name + part + f.dump()) }

// OverflowTarget is Target for the export of overflow.
func (f Folder) OverflowTarget() (string, error) { return f.url.Object(f.name + overflow + f.dump()) }

// overflows reports whether an object of the folder holds overflow.
func (f Folder) overflows(name string) bool { return strings.HasPrefix(name, f.name+overflow) }

// URLs returns the secret URLs that a load names for objects by full name. The
// chunks of a dump are found by the name of their dump.
func URLs(u par.URL, names []string) ([]string, error) {
	urls := make([]string, 0, len(names))
	for _, name := range names {
		if isDumpChunk(name) {
			continue
		}
		url, err := u.Object(name)
		if err != nil {
			return nil, err
		}
		urls = append(urls, url)
	}
	return urls, nil
}

// owns reports whether name is that of an object which an export into this
// folder writes.
func (f Folder) owns(name string) bool {
	rest, ok := strings.CutPrefix(name, f.name)
	return ok && f.written().MatchString(rest)
}

// escape makes a path of a chunk ID that needs no escaping in a URL, has no
// dot in which the database could see an extension, and tells chunks apart:
// SCHEMA.TABLE/000001 becomes SCHEMA/TABLE/000001, every other byte outside
// [A-Za-z0-9_] becomes - and two hex digits.
func escape(chunk string) string {
	table, number := chunk, ""
	if i := strings.LastIndexByte(chunk, '/'); i >= 0 {
		table, number = chunk[:i], chunk[i:]
	}
	var b strings.Builder
	dot := strings.IndexByte(table, '.')
	for i, c := range []byte(table) {
		switch {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '_':
			b.WriteByte(c)
		case i == dot:
			b.WriteByte('/')
		default:
			fmt.Fprintf(&b, "-%02X", c)
		}
	}
	return b.String() + number
}
