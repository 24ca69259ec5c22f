package dbmscloud

import (
	"testing"

	"github.com/adbferry/adbferry/sim/internal/state/statetest"
)

// TestEveryFieldIsSavedOrKnownNotToBe fails when somebody gives a type whose
// values are saved another field: saved.go has to say whether it belongs into
// the state, and the list here follows.
func TestEveryFieldIsSavedOrKnownNotToBe(t *testing.T) {
	for _, tt := range []struct {
		value any
		want  string
	}{
		{cloud{}, "hosts remote knobs log now operations credentials files units mu stamp"},
		{operations{}, "now mu last all"},
		{operation{}, "id kind user sid serial started updated status schema table uris loaded logPrefix noBad logTable badTable"},
		{credentials{}, "mu all"},
		{credential{}, "owner name username password"},
	} {
		statetest.Fields(t, tt.value, tt.want)
	}
}
