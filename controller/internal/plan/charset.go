package plan

import (
	"fmt"
	"strings"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Foreign says why the bytes of a column's values mean something else on the
// other side: they are text, and the databases have different character sets.
// It is empty for columns that do not depend on them. A set that is not known
// is not called different.
func Foreign(c *pb.Column, source, target *pb.DatabaseDescription) string {
	from, to, what := "", "", ""
	switch c.GetDataType() {
	case "CHAR", "VARCHAR2", "LONG", "CLOB", "JSON", "XMLTYPE":
		from, to, what = source.GetCharacterSet(), target.GetCharacterSet(), "character sets"
	case "NCHAR", "NVARCHAR2", "NCLOB":
		from, to, what = source.GetNationalCharacterSet(), target.GetNationalCharacterSet(), "national character sets"
	}
	if from == to || from == "" || to == "" {
		return ""
	}
	return fmt.Sprintf("the %s differ: %s on the source, %s on the target", what, from, to)
}

// checkCharacterSets refuses to carry text between databases of different
// character sets: its bytes would travel and mean something else.
func checkCharacterSets(source, target *pb.DatabaseDescription, tables []*pb.TablePlan) error {
	var names []string
	why := ""
	for _, t := range tables {
		for _, c := range t.GetColumns() {
			if c.GetLeftOut() != "" {
				continue
			}
			if foreign := Foreign(c.GetColumn(), source, target); foreign != "" {
				why = foreign
				names = append(names, t.GetTableId()+"."+c.GetColumn().GetName())
			}
		}
	}
	if len(names) == 0 {
		return nil
	}
	return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_CHARACTER_SETS_DIFFER,
		"text would not arrive as it was, %s: %s", why, strings.Join(names, ", ")).
		WithHint("leave these columns out with --exclude-columns, or move to a database with the source's character sets").
		WithFact("source", source.GetCharacterSet()+"/"+source.GetNationalCharacterSet()).
		WithFact("target", target.GetCharacterSet()+"/"+target.GetNationalCharacterSet()).
		WithFact("columns", strings.Join(names, ","))
}
