package pb

import "regexp"

var migrationID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$`)

// ValidMigrationID reports whether a text can name a migration: 1 to 63 letters,
// digits, '-' and '_', the first a letter or digit. The ID is part of the names of
// journals and objects.
func ValidMigrationID(id string) bool { return migrationID.MatchString(id) }
