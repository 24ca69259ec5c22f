package plan

import (
	"fmt"
	"slices"

	"github.com/adbferry/adbferry/agent/internal/catalog"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// indexOrganised reports whether the rows of a table have logical ROWIDs, which
// are longer than others and follow the key.
func indexOrganised(described *pb.Table) bool {
	return slices.Contains(described.GetDefinition().GetNotMade(), catalog.IndexOrganisation)
}

// unaddressed says why values that overflow cannot be brought back to the rows of
// an index-organized table: pieces carry the physical ROWID of their row. It is
// empty when none overflows.
func unaddressed(w way) string {
	var long []string
	for _, c := range w.columns {
		if c.GetOverflows() && c.GetLeftOut() == "" {
			long = append(long, c.GetColumn().GetName())
		}
	}
	if len(long) == 0 {
		return ""
	}
	return fmt.Sprintf("as %s, values of %s are too long for their rows, and the rows of an index-organized table have no address by which the pieces could find them; "+
		"--exclude-columns leaves them behind", w.format.Word(), listed(long))
}
