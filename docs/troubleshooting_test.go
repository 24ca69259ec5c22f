package docs

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/adbferry/adbferry/agent"
)

// errorsMark is where the generated part of docs/troubleshooting.md begins.
const errorsMark = "<!-- errors -->\n"

// TestTroubleshootingHasEveryErrorInTheAgentsWords makes the page's last table.
func TestTroubleshootingHasEveryErrorInTheAgentsWords(t *testing.T) {
	const page = "troubleshooting.md"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	written, _, found := strings.Cut(string(text), errorsMark)
	if !found {
		t.Fatalf("%s has no %s", page, errorsMark)
	}
	var table strings.Builder
	table.WriteString("\n| number | what it means | what to do | again |\n|---|---|---|---|\n")
	for _, e := range agent.Troubles() {
		if e.Text == "" || e.Hint == "" {
			t.Errorf("%s has no text or no hint", e.Code)
		}
		again := ""
		if e.Retried {
			again = "yes"
		}
		fmt.Fprintf(&table, "| %s | %s | %s | %s |\n", e.Code, e.Text, e.Hint, again)
	}
	want := written + errorsMark + table.String()
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(text) != want {
		t.Errorf("docs/%s is stale; run: go test ./docs -run Troubleshooting -update", page)
	}
}

// met is every number of reference, section 4 that can reach a user. Left out are
// those that only calls we never make raise: 20031 to 20042 (keys, credentials of clouds, caches).
const met = `20000 20003 20004 20005 20006 20007 20008 20009 20010 20011 20012 20013 20014 20016 20017 20018 20019 20020 20021 20022 20023 20024
	20025 20026 20027 20028 20029 20030
	20400 20401 20403 20404 20409 20412 20429 20500 20501 20502 20503 20504
	29913 29400 30653 30656 30657
	00001 00028 01012 02396 03113 03114 03135 00054 00060 00942 01031 00955 01013 01400 01438 01466 01555 22924 01652 01653 01536 01722
	01830 01843 01858 01861 02291 02290 08180 08181 12514 12516 12541 12545 12170 12537 12801 12838 12899 28759 28860 29024 29273 29276
	39001 39405`

func TestEveryErrorThatCanBeMetIsExplained(t *testing.T) {
	known := map[string]bool{}
	for _, e := range agent.Troubles() {
		known[e.Code] = true
	}
	for number := range strings.FieldsSeq(met) {
		if !known["ORA-"+number] {
			t.Errorf("the agent does not know ORA-%s", number)
		}
	}
	text, err := os.ReadFile("troubleshooting.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, number := range []string{"04020", "04021", "04023", "04026", "04036", "04037", "04040", "04053", "04100", "04101"} {
		if !strings.Contains(string(text), "\n| KUP-"+number+" | ") {
			t.Errorf("KUP-%s is not explained", number)
		}
	}
	for _, word := range []string{"ORA-39001 with Data Pump", "Terminator not found", "File not found", "PAR has expired", "wallet does not connect"} {
		if !strings.Contains(string(text), word) {
			t.Errorf("the tutorial's case %q is not explained", word)
		}
	}
}

// TestNumbersInTheProseAreKnown keeps what people wrote in step with the table.
func TestNumbersInTheProseAreKnown(t *testing.T) {
	text, err := os.ReadFile("troubleshooting.md")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, e := range agent.Troubles() {
		known[e.Code] = true
	}
	for _, number := range regexp.MustCompile(`ORA-\d{5}`).FindAllString(string(text), -1) {
		if !known[number] {
			t.Errorf("%s is mentioned and not in the table", number)
		}
	}
}
