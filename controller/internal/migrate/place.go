package migrate

import (
	"cmp"
	"fmt"
	"strings"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/par"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Place is where a PAR leads. It says nothing secret.
//
// Error: *par.MalformedError.
func Place(parURL string) (*pb.StorageLocation, error) {
	u, err := par.Parse(parURL)
	if err != nil {
		return nil, err
	}
	return &pb.StorageLocation{Region: u.Region(), Namespace: u.Namespace(), Bucket: u.Bucket(), Prefix: u.Prefix()}, nil
}

// CheckPlace refuses a PAR that leads elsewhere than to the objects of the
// migration. Before its first export was decided on, every place will do.
//
// Error: REASON_PAR_ELSEWHERE.
func CheckPlace(s *pb.MigrationStatus, found *pb.StorageLocation) error {
	expected, object := s.GetStorage(), anyObject(s)
	switch {
	case expected != nil && !exportBegan(s), expected == nil && object == "":
		return nil
	case expected == nil: // a journal of an older version
		expected = &pb.StorageLocation{Namespace: found.GetNamespace(), Bucket: found.GetBucket(), Prefix: beforeID(object, s.GetMigrationId())}
	}
	return samePlace(expected, found)
}

// samePlace refuses a PAR that leads to one place where another is expected.
//
// Error: REASON_PAR_ELSEWHERE.
func samePlace(expected, found *pb.StorageLocation) error {
	if sameRegion(expected, found) && expected.GetNamespace() == found.GetNamespace() &&
		expected.GetBucket() == found.GetBucket() && expected.GetPrefix() == found.GetPrefix() {
		return nil
	}
	return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_PAR_ELSEWHERE,
		"the PAR leads to %s; the migration's objects are in %s", PlaceText(found), PlaceText(expected)).
		WithHint("make a PAR on that bucket, with the same prefix if there is one; see docs/par.md").
		WithFact("expected", PlaceText(expected)).WithFact("found", PlaceText(found))
}

// exportBegan reports whether an export was decided on, which may have written
// objects whatever became of it.
func exportBegan(s *pb.MigrationStatus) bool {
	for _, t := range s.GetTables() {
		if len(t.GetTries()) > 0 { // by a plan that is given up
			return true
		}
		for _, c := range t.GetChunks() {
			if c.GetExportAttempt() > 0 {
				return true
			}
		}
	}
	return false
}

// anyObject is the name of an object that the migration has exported, "" before.
func anyObject(s *pb.MigrationStatus) string {
	for _, t := range s.GetTables() {
		for _, c := range t.GetChunks() {
			for _, o := range c.GetManifest().GetObjects() {
				return o.GetName()
			}
		}
	}
	return ""
}

// beforeID is what stands before the migration's own folder in an object's name.
func beforeID(object, id string) string {
	if strings.HasPrefix(object, id+"/") {
		return ""
	}
	if at := strings.Index(object, "/"+id+"/"); at >= 0 {
		return object[:at+1]
	}
	return object
}

// sameRegion is true also when one of the hosts does not tell.
func sameRegion(a, b *pb.StorageLocation) bool {
	return a.GetRegion() == "" || b.GetRegion() == "" || a.GetRegion() == b.GetRegion()
}

// PlaceText is a place for people.
func PlaceText(p *pb.StorageLocation) string {
	text := fmt.Sprintf("bucket %s of namespace %s", p.GetBucket(), p.GetNamespace())
	if p.GetRegion() != "" {
		text += " in " + p.GetRegion()
	}
	return text + ", " + cmp.Or(prefixText(p), "without a prefix")
}

func prefixText(p *pb.StorageLocation) string {
	if p.GetPrefix() == "" {
		return ""
	}
	return "below " + p.GetPrefix()
}
