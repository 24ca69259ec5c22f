package cli

import (
	"fmt"
	"strings"

	"github.com/adbferry/adbferry/pkg/quantity"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A detail is how much of a receipt is shown.
type detail struct {
	objects bool // every object that was staged, and not only their number
	all     bool // every table in full, however many there are
}

// receiptText is a receipt for people: of many tables in short.
func receiptText(r *pb.Receipt, d detail) string {
	var out strings.Builder
	_, _ = fmt.Fprintf(&out, "\nReceipt of migration %s\n", r.GetMigrationId())
	line(&out, "from", fmt.Sprintf("%s, as of SCN %d", databaseText(r.GetSource()), r.GetScn()))
	snapshotLines(&out, r)
	line(&out, "to", databaseText(r.GetTarget()))
	line(&out, "time", when(r.GetStartTime())+", took "+took(r.GetStartTime(), r.GetEndTime()))
	versionLines(&out, r)
	short := !d.all && !d.objects && len(r.GetTables()) > manyTables
	if short {
		receiptLines(&out, r.GetMigrationId(), r.GetTables())
	}
	reason := ""
	for _, t := range r.GetTables() {
		if !short || receiptRemarks(t) != "" {
			tableReceiptText(&out, t, d.objects, reason)
			reason = t.GetFormatReason()
		}
	}
	leftBehindText(&out, r.GetTablesLeftBehind())
	for _, l := range r.GetLeftovers() {
		_, _ = fmt.Fprintf(&out, "\nLeft over: %s, %s under %s\n  %s\n",
			quantity.Of(l.GetCount(), strings.TrimSuffix(l.GetKind(), "s")), size(l.GetBytes()), l.GetLocation(), l.GetHint())
	}
	_, _ = fmt.Fprintf(&out, "\nVerdict: %s\n", receiptVerdict(r))
	return out.String()
}

// receiptVerdict is the verdict over all tables.
func receiptVerdict(r *pb.Receipt) string {
	leftOut := 0
	for _, t := range r.GetTables() {
		leftOut += len(t.GetColumnsLeftOut())
	}
	return verdictText(r.GetVerdict(), leftOut, len(r.GetTablesLeftBehind()))
}

// receiptLines is a line for each table, with what makes it worth a closer look.
func receiptLines(out *strings.Builder, id string, tables []*pb.TableReceipt) {
	lines := []string{"TABLE\tROWS\tBYTES\tFORMAT\tTOOK\tVERDICT\tREMARKS"}
	for _, t := range tables {
		lines = append(lines, fmt.Sprintf("%s\t%s\t%s\t%s\t%s\t%s\t%s", route(t.GetSource(), t.GetTarget()), receiptRows(t),
			size(t.GetBytes()), t.GetFormat().Word(), took(t.GetStartTime(), t.GetEndTime()), verdictWord(t.GetVerdict()), receiptRemarks(t)))
	}
	columns(out, lines)
	_, _ = fmt.Fprintf(out, "All about each table: adbferry receipt %s --verbose; those with remarks follow.\n", id)
}

// receiptRemarks counts what a table's own part of the receipt is worth reading for;
// it is empty for one that arrived as a whole and at once, with everything it has.
func receiptRemarks(t *pb.TableReceipt) string {
	var remarks []string
	if n := len(t.GetColumnsLeftOut()); n > 0 {
		remarks = append(remarks, quantity.Of(n, "column")+" left out")
	}
	if n := len(t.GetColumnsNotCompared()); n > 0 {
		remarks = append(remarks, quantity.Of(n, "column")+" not compared")
	}
	if t.GetWhere() != "" {
		remarks = append(remarks, "some rows")
	}
	if t.GetBefore() != nil {
		remarks = append(remarks, quantity.Of(t.GetBefore().GetRows(), "row")+" before")
	}
	if n := len(t.GetTries()); n > 0 {
		remarks = append(remarks, "moved again")
	}
	if n := len(t.GetDefinitionFailures()); n > 0 {
		remarks = append(remarks, number(int64(n))+" not made")
	}
	if t.GetFailure() != nil {
		remarks = append(remarks, "see below")
	}
	return strings.Join(remarks, ", ")
}

// versionLines name what did the work, as far as the receipt knows.
func versionLines(out *strings.Builder, r *pb.Receipt) {
	label := "versions"
	if r.GetControllerVersion() != "" {
		line(out, label, "controller "+r.GetControllerVersion())
		label = ""
	}
	for _, d := range []*pb.DatabaseDescription{r.GetSource(), r.GetTarget()} {
		var parts []string
		for _, part := range [][2]string{
			{"agent ", d.GetAgentVersion()}, {"Oracle ", d.GetVersion()}, {"", d.GetCharacterSet()}, {"", d.GetNationalCharacterSet()},
		} {
			if part[1] != "" {
				parts = append(parts, part[0]+part[1])
			}
		}
		if len(parts) > 0 {
			line(out, label, d.GetName()+": "+strings.Join(parts, ", "))
			label = ""
		}
	}
}

// tableReceiptText is one table's part of the receipt.
func tableReceiptText(out *strings.Builder, t *pb.TableReceipt, objects bool, reasonBefore string) {
	_, _ = fmt.Fprintf(out, "\n%s\n", route(t.GetSource(), t.GetTarget()))
	line(out, "rows", receiptRows(t))
	digestLines(out, receiptComparison(t))
	line(out, "columns", carriedText(t.GetColumnsCarried(), len(t.GetColumnsCarried())+len(t.GetColumnsLeftOut())))
	for _, c := range t.GetColumnsLeftOut() {
		line(out, "left out", pb.NameText(c.GetName())+": "+c.GetWhy())
	}
	if t.GetWhere() != "" {
		line(out, "where", t.GetWhere())
	}
	line(out, "objects", fmt.Sprintf("%s, %s as %s", number(t.GetObjects()), size(t.GetBytes()), t.GetFormat().Word()))
	if objects {
		objectLines(out, t)
	}
	reasonLine(out, "format", t.GetFormatReason(), reasonBefore)
	historyLines(out, t)
	line(out, "time", when(t.GetStartTime())+", took "+took(t.GetStartTime(), t.GetEndTime()))
	line(out, "verdict", verdictText(t.GetVerdict(), len(t.GetColumnsLeftOut()), 0))
	if f := t.GetFailure(); f != nil {
		line(out, "because", f.GetText())
	}
}

// objectLines names what was staged. The store has no MD5 of an object that was
// written in parts.
func objectLines(out *strings.Builder, t *pb.TableReceipt) {
	for _, c := range t.GetChunks() {
		for _, o := range c.GetObjects() {
			text := fmt.Sprintf("%s, %s bytes", o.GetName(), number(o.GetBytes()))
			if o.GetMd5() != "" {
				text += ", MD5 " + o.GetMd5()
			}
			line(out, "", text)
		}
	}
}

// historyLines prints what was before and beside the rows: rows that were there,
// formats that were given up, parts of the definition that could not be made.
func historyLines(out *strings.Builder, t *pb.TableReceipt) {
	if before := t.GetBefore(); before != nil {
		line(out, "before", quantity.Of(before.GetRows(), "row")+" on the target, which stay and are not counted above")
	}
	for _, try := range t.GetTries() {
		line(out, "given up", givenUpText(try))
	}
	for _, d := range t.GetDefinitionFailures() {
		line(out, "not made", d.GetWhat()+": "+d.GetFailure().GetText())
	}
}

// receiptRows says what was counted and compared: source and target, if they were.
func receiptRows(t *pb.TableReceipt) string {
	if t.SourceRows == nil || t.TargetRows == nil {
		return "not counted"
	}
	text := comparisonText(receiptComparison(t))
	if t.GetSourceDigest() == nil {
		return text + ", source and target"
	}
	return text
}

func receiptComparison(t *pb.TableReceipt) *pb.Comparison {
	return &pb.Comparison{
		SourceRows: t.GetSourceRows(), TargetRows: t.GetTargetRows(),
		SourceDigest: t.GetSourceDigest(), TargetDigest: t.GetTargetDigest(), NotCompared: t.GetColumnsNotCompared(),
	}
}

// digestLines prints the digests, once when they are equal, and what is in
// neither of them.
func digestLines(out *strings.Builder, c *pb.Comparison) {
	source, target := c.GetSourceDigest(), c.GetTargetDigest()
	switch {
	case source == nil || target == nil:
	case source.GetSum() == target.GetSum():
		line(out, "digest", source.GetSum()+", source and target")
	default:
		line(out, "digest", source.GetSum()+" source")
		line(out, "", target.GetSum()+" target")
	}
	for _, left := range c.GetNotCompared() {
		line(out, "unknown", pb.NameText(left.GetName())+": not compared: "+left.GetWhy())
	}
}
