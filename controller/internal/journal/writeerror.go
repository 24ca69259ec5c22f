package journal

import "fmt"

// A WriteError says that a journal could not be made durable: its file system is
// full, or gone. What was to be written did not happen as far as the journal goes.
type WriteError struct {
	ID  string // of the migration
	Dir string // of the journals
	Err error  // of the operating system
}

func (e *WriteError) Error() string {
	return fmt.Sprintf("the journal of migration %s cannot be written to the file system of %s: %v", e.ID, e.Dir, e.Err)
}

// Unwrap returns the error of the operating system.
func (e *WriteError) Unwrap() error { return e.Err }
