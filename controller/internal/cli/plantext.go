package cli

import (
	"fmt"
	"strings"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// planText is a plan for people.
func planText(p *pb.MigrationPlan) string {
	var out strings.Builder
	_, _ = fmt.Fprintf(&out, "Plan: %s from %s to %s, as of SCN %d\n",
		count(int64(len(p.GetTables())), "table"), databaseText(p.GetSource()), databaseText(p.GetTarget()), p.GetScn())
	for _, t := range p.GetTables() {
		tablePlanText(&out, t)
	}
	leftBehindText(&out, p.GetTablesLeftBehind())
	totalText(&out, p)
	return out.String()
}

// leftBehindText names the tables of a schema that are not moved.
func leftBehindText(out *strings.Builder, left []*pb.TableLeftBehind) {
	if len(left) == 0 {
		return
	}
	_, _ = fmt.Fprintf(out, "\nLeft behind: %s\n", count(int64(len(left)), "table"))
	for _, l := range left {
		line(out, l.GetTable().Text(), l.GetWhy())
	}
}

// tablePlanText is one table's part of a plan.
func tablePlanText(out *strings.Builder, t *pb.TablePlan) {
	_, _ = fmt.Fprintf(out, "\n%s\n", route(t.GetSource(), t.GetTarget()))
	line(out, "rows", number(t.GetRows()))
	if t.GetWhere() != "" {
		line(out, "where", t.GetWhere())
	}
	line(out, "travels", fmt.Sprintf("as %s in %s, about %s", t.GetFormat().Word(),
		count(int64(len(t.GetChunks())), "chunk"), size(t.GetEstimatedBytes())))
	if t.GetFormatReason() != "" {
		line(out, "because", t.GetFormatReason())
	}
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

// outlookText says what happens to the target table before the load.
func outlookText(out *strings.Builder, t *pb.TablePlan) {
	switch o := t.GetOutlook(); {
	case o == nil:
	case o.GetRowsRemoved() > 0:
		line(out, "target", "LOSES "+count(o.GetRowsRemoved(), "row")+" that it has")
	case o.GetCreated():
		line(out, "target", "is created")
	case o.GetRowsKept() > 0:
		line(out, "target", "exists and keeps "+count(o.GetRowsKept(), "row")+" that it has")
	default:
		line(out, "target", "exists")
	}
}

// carriedText counts and names the columns that travel.
func carriedText(names []string, all int) string {
	return fmt.Sprintf("%s of %s: %s", number(int64(len(names))), count(int64(all), "column"), namesText(names))
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
