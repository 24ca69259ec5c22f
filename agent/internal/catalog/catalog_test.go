package catalog

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestIdentityOptionsAreRead(t *testing.T) {
	got := identityOf("START WITH: 5, INCREMENT BY: -2, MAX_VALUE: 9999999999999999999999999999, MIN_VALUE: -7, CYCLE_FLAG: Y, CACHE_SIZE: 20, ORDER_FLAG: Y, SCALE_FLAG: N, NEW")
	want := &pb.Identity{
		StartWith: "5", IncrementBy: "-2", MaxValue: "9999999999999999999999999999", MinValue: "-7", Cycle: true, Cache: 20, Order: true,
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(&pb.Identity{}, identityOf(""), protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}

func TestNamesThatTheDatabaseMadeAreTold(t *testing.T) {
	for name, want := range map[string]bool{"SYS_P123": true, "SYS_P": false, "SYS_P1A": false, "sys_p1": false, "P1": false, "": false} {
		if generatedPartition(name) != want {
			t.Errorf("%q: %v", name, !want)
		}
	}
}

func TestANotNullIsTheColumnsUnlessItIsNamedOrDoubled(t *testing.T) {
	check := func(name string, generated bool, column, condition string) *pb.Constraint {
		return &pb.Constraint{Name: name, Generated: generated, Kind: pb.ConstraintKind_CONSTRAINT_KIND_CHECK, Columns: []string{column}, Condition: condition}
	}
	l := &listed{table: &pb.Table{
		Columns:    []*pb.Column{{Name: "A"}, {Name: "B", Nullable: true}, {Name: "K"}},
		PrimaryKey: []string{"K"}, Definition: &pb.TableDefinition{},
	}}
	off := check("OFF", true, "A", `"A" IS NOT NULL`)
	off.Disabled = true
	for _, k := range []*pb.Constraint{
		check("PLAIN", true, "A", `"A" IS NOT NULL`), check("NAMED", false, "A", `"A" IS NOT NULL`), check("NULLABLE", true, "B", ` "B" IS NOT NULL `),
		check("IN_KEY", true, "K", `"K" IS NOT NULL`), check("OTHER", true, "A", `"A" IS NOT NULL OR 1 = 0`), off,
	} {
		l.adopt(k)
	}
	var kept []string
	for _, k := range l.table.GetDefinition().GetConstraints() {
		kept = append(kept, k.GetName())
	}
	if diff := cmp.Diff([]string{"NAMED", "NULLABLE", "IN_KEY", "OTHER", "OFF"}, kept); diff != "" {
		t.Error(diff)
	}
}

func TestGlobsBecomePatterns(t *testing.T) {
	for glob, want := range map[string]string{"": "%", "A*": "A%", "A?": "A_", `50%_\`: `50\%\_\\`} {
		if got := like(glob); got != want {
			t.Errorf("%q: %q, want %q", glob, got, want)
		}
	}
}
