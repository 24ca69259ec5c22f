package dbmscloud

// DELETE_FILE(directory_name, file_name)
//
// Simulated, by reference, section 3: a file of a directory goes. The caller
// needs WRITE on the directory; a missing file is ORA-20025 (reference, section 4.1).
//
// Not simulated: the argument force of newer releases.

import (
	"context"

	"github.com/adbferry/adbferry/sim/internal/engine"
)

var deleteFileParams = []engine.Param{directoryParam, {Name: "FILE_NAME", Type: varchar2}}

func (c *cloud) deleteFile(ctx context.Context, s *engine.Session, args *engine.Args) error {
	n, err := namedFile(s, args, "WRITE", "")
	if err == nil {
		err = c.files.remove(n)
	}
	return raised(ctx, err)
}
