package advice

import "testing"

func TestAtAddsTheControllerToCommands(t *testing.T) {
	for text, want := range map[string]string{
		"go on later with: " + Resume("m1"): "go on later with: adbferry resume --controller h:1 m1 --par-file FILE",
		ReplacePAR("m1"):                    "adbferry par replace --controller h:1 m1 --par-file FILE",
		GiveUp("m1") + "; " + Status("m1"):  "adbferry cleanup --controller h:1 m1 --give-up; adbferry status --controller h:1 m1",
		"adbferry list shows the IDs":       "adbferry list --controller h:1 shows the IDs",
		"adbferry receipt verify FILE":      "adbferry receipt verify FILE",
		"check that adbferry serve runs":    "check that adbferry serve runs",
		"adbferry listens":                  "adbferry listens",
		"delete adbferry/m1":                "delete adbferry/m1",
	} {
		if got := At(text, "h:1"); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}
