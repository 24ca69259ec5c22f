package session_test

import (
	"testing"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
)

var number = datum.Type{Kind: datum.Number, Scale: -127}

func TestSelectOneValue(t *testing.T) {
	s := start(t)
	s.on("SELECT 42 FROM DUAL", script{
		kind:    database.Query,
		columns: []datum.Column{{Name: "42", Type: number}},
		run:     constant(datum.FromInt(42)),
	})
	db := s.connect(t)
	var n int
	if err := db.QueryRowContext(t.Context(), "SELECT 42 FROM DUAL").Scan(&n); err != nil {
		t.Fatal(err)
	}
	if n != 42 {
		t.Errorf("got %d", n)
	}
}
