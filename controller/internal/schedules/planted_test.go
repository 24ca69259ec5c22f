package schedules

import "testing"

// planted is how many schedules a planted bug may survive.
const planted = 150

// Agents that break a promise are found out. Each of these bugs has lost or
// doubled somebody's rows; an agent of the harness has it, nothing else does.
func TestPlantedBugsAreFound(t *testing.T) {
	defer oneAfterTheOther()()
	for name, v := range map[string]vice{
		"an import is retried blindly":               {importsBlindly: true},
		"an import takes whatever is there":          {importsWildcards: true},
		"attempts share a prefix":                    {reusesPrefixes: true},
		"the outcome of a commit is guessed":         {guessesOutcomes: true},
		"an import is journaled before it is a fact": {answersEarly: true},
		"a digest says what it is expected to say":   {digestsLie: true},
	} {
		t.Run(name, func(t *testing.T) {
			for s := range uint64(planted) {
				if o := play(t, s, v); len(o.findings) > 0 {
					t.Logf("found by seed %d: %s", s, o.findings[0])
					return
				}
			}
			t.Errorf("not found in %d schedules", planted)
		})
	}
}
