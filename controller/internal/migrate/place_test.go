package migrate_test

import (
	"strings"
	"testing"

	"github.com/adbferry/adbferry/controller/internal/migrate"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// exported is a migration that has an object below a prefix of a bucket.
func exported(storage *pb.StorageLocation, object string) *pb.MigrationStatus {
	return &pb.MigrationStatus{MigrationId: id, Storage: storage, Tables: []*pb.TableStatus{{Chunks: []*pb.ChunkStatus{
		{}, {ExportAttempt: 1, Manifest: &pb.Manifest{Objects: []*pb.Object{{Name: object}}}},
	}}}}
}

// begun is a migration whose first export may have written something.
func begun(storage *pb.StorageLocation) *pb.MigrationStatus {
	return &pb.MigrationStatus{MigrationId: id, Storage: storage, Tables: []*pb.TableStatus{{Chunks: []*pb.ChunkStatus{{ExportAttempt: 1}}}}}
}

// replanned is one whose table is to be moved again from the start.
func replanned(storage *pb.StorageLocation) *pb.MigrationStatus {
	return &pb.MigrationStatus{MigrationId: id, Storage: storage, Tables: []*pb.TableStatus{{
		Tries: []*pb.FormatTry{{}}, Chunks: []*pb.ChunkStatus{{}},
	}}}
}

func TestAPARHasToLeadToWhereTheObjectsAre(t *testing.T) {
	const good = "https://objectstorage.us-sanjose-1.oraclecloud.com/p/secret/n/ns/b/ferry/o/"
	home, err := migrate.Place(good)
	check(t, err)
	below, err := migrate.Place(good + "team/")
	check(t, err)
	const object = id + "/ADMIN/T/000001/1/part_1.csv"
	for _, tt := range []struct {
		name string
		s    *pb.MigrationStatus
		par  string
		want bool
	}{
		{"the same place", exported(home, object), good, true},
		{"the namespace's own host", exported(home, object), "https://ns.objectstorage.us-sanjose-1.oci.customer-oci.com/p/x/n/ns/b/ferry/o/", true},
		{"a host that tells no region", exported(home, object), "https://127.0.0.1:8443/p/x/n/ns/b/ferry/o/", true},
		{"another bucket", exported(home, object), "https://objectstorage.us-sanjose-1.oraclecloud.com/p/x/n/ns/b/other/o/", false},
		{"another namespace", exported(home, object), "https://objectstorage.us-sanjose-1.oraclecloud.com/p/x/n/other/b/ferry/o/", false},
		{"another region", exported(home, object), "https://objectstorage.us-phoenix-1.oraclecloud.com/p/x/n/ns/b/ferry/o/", false},
		{"a prefix where there was none", exported(home, object), good + "team/", false},
		{"the same prefix", exported(below, "team/"+object), good + "team/", true},
		{"no prefix where there was one", exported(below, "team/"+object), good, false},
		{"nothing is exported yet", &pb.MigrationStatus{MigrationId: id, Storage: home}, good + "team/", true},
		{"an export began that has no manifest", begun(home), good + "team/", false},
		{"an export began under another plan", replanned(home), good + "team/", false},
		{"an older journal", exported(nil, object), good, true},
		{"an older journal with a prefix", exported(nil, "team/"+object), good + "team/", true},
		{"an older journal without a prefix", exported(nil, object), good + "team/", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			found, err := migrate.Place(tt.par)
			check(t, err)
			err = migrate.CheckPlace(tt.s, found)
			if (err == nil) != tt.want {
				t.Fatalf("got %v", err)
			}
			if f := apierr.FailureOf(err); !tt.want && (f.GetReason() != pb.Reason_REASON_PAR_ELSEWHERE || f.GetFacts()["expected"] == f.GetFacts()["found"]) {
				t.Errorf("failure %v", f)
			}
		})
	}
	if text := migrate.PlaceText(below); text != "bucket ferry of namespace ns in us-sanjose-1, below team/" || strings.Contains(text, "secret") {
		t.Errorf("place %q", text)
	}
}
