// Command adbferry-sim simulates two OCI regions, so that adbferry can be
// tried and tested without an Oracle database.
package main

import (
	"os"

	"github.com/adbferry/adbferry/sim/internal/command"
)

func main() { os.Exit(command.Main(os.Args[1:], os.Stdout, os.Stderr)) }
