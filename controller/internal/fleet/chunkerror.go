package fleet

import (
	"fmt"
	"strings"
)

// A sayingError is an error that is told in other words.
type sayingError struct {
	text string
	err  error
}

func (e *sayingError) Error() string { return e.text }

func (e *sayingError) Unwrap() error { return e.err }

// chunkError says which chunk an error is about and where it happened. The agent
// often says the former as well; once is enough.
func chunkError(doing, chunkID, where string, err error) error {
	said := strings.TrimPrefix(err.Error(), doing+" "+chunkID+": ")
	return &sayingError{text: fmt.Sprintf("%s chunk %s %s: %s", doing, chunkID, where, said), err: err}
}
