package sim_test

import (
	"strings"
	"testing"

	"github.com/adbferry/adbferry/sim"
)

func TestAScriptRunsStatementByStatement(t *testing.T) {
	r := sim.StartT(t, sim.Config{}).Region(sim.SanJose)
	script := "-- a comment; with a semicolon\n\nCREATE TABLE T (A NUMBER,\n B VARCHAR2(10))\n/\n" +
		"BEGIN\n  INSERT INTO T VALUES (1, 'x/y');\n\n  -- inside\n  INSERT INTO T VALUES (2, 'z');\nEND;\n  /  \n\n/\nINSERT INTO T VALUES (3, '-- no')"
	if err := r.Script(t.Context(), script); err != nil {
		t.Fatal(err)
	}
	if n, err := r.Count(t.Context(), "T"); err != nil || n != 3 {
		t.Errorf("%d rows, %v", n, err)
	}
	err := r.Script(t.Context(), "\n-- one\nINSERT INTO T VALUES (4, 'a')\n/\n\nINSERT INTO NOWHERE VALUES (1)\n/\n")
	if err == nil || !strings.Contains(err.Error(), "line 6: ORA-00942") {
		t.Errorf("got %v", err)
	}
}

func TestScriptsAreRunAtTheStart(t *testing.T) {
	s := sim.StartT(t, sim.Config{Scripts: map[string]string{sim.Phoenix: "CREATE TABLE T (A NUMBER)\n/\nINSERT INTO T VALUES (1)\n/\n"}})
	if n, err := s.Region(sim.Phoenix).Count(t.Context(), "T"); err != nil || n != 1 {
		t.Errorf("%d rows, %v", n, err)
	}
}
