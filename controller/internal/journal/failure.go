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

// Interrupt has whatever is written from now on fail with what check returns, as
// long as that is an error: a disk that is full for a while, in tests. Call it
// before journals are opened.
func (s *Store) Interrupt(check func() error) {
	open := s.open
	s.open = func(path string) (file, error) {
		f, err := open(path)
		return interrupted{file: f, check: check}, err
	}
}

// An interrupted file cannot be written to while its check fails.
type interrupted struct {
	file
	check func() error
}

func (f interrupted) Write(p []byte) (int, error) {
	if err := f.check(); err != nil {
		n, _ := f.file.Write(p[:len(p)/2])
		return n, err
	}
	return f.file.Write(p)
}

func (f interrupted) Truncate(size int64) error {
	if err := f.check(); err != nil {
		return err
	}
	return f.file.Truncate(size)
}
