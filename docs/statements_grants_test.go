package docs

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/adbferry/adbferry/agent"
)

const grantsHead = `## Grants for a user other than ADMIN

These are all privileges below, as ADMIN grants them to a user ` + "`FERRY`" + ` that moves ` + "`SALES.ORDERS`" + `. Grants on that table are needed
for each table, except for those of FERRY's own schema; for a table that adbferry is to create in another schema grant the form
with ANY (INSERT ANY TABLE and so on), since the table is not there yet. Of an optional privilege the line says what it is
for; without it that is left out or done in another way.
`

// grantRemarks are for privileges that not every user needs, though the statement
// is not optional where it is sent.
var grantRemarks = map[string]string{
	"EXECUTE ON DBMS_FLASHBACK": "only without V$DATABASE",
}

// sourceTrials are statements that a source sees only when "adbferry doctor" tries
// what it can do.
var sourceTrials = map[string]string{"dbmscloud.copy": "adbferry doctor tries a load"}

// onlySource are privileges that the same statements need on the source alone,
// which is read as of an SCN.
const onlySource = "FLASHBACK ON table"

// grants renders what a user needs in the database of one side, which has seen
// these statements.
func grants(side string, seen map[string][]string) string {
	var needed, optional []string
	why := map[string]string{}
	for _, k := range agent.Statements() {
		trial := side == "source" && sourceTrials[k.Name] != ""
		for _, p := range k.Privileges {
			switch {
			case len(seen[k.Name]) == 0 && grantRemarks[p] == "", side == "target" && p == onlySource:
			case k.Optional || trial:
				optional = append(optional, p)
				why[p] = k.Name + " " + k.Purpose
				if trial {
					why[p] = sourceTrials[k.Name]
				}
			default:
				needed = append(needed, p)
			}
		}
	}
	var out strings.Builder
	fmt.Fprintf(&out, "\nOn the %s:\n\n```sql\n", side)
	for _, p := range ordered(needed) {
		remark := grantRemarks[p]
		if what, of := strings.CutSuffix(p, " for another schema"); of {
			p, remark = what, "only for tables in another schema than FERRY's"
		}
		out.WriteString(grant(p, remark))
	}
	for _, p := range ordered(optional) {
		if !slices.Contains(needed, p) {
			out.WriteString(grant(strings.TrimSuffix(p, " for another schema"), "optional: "+why[p]))
		}
	}
	out.WriteString("```\n")
	return out.String()
}

// ordered sorts privileges: those of the user before those on objects.
func ordered(privileges []string) []string {
	slices.Sort(privileges)
	privileges = slices.Compact(privileges)
	on := func(p string) int { return strings.Count(p, " ON ") }
	slices.SortStableFunc(privileges, func(a, b string) int { return on(a) - on(b) })
	return privileges
}

// grant is the statement that grants a privilege. The V$ views are synonyms, of
// which the view's own name is granted.
func grant(privilege, remark string) string {
	text := "GRANT " + privilege + " TO FERRY;"
	if privilege == "quota on the tablespace" {
		text = "ALTER USER FERRY QUOTA UNLIMITED ON DATA;"
	}
	for from, to := range map[string]string{" ON table ": " ON SALES.ORDERS ", " ON V$": " ON SYS.V_$", " ON REDACTION_POLICIES ": " ON SYS.REDACTION_POLICIES "} {
		text = strings.Replace(text, from, to, 1)
	}
	if remark != "" {
		text += " -- " + remark
	}
	return text + "\n"
}

func TestGrantsAreStatements(t *testing.T) {
	for privilege, want := range map[string]string{
		"CREATE SESSION":                         "GRANT CREATE SESSION TO FERRY;",
		"SELECT ON table":                        "GRANT SELECT ON SALES.ORDERS TO FERRY;",
		"SELECT ON V$SESSION":                    "GRANT SELECT ON SYS.V_$SESSION TO FERRY;",
		"quota on the tablespace":                "ALTER USER FERRY QUOTA UNLIMITED ON DATA;",
		"READ, WRITE ON DIRECTORY DATA_PUMP_DIR": "GRANT READ, WRITE ON DIRECTORY DATA_PUMP_DIR TO FERRY;",
	} {
		if got := grant(privilege, ""); got != want+"\n" {
			t.Errorf("%s is granted with %q, want %q", privilege, got, want)
		}
	}
}

// Every privilege of every kind of statement is granted on some side.
func TestGrantsNameEveryPrivilege(t *testing.T) {
	all := map[string][]string{}
	for _, k := range agent.Statements() {
		all[k.Name] = []string{"x"}
	}
	block := grants("source", all)
	for _, k := range agent.Statements() {
		for _, p := range k.Privileges {
			if text, _, _ := strings.Cut(grant(strings.TrimSuffix(p, " for another schema"), ""), ";"); !strings.Contains(block, text) {
				t.Errorf("%s is not granted", p)
			}
		}
	}
}
