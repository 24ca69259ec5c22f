// Command adbferry moves tables between Oracle Autonomous Databases: the
// command line, and with "adbferry serve" the controller.
package main

import (
	"os"

	"github.com/adbferry/adbferry/controller/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdout, os.Stderr)) }
