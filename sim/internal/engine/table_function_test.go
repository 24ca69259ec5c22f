package engine

import (
	"context"
	"testing"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// counting is a package with a table function that counts up to its argument.
func counting() Package {
	return Package{Owner: "SYS", Name: "COUNTING", Restricted: true, TableFunctions: []TableFunction{{
		Name:    "UPTO",
		Params:  []Param{{Name: "LAST", Type: numberType()}, {Name: "STEP", Type: numberType(), Optional: true, Default: datum.FromInt(1)}},
		Columns: []datum.Column{{Name: "N", Type: numberType()}},
		Rows: func(_ context.Context, _ *Session, args *Args) ([]datum.Row, error) {
			last, _ := args.Value("LAST").Int()
			step, _ := args.Value("STEP").Int()
			if last < 0 {
				return nil, datum.Errorf(20001, "cannot count")
			}
			var rows []datum.Row
			for n := int64(1); n <= last; n += step {
				rows = append(rows, datum.Row{datum.FromInt(n)})
			}
			return rows, nil
		},
	}}}
}

func TestTableFunctionsAreRead(t *testing.T) {
	i := New(Config{})
	i.CreateUser("ADMIN", "secret")
	i.CreateUser("APP", "secret")
	i.Register(counting())
	s := i.Internal("ADMIN")
	defer s.Close()
	for text, want := range map[string]string{
		"SELECT COUNT(*), MAX(n) FROM counting.upto(5)":                                                  "5|5",
		"SELECT SUM(c.n) FROM TABLE(sys.counting.upto(last => 5, step => 2)) c WHERE c.n > 1":            "8",
		"SELECT COUNT(*) FROM counting.upto(3) a JOIN counting.upto(2 + 2) b ON a.n = b.n":               "3",
		"SELECT COUNT(*) FROM dual d LEFT JOIN counting.upto(0) b ON b.n = 1":                            "1",
		"SELECT (SELECT MAX(n) FROM counting.upto(7)) FROM dual":                                         "7",
		"SELECT COUNT(*) FROM (SELECT n FROM counting.upto(4) UNION ALL SELECT n FROM counting.upto(1))": "5",
	} {
		if got := query(t, s, text); got != want {
			t.Errorf("%s = %s, want %s", text, got, want)
		}
	}
	failsWith(t, s, "SELECT * FROM counting.upto(-1)", "ORA-20001: cannot count")
	failsWith(t, s, "SELECT * FROM counting.nothing(1)", "ORA-00904")
	failsWith(t, s, "SELECT * FROM TABLE(nothing)", "ORA-03001")
	failsWith(t, s, "SELECT * FROM counting.upto", "ORA-00942")
	failsWith(t, s, "SELECT * FROM counting.upto(1, 2, 3)", "PLS-306")
	app := i.Internal("APP")
	defer app.Close()
	failsWith(t, app, "SELECT * FROM counting.upto(1)", "ORA-00904")
	if err := s.Exec(t.Context(), "GRANT EXECUTE ON counting TO app"); err != nil {
		t.Fatal(err)
	}
	if got := query(t, app, "SELECT MAX(n) FROM counting.upto(1)"); got != "1" {
		t.Errorf("granted: %s", got)
	}
}
