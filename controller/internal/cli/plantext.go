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
		carried, leftOut := split(t)
		_, _ = fmt.Fprintf(&out, "\n%s\n", route(t.GetSource(), t.GetTarget()))
		line(&out, "rows", number(t.GetRows()))
		line(&out, "travels", fmt.Sprintf("as %s in %s, about %s", formatText(t.GetFormat()),
			count(int64(len(t.GetChunks())), "chunk"), size(t.GetEstimatedBytes())))
		line(&out, "carried", carriedText(carried, len(t.GetColumns())))
		for _, c := range leftOut {
			line(&out, "left out", c.GetName()+": "+c.GetWhy())
		}
	}
	return out.String()
}

// split parts the columns of a plan.
func split(t *pb.TablePlan) (carried []string, leftOut []*pb.ColumnLeftOut) {
	for _, c := range t.GetColumns() {
		if c.GetLeftOut() == "" {
			carried = append(carried, c.GetColumn().GetName())
		} else {
			leftOut = append(leftOut, &pb.ColumnLeftOut{Name: c.GetColumn().GetName(), Why: c.GetLeftOut()})
		}
	}
	return carried, leftOut
}

// carriedText counts and names the columns that travel.
func carriedText(names []string, all int) string {
	return fmt.Sprintf("%d of %s: %s", len(names), count(int64(all), "column"), strings.Join(names, ", "))
}

// databaseText tells two databases apart by name and region.
func databaseText(d *pb.DatabaseDescription) string {
	return fmt.Sprintf("%s (%s)", d.GetName(), d.GetRegion())
}

// route names a table once when it keeps its name.
func route(source, target *pb.TableName) string {
	if tableName(source) == tableName(target) {
		return tableName(source)
	}
	return tableName(source) + " → " + tableName(target)
}

// line writes a labelled line.
func line(out *strings.Builder, label, text string) {
	_, _ = fmt.Fprintf(out, "  %-9s %s\n", label, text)
}
