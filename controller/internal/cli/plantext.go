package cli

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/adbferry/adbferry/pkg/quantity"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// manyTables are shown a line each, and only those that are not plain in full.
const manyTables = 10

// planText is a plan for people: of many tables in short, unless all is asked for.
func planText(p *pb.MigrationPlan, all bool) string {
	var out strings.Builder
	_, _ = fmt.Fprintf(&out, "Plan: %s from %s to %s, as of SCN %d\n",
		quantity.Of(len(p.GetTables()), "table"), databaseText(p.GetSource()), databaseText(p.GetTarget()), p.GetScn())
	short := !all && len(p.GetTables()) > manyTables
	if short {
		planLines(&out, p.GetTables())
	}
	reason := ""
	for _, t := range p.GetTables() {
		if !short || planRemarks(t) != "" {
			tablePlanText(&out, t, reason)
			reason = t.GetFormatReason()
		}
	}
	leftBehindText(&out, p.GetTablesLeftBehind())
	totalText(&out, p)
	return out.String()
}

// planLines is a line for each table, with what makes it worth a closer look.
func planLines(out *strings.Builder, tables []*pb.TablePlan) {
	lines := []string{"TABLE\tROWS\tBYTES\tFORMAT\tTARGET\tREMARKS"}
	for _, t := range tables {
		lines = append(lines, fmt.Sprintf("%s\t%s\t%s\t%s\t%s\t%s", route(t.GetSource(), t.GetTarget()), number(t.GetRows()),
			size(t.GetEstimatedBytes()), t.GetFormat().Word(), cmp.Or(outlookWords(t.GetOutlook()), "-"), planRemarks(t)))
	}
	columns(out, lines)
	out.WriteString("--verbose shows all about each table; those with remarks follow.\n")
}

// planRemarks counts what a table's own part of the plan is worth reading for; it is
// empty for a table that moves as a whole, with everything it has.
func planRemarks(t *pb.TablePlan) string {
	var remarks []string
	if n := len(t.LeftOut()); n > 0 {
		remarks = append(remarks, quantity.Of(n, "column")+" left out")
	}
	if t.GetWhere() != "" {
		remarks = append(remarks, "some rows")
	}
	if n := t.GetOutlook().GetRowsRemoved(); n > 0 {
		remarks = append(remarks, "REMOVES "+quantity.Of(n, "row"))
	}
	if n := len(t.GetDefinition().GetNotMade()); n > 0 {
		remarks = append(remarks, number(int64(n))+" not made")
	}
	if n := len(t.GetWarnings()); n > 0 {
		remarks = append(remarks, quantity.Of(n, "warning"))
	}
	return strings.Join(remarks, ", ")
}

// leftBehindText names the tables of a schema that are not moved.
func leftBehindText(out *strings.Builder, left []*pb.TableLeftBehind) {
	if len(left) == 0 {
		return
	}
	_, _ = fmt.Fprintf(out, "\nLeft behind: %s\n", quantity.Of(len(left), "table"))
	for _, l := range left {
		line(out, l.GetTable().Text(), l.GetWhy())
	}
}

// tablePlanText is one table's part of a plan. The reason for its format is not said
// again when it is that of the table before.
func tablePlanText(out *strings.Builder, t *pb.TablePlan, reasonBefore string) {
	_, _ = fmt.Fprintf(out, "\n%s\n", route(t.GetSource(), t.GetTarget()))
	line(out, "rows", number(t.GetRows()))
	if t.GetWhere() != "" {
		line(out, "where", t.GetWhere())
	}
	line(out, "travels", fmt.Sprintf("as %s in %s, about %s", t.GetFormat().Word(),
		quantity.Of(len(t.GetChunks()), "chunk"), size(t.GetEstimatedBytes())))
	reasonLine(out, "because", t.GetFormatReason(), reasonBefore)
	line(out, "carried", carriedText(t.Carried(), len(t.GetColumns())))
	for _, c := range t.LeftOut() {
		line(out, "left out", pb.NameText(c.GetName())+": "+c.GetWhy())
	}
	outlookText(out, t)
	definitionText(out, t.GetDefinition())
	for _, w := range t.GetWarnings() {
		line(out, "warning", w)
	}
}

// reasonLine says why a table has its format, unless nobody knows.
func reasonLine(out *strings.Builder, label, reason, before string) {
	switch reason {
	case "":
	case before:
		line(out, label, "as for the table above")
	default:
		line(out, label, reason)
	}
}

// outlookText says what happens to the target table before the load.
func outlookText(out *strings.Builder, t *pb.TablePlan) {
	if words := outlookWords(t.GetOutlook()); words != "" {
		line(out, "target", words)
	}
}

// outlookWords is empty when nothing is known.
func outlookWords(o *pb.TargetOutlook) string {
	switch {
	case o == nil:
		return ""
	case o.GetRowsRemoved() > 0:
		return "LOSES " + quantity.Of(o.GetRowsRemoved(), "row") + " that it has"
	case o.GetCreated():
		return "is created"
	case o.GetRowsKept() > 0:
		return "exists and keeps " + quantity.Of(o.GetRowsKept(), "row") + " that it has"
	default:
		return "exists"
	}
}

// carriedText counts the columns that travel, and names them when others do not.
func carriedText(names []string, all int) string {
	if len(names) == all {
		return number(int64(all)) + " of " + quantity.Of(all, "column")
	}
	return fmt.Sprintf("%s of %s: %s", number(int64(len(names))), quantity.Of(all, "column"), namesText(names))
}

// namesText is columns as --columns takes them.
func namesText(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = pb.NameText(name)
	}
	return strings.Join(quoted, ", ")
}

// databaseText tells two databases apart by name and region.
func databaseText(d *pb.DatabaseDescription) string {
	return fmt.Sprintf("%s (%s)", d.GetName(), d.GetRegion())
}

// route names a table once when it keeps its name.
func route(source, target *pb.TableName) string {
	if source.Text() == target.Text() {
		return source.Text()
	}
	return source.Text() + " → " + target.Text()
}

// line writes a labelled line.
func line(out *strings.Builder, label, text string) {
	_, _ = fmt.Fprintf(out, "  %-9s %s\n", label, text)
}
