package cli

import (
	"fmt"
	"strings"

	"github.com/adbferry/adbferry/pkg/quantity"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// definitionText says what will be made of a table beside its columns, and what
// will not.
func definitionText(out *strings.Builder, d *pb.TableDefinition) {
	if p := d.GetPartitioning(); p != nil {
		line(out, "makes", fmt.Sprintf("%s by %s (%s)", quantity.Of(len(p.GetPartitions()), "partition"),
			word(p.GetMethod().String(), "PARTITION_METHOD_"), namesText(p.GetColumns())))
	}
	for _, i := range d.GetIdentities() {
		line(out, "makes", "identity "+pb.NameText(i.GetColumn())+", restarted above its maximum")
	}
	for _, c := range d.GetConstraints() {
		line(out, "makes", constraintText(c))
	}
	for _, i := range d.GetIndexes() {
		line(out, "makes", indexText(i))
	}
	if len(d.GetColumnComments()) > 0 || d.GetComment() != "" {
		line(out, "makes", "comments")
	}
	for _, what := range d.GetNotMade() {
		line(out, "not made", what)
	}
}

// constraintText is like the DDL, shortened.
func constraintText(c *pb.Constraint) string {
	columns := "(" + namesText(c.GetColumns()) + ")"
	text := ""
	switch c.GetKind() {
	case pb.ConstraintKind_CONSTRAINT_KIND_PRIMARY:
		text = "primary key " + columns
	case pb.ConstraintKind_CONSTRAINT_KIND_UNIQUE:
		text = "unique " + columns
	case pb.ConstraintKind_CONSTRAINT_KIND_CHECK:
		text = "check (" + oneLine(c.GetCondition()) + ")"
	case pb.ConstraintKind_CONSTRAINT_KIND_REFERENCE:
		text = "foreign key " + columns + " to " + c.GetReferencedTable().Text()
	default:
		text = "a constraint of a kind that this version does not know"
	}
	if c.GetGenerated() || c.GetName() == "" {
		return text
	}
	return text + " as " + c.GetName()
}

// indexText is like the DDL, shortened.
func indexText(i *pb.Index) string {
	text := "index"
	switch {
	case i.GetUnique():
		text = "unique index"
	case i.GetBitmap():
		text = "bitmap index"
	}
	var columns []string
	for _, c := range i.GetColumns() {
		columns = append(columns, oneLine(c.GetColumn()+c.GetExpression()))
	}
	return fmt.Sprintf("%s %s (%s)", text, i.GetName(), strings.Join(columns, ", "))
}

// oneLine puts a text of the dictionary on one line.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
