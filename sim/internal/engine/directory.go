package engine

import "slices"

// A directory is a place for files outside of tables. There is one, as in a new
// Autonomous Database; what its files hold is the business of the packages that
// write them.
type directory struct{ name, path string }

var directories = []directory{{"DATA_PUMP_DIR", "/u03/dbfs/adbferry-sim/data/dpdump"}}

// directoryPrivileges are the object privileges of directories.
var directoryPrivileges = []string{"READ", "WRITE"}

func isDirectory(name string) bool {
	return slices.ContainsFunc(directories, func(d directory) bool { return d.name == name })
}

// directoryObject is a directory as the object of a grant: all belong to SYS,
// which has no tables.
func directoryObject(name string) objectName { return objectName{"SYS", name} }

// Directory reports whether a directory of that name exists, and whether the
// session has READ or WRITE on it. Administrators have both on all.
func (s *Session) Directory(name, privilege string) (exists, allowed bool) {
	if !isDirectory(name) {
		return false, false
	}
	return true, s.user.role == Administrator || s.instance.catalog.granted(s.user.name, directoryObject(name), privilege)
}

// registerDirectoryViews makes ALL_DIRECTORIES and DBA_DIRECTORIES.
func registerDirectoryViews(i *Instance) {
	fields := []field[directory]{
		constantField[directory]("OWNER", 128, "SYS"),
		nameField("DIRECTORY_NAME", func(d directory) string { return d.name }),
		textField("DIRECTORY_PATH", 4000, func(d directory) string { return d.path }),
		numberField("ORIGIN_CON_ID", func(directory) int64 { return 3 }),
	}
	i.RegisterView(newView("DBA_DIRECTORIES", fields, func(*Session) []directory { return directories }))
	i.RegisterView(newView("ALL_DIRECTORIES", fields, func(s *Session) []directory {
		return slices.DeleteFunc(slices.Clone(directories), func(d directory) bool {
			_, reads := s.Directory(d.name, "READ")
			_, writes := s.Directory(d.name, "WRITE")
			return !reads && !writes
		})
	}))
}
