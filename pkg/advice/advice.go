// Package advice is the commands that texts tell an operator to type, each spelled
// in one place, so that it follows when a flag of adbferry changes. Which of them
// fits a failure is decided where the failure is.
package advice

import "regexp"

// commands are those that a controller carries out.
var commands = regexp.MustCompile(`\badbferry (migrate|plan|resume|stop|par replace|cleanup|verify|status|list|watch|receipt|databases|doctor)\b( verify)?`)

// At makes the commands in a text ones for the controller at an address.
func At(text, address string) string {
	return commands.ReplaceAllStringFunc(text, func(command string) string {
		if command == "adbferry receipt verify" { // needs no controller
			return command
		}
		return command + " --controller " + address
	})
}

// Resume goes on with a migration that does not run.
func Resume(migrationID string) string { return "adbferry resume " + migrationID + " --par-file FILE" }

// ReplacePAR gives a migration another PAR, and goes on with it when it is paused.
func ReplacePAR(migrationID string) string {
	return "adbferry par replace " + migrationID + " --par-file FILE"
}

// GiveUp removes what a migration left that could still go on, and cannot after it.
func GiveUp(migrationID string) string { return "adbferry cleanup " + migrationID + " --give-up" }

// Stop stops a migration that runs.
func Stop(migrationID string) string { return "adbferry stop " + migrationID }

// Status shows how far a migration is.
func Status(migrationID string) string { return "adbferry status " + migrationID }
