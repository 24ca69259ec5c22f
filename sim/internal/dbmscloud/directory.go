package dbmscloud

import (
	"bytes"
	"cmp"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine"
)

// maxDirectories is how many bytes all files of a database may take.
const maxDirectories = 1 << 30

// files are those in the directories of a database. They live in memory, by
// directory and name.
type files struct {
	now func() time.Time

	mu   sync.RWMutex
	all  map[fileName]file
	size int // of all
}

type fileName struct{ directory, name string }

type file struct {
	data              []byte // never changed
	created, modified time.Time
}

func newFiles(now func() time.Time) *files {
	return &files{now: now, all: map[fileName]file{}}
}

// put writes a file, in place of one of that name.
//
// Error: ORA-20000 beyond what is simulated.
func (f *files) put(n fileName, data []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.write(n, data)
}

// create makes an empty file, once for however many try at the same time.
//
// Error: ORA-27038 when there is one of that name.
func (f *files) create(n fileName) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, exists := f.all[n]; exists {
		return datum.Errorf(27038, "created file already exists")
	}
	return f.write(n, nil)
}

// write is put for whoever holds the lock.
func (f *files) write(n fileName, data []byte) error {
	old, exists := f.all[n]
	if f.size+len(data)-len(old.data) > maxDirectories {
		return notSimulated("more than 1 GiB in database directories")
	}
	written := file{data: bytes.Clone(data), created: f.now(), modified: f.now()}
	if exists {
		written.created = old.created
	}
	f.size += len(data) - len(old.data)
	f.all[n] = written
	return nil
}

// get returns a file.
//
// Error: ORA-20025.
func (f *files) get(n fileName) (file, error) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	found, ok := f.all[n]
	if !ok {
		return file{}, noFile(n)
	}
	return found, nil
}

func noFile(n fileName) *datum.Error {
	return datum.Errorf(20025, "File %s does not exist in directory %s", n.name, n.directory)
}

// remove deletes a file.
//
// Error: ORA-20025.
func (f *files) remove(n fileName) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.all[n]; !ok {
		return noFile(n)
	}
	f.size -= len(f.all[n].data)
	delete(f.all, n)
	return nil
}

// in returns the names of a directory's files, sorted.
func (f *files) in(directory string) []fileName {
	f.mu.RLock()
	defer f.mu.RUnlock()
	var names []fileName
	for n := range f.all {
		if n.directory == directory {
			names = append(names, n)
		}
	}
	slices.SortFunc(names, func(a, b fileName) int { return cmp.Compare(a.name, b.name) })
	return names
}

// directoryOf reads the name of a directory that the session may READ or WRITE.
//
// Errors: ORA-20018 for an invalid name, ORA-20000 for a missing right
// (reference, section 4.1).
func directoryOf(s *engine.Session, given, privilege string) (string, error) {
	name, ok := foldName(given)
	if !ok {
		return "", datum.Errorf(20018, "Invalid directory name")
	}
	switch exists, allowed := s.Directory(name, privilege); {
	case !exists:
		return "", datum.Errorf(20018, "Invalid directory name - %s", name)
	case !allowed:
		return "", datum.Errorf(20000, "Missing %s privilege on directory %s", privilege, name)
	}
	return name, nil
}

// checkFileName refuses what cannot be the name of a file.
//
// Error: ORA-20019.
func checkFileName(name string) error {
	if name == "" || len(name) > 255 || strings.ContainsAny(name, "/\\\x00") || name == "." || name == ".." {
		return datum.Errorf(20019, "Invalid file name - %s", name)
	}
	return nil
}

// namedFile reads the arguments that name a file; without FILE_NAME it is
// called as otherwise says.
func namedFile(s *engine.Session, args *engine.Args, privilege, otherwise string) (fileName, error) {
	directory, err := directoryOf(s, args.Value("DIRECTORY_NAME").Text(), privilege)
	if err != nil {
		return fileName{}, err
	}
	n := fileName{directory, cmp.Or(args.Value("FILE_NAME").Text(), otherwise)}
	return n, checkFileName(n.name)
}

// fileURI is DIRECTORY:file as it may stand in a file_uri_list; a name in double
// quotes keeps its letter case (reference, section 1.2).
var fileURI = regexp.MustCompile(`(?s)^("[^":]+"|[A-Za-z][\w$#]*):(.*)$`)

// A fileAccess is a session's way to the files of its database, for a remote.
type fileAccess struct {
	files   *files
	session *engine.Session
}

// at finds a file by what location.object makes of it.
func (a fileAccess) at(uri, privilege string) (fileName, error) {
	directory, name, _ := strings.Cut(uri, ":")
	directory, err := directoryOf(a.session, quoted(directory), privilege)
	if err != nil {
		return fileName{}, err
	}
	return fileName{directory, name}, checkFileName(name)
}

// open starts reading a file. A missing one is what the loader says about it.
func (a fileAccess) open(uri string) (io.ReadCloser, error) {
	n, err := a.at(uri, "READ")
	if err != nil {
		return nil, err
	}
	found, err := a.files.get(n)
	if err != nil {
		return nil, cartridge("KUP-04040: file " + n.name + " in " + n.directory + " not found")
	}
	return io.NopCloser(bytes.NewReader(found.data)), nil
}

func (a fileAccess) put(uri string, body []byte) error {
	n, err := a.at(uri, "WRITE")
	if err != nil {
		return err
	}
	return a.files.put(n, body)
}

// create makes an empty file that must not exist yet.
//
// Error: ORA-27038 when it does.
func (a fileAccess) create(uri string) error {
	n, err := a.at(uri, "WRITE")
	if err != nil {
		return err
	}
	return a.files.create(n)
}

// list describes the files of a directory as a listing does, names first to last.
func (a fileAccess) list(loc location) ([]listed, error) {
	directory, err := directoryOf(a.session, quoted(loc.directory), "READ")
	if err != nil {
		return nil, err
	}
	var found []listed
	for _, n := range a.files.in(directory) {
		if strings.HasPrefix(n.name, loc.name) {
			found = append(found, listed{Name: n.name})
		}
	}
	return found, nil
}
