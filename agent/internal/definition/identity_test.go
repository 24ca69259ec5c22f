package definition

import (
	"testing"

	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestIdentitiesGoOnAboveTheirValues(t *testing.T) {
	table, err := oracle.NewTable(&pb.TableName{Schema: "A", Name: "T"})
	if err != nil {
		t.Fatal(err)
	}
	up := &pb.Identity{Column: "N", Always: true, StartWith: "100", IncrementBy: "5", Cache: 20}
	down := &pb.Identity{Column: "N", StartWith: "-100", IncrementBy: "-5"}
	around := &pb.Identity{Column: "N", OnNull: true, StartWith: "7", IncrementBy: "1", MaxValue: "10", Cycle: true, Order: true}
	const head = `ALTER TABLE "A"."T" MODIFY ("N" GENERATED `
	for name, tt := range map[string]struct {
		want, have *pb.Identity
		farthest   string
		statement  string
	}{
		"where the source would go on":   {up, &pb.Identity{StartWith: "1"}, "90", head + "ALWAYS AS IDENTITY (START WITH 100 INCREMENT BY 5 CACHE 20 NOCYCLE NOORDER))"},
		"above larger values":            {up, &pb.Identity{StartWith: "1"}, "9999999999999999999999999999", head + "ALWAYS AS IDENTITY (START WITH 10000000000000000000000000004 INCREMENT BY 5 CACHE 20 NOCYCLE NOORDER))"},
		"without rows":                   {up, &pb.Identity{StartWith: "1"}, "", head + "ALWAYS AS IDENTITY (START WITH 100 INCREMENT BY 5 CACHE 20 NOCYCLE NOORDER))"},
		"never back":                     {up, &pb.Identity{StartWith: "500"}, "90", head + "ALWAYS AS IDENTITY (START WITH 500 INCREMENT BY 5 CACHE 20 NOCYCLE NOORDER))"},
		"not when it is there":           {up, &pb.Identity{StartWith: "100", Always: true}, "90", ""},
		"not when it is further":         {up, &pb.Identity{StartWith: "500", Always: true}, "90", ""},
		"downwards":                      {down, &pb.Identity{StartWith: "-1"}, "-300", head + "BY DEFAULT AS IDENTITY (START WITH -305 INCREMENT BY -5 NOCACHE NOCYCLE NOORDER))"},
		"downwards, there":               {down, &pb.Identity{StartWith: "-305"}, "-300", ""},
		"a cycle goes on where it stood": {around, &pb.Identity{StartWith: "1", OnNull: true}, "10", head + "BY DEFAULT ON NULL AS IDENTITY (START WITH 7 INCREMENT BY 1 MAXVALUE 10 NOCACHE CYCLE ORDER))"},
	} {
		got, err := Restart(table, tt.want, tt.have, tt.farthest)
		if err != nil || got != tt.statement {
			t.Errorf("%s: %v\ngot  %s\nwant %s", name, err, got, tt.statement)
		}
	}
	for _, bad := range []*pb.Identity{{Column: "N", StartWith: "x"}, {Column: "N", IncrementBy: "1e3"}} {
		if _, err := Restart(table, bad, nil, "1"); apierr.ReasonOf(err) != pb.Reason_REASON_REQUEST_INVALID {
			t.Errorf("%v: %v", bad, err)
		}
	}
	if CountsDown(up) || !CountsDown(down) {
		t.Error("the directions are wrong")
	}
	if _, err := Restart(table, up, nil, "1.5"); err == nil {
		t.Error("a fraction was counted with")
	}
	opened, err := Open(table, up)
	if want := head + "BY DEFAULT AS IDENTITY (START WITH 100 INCREMENT BY 5 CACHE 20 NOCYCLE NOORDER))"; err != nil || opened != want {
		t.Errorf("%v %s", err, opened)
	}
}
