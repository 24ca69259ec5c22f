package agent_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/sim"
)

func TestDocumentsAndAddressesArrive(t *testing.T) {
	for label, size := range map[string]sim.MaxStringSize{"extended strings": sim.Extended, "standard strings": sim.Standard} {
		t.Run(label, func(t *testing.T) {
			p := newPair(t, sim.Config{Knobs: sim.Knobs{MaxStringSize: size, Version: "23.6.0.24.10"}})
			p.exec(sim.SanJose, "CREATE TABLE D (id NUMBER PRIMARY KEY, j JSON, x XMLTYPE, r ROWID, u UROWID)",
				`INSERT INTO D VALUES (1, '{"a": "ü, \"😀\"\n"}', '<a b="1">, &quot; €</a>', NULL, NULL)`, "INSERT INTO D VALUES (2, NULL, NULL, NULL, NULL)",
				"INSERT INTO D SELECT 3, '[]', '<x/>', ROWID, ROWID FROM D WHERE id = 1",
				fmt.Sprintf(`DECLARE c CLOB; BEGIN c := %s; INSERT INTO D VALUES (4, '["' || c || '"]', '<long>' || c || '</long>', NULL, NULL); END;`, repeated("€😀x", 40_000)))
			plan, _ := p.move("m1", "D")
			for _, c := range plan.GetColumns() {
				if c.GetLeftOut() != "" {
					t.Errorf("%s is left out: %s", c.GetColumn().GetName(), c.GetLeftOut())
				}
			}
			if !planOf(plan, "J").GetOverflows() || !planOf(plan, "X").GetOverflows() {
				t.Errorf("plan %v", plan)
			}
			query := "SELECT id, JSON_SERIALIZE(j RETURNING CLOB), XMLSERIALIZE(CONTENT x AS CLOB), r, u FROM D ORDER BY id"
			if diff := cmp.Diff(p.rows(sim.SanJose, query), p.rows(sim.Phoenix, query)); diff != "" {
				t.Errorf("rows differ (-source +target):\n%.2000s", diff)
			}
			p.checkEqual("D")
		})
	}
}
