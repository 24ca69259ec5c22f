package dbmscloud_test

import (
	"testing"

	"github.com/adbferry/adbferry/sim/internal/dbmscloud"
)

func TestValuesThatDoNotFitTheirColumnsRejectTheirRecords(t *testing.T) {
	const text = "1,a\n123456,b\n3,c\n"
	tests := []struct {
		name, format string
		knobs        dbmscloud.Knobs
		stack        []string
		want         []string
	}{
		{"none may be rejected", csv, dbmscloud.Knobs{}, []string{"ODCIEXTTABLEFETCH", "error processing column ID in row 2", "ORA-01438", "KUP-04101: record 2", "ORA-30653"}, nil},
		{"what came before stays", csv, dbmscloud.Knobs{PartialOnReject: true}, []string{"ORA-01438", "ORA-30653"}, []string{"1|a"}},
		{"one may", `{"type":"csv","rejectlimit":1}`, dbmscloud.Knobs{}, nil, []string{"1|a", "3|c"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, test.knobs)
			w.exec("CREATE TABLE p (id NUMBER(5), name VARCHAR2(10))")
			w.put("x", text)
			if err := w.load("p", w.full()+"x", test.format); test.stack != nil {
				wantStack(t, err, 29913, test.stack...)
			} else if err != nil {
				t.Fatal(err)
			}
			w.wantRows("SELECT id, name FROM p ORDER BY id", test.want...)
			w.wantRows("SELECT record FROM copy$1_bad", "123456,b")
		})
	}
}

func TestConstraintsFailTheInsert(t *testing.T) {
	for column, code := range map[string]int{"NUMBER(5) NOT NULL": 1400, "NUMBER(5) CHECK (id > 1)": 2290, "NUMBER(5) UNIQUE": 1} {
		w := newWorld(t, dbmscloud.Knobs{})
		w.exec("CREATE TABLE p (id " + column + ", name VARCHAR2(10))")
		w.put("x", "123456,far\n1,a\n1,b\n,c\n")
		wantStack(t, w.load("p", w.full()+"x", `{"type":"csv","rejectlimit":10}`), code)
		w.wantRows("SELECT COUNT(*) FROM p", "0")
	}
}
