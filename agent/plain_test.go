package agent_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

func TestHarmlessTextIsCarriedAsItIs(t *testing.T) {
	p := newPair(t, sim.Config{Knobs: sim.Knobs{MaxStringSize: sim.Standard}})
	n := 0
	for label, tt := range map[string]struct {
		text     string
		harmless bool
	}{
		"printable":        {"'a B-c:d;e|f (1/2) #$%&*+=?@[]^_`{}~!<>.'", true},
		"long":             {"RPAD('x', 3001, 'y zz')", true},
		"comma":            {"'a,b'", false},
		"quote":            {"'a\"b'", false},
		"apostrophe":       {"'it''s'", false},
		"backslash":        {"'a\\b'", false},
		"blank before":     {"' a'", false},
		"blank behind":     {"'a '", false},
		"only a blank":     {"' '", false},
		"newline":          {"'a' || CHR(10) || 'b'", false},
		"tab":              {"'a' || CHR(9)", false},
		"zero byte":        {"'a' || CHR(0)", false},
		"delete":           {"CHR(127)", false},
		"beyond ASCII":     {"'ü'", false},
		"beyond the plane": {"'😀'", false},
		"nothing":          {"NULL", true},
	} {
		t.Run(label, func(t *testing.T) {
			n++
			table := fmt.Sprintf("T%d", n)
			p.exec(sim.SanJose, "CREATE TABLE "+table+" (id NUMBER, v VARCHAR2(4000), n NVARCHAR2(2000), c CHAR(3))", "INSERT INTO "+table+" VALUES (1, 'fine', N'fine', 'abc')",
				fmt.Sprintf("INSERT INTO %[2]s VALUES (2, %[1]s, SUBSTR(%[1]s, 1, 2000), NULL)", tt.text, table))
			plan, _ := p.move("m1", table)
			for column, harmless := range map[string]bool{"V": tt.harmless, "N": tt.harmless, "C": true} {
				c := planOf(plan, column)
				if got := c.GetEncoding() == pb.Encoding_ENCODING_PLAIN; got != harmless {
					t.Errorf("column %s is plain: %t, want %t", column, got, harmless)
				}
			}
			if got := strings.Contains(plan.GetFormatReason(), "text as it is in"); !got {
				t.Errorf("the plan says %s", plan.GetFormatReason())
			}
			query := "SELECT id, v, n, c FROM " + table + " ORDER BY id"
			if diff := cmp.Diff(p.rows(sim.SanJose, query), p.rows(sim.Phoenix, query)); diff != "" {
				t.Errorf("rows differ (-source +target):\n%s", diff)
			}
			p.checkEqual(table)
		})
	}
}
