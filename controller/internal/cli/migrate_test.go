package cli

import (
	"regexp"
	"testing"
)

func TestMigrationsOfOneSecondHaveIDsOfTheirOwn(t *testing.T) {
	form := regexp.MustCompile(`^m\d{8}-\d{6}-[a-z2-7]{5}$`)
	seen := map[string]bool{}
	for range 20 {
		id := migrationID("")
		if !form.MatchString(id) {
			t.Errorf("the ID is %q", id)
		}
		if seen[id] {
			t.Errorf("two migrations have the ID %s", id)
		}
		seen[id] = true
	}
	if got := migrationID("mine"); got != "mine" {
		t.Errorf("an ID that was given became %q", got)
	}
}
