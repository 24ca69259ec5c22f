package wallet

import (
	"fmt"
	"strings"
)

// A MissingError is a wallet, or a file of it, that cannot be read.
type MissingError struct {
	Path string
	Err  error
}

func (e *MissingError) Error() string { return "wallet: " + e.Path + " cannot be read" }
func (e *MissingError) Unwrap() error { return e.Err }

// A PasswordError is a wallet that the given password does not open, or that
// needs one and got none.
type PasswordError struct {
	Path  string
	Empty bool // no password was given
}

func (e *PasswordError) Error() string {
	if e.Empty {
		return "wallet: " + e.Path + " needs the wallet password"
	}
	return "wallet: the wallet password does not open " + e.Path
}

// A FormatError is a file that is not what its name says.
type FormatError struct {
	Path string
	Err  error
}

func (e *FormatError) Error() string { return fmt.Sprintf("wallet: %s: %v", e.Path, e.Err) }
func (e *FormatError) Unwrap() error { return e.Err }

// An AliasError is an alias that tnsnames.ora does not have.
type AliasError struct {
	Alias string
	Known []string
}

func (e *AliasError) Error() string {
	return fmt.Sprintf("wallet: tnsnames.ora has no alias %q, only %s", e.Alias, strings.Join(e.Known, ", "))
}
