package cli

import (
	"regexp"
	"testing"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestMigrationsOfOneSecondHaveIDsOfTheirOwn(t *testing.T) {
	form := regexp.MustCompile(`^m\d{8}-\d{6}-[a-z2-7]{5}$`)
	seen := map[string]bool{}
	for range 20 {
		id := migrationID("")
		if !form.MatchString(id) {
			t.Errorf("the ID is %q", id)
		}
		if seen[id] {
			t.Errorf("two migrations have the ID %s", id)
		}
		seen[id] = true
	}
	if got := migrationID("mine"); got != "mine" {
		t.Errorf("an ID that was given became %q", got)
	}
}

func TestPlanningSaysWhomItAsksAboutWhat(t *testing.T) {
	table := &pb.TableSelection{Source: &pb.TableName{Schema: "SALES", Name: "ORDERS"}}
	sales, people := &pb.SchemaSelection{Schema: "SALES"}, &pb.SchemaSelection{Schema: "HR"}
	for want, spec := range map[string]*pb.MigrationSpec{
		"SALES.ORDERS":                     {Tables: []*pb.TableSelection{table}},
		"2 tables and the tables of SALES": {Tables: []*pb.TableSelection{table, table}, Schemas: []*pb.SchemaSelection{sales}},
		"the tables of 2 schemas":          {Schemas: []*pb.SchemaSelection{sales, people}},
	} {
		spec.Source, spec.Target = "sanjose", "phoenix"
		if got := planningText(spec); got != "planning: asking sanjose and phoenix about "+want+" ..." {
			t.Errorf("%q does not say %q", got, want)
		}
	}
}
