package cli

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// statusText is a status for people: a line per table, and the verdict when there
// is a receipt.
func statusText(m *pb.MigrationStatus) string {
	var out strings.Builder
	_, _ = fmt.Fprintf(&out, "Migration %s %s\n", m.GetMigrationId(), standsText(m))
	line(&out, "route", databaseText(m.GetPlan().GetSource())+" → "+databaseText(m.GetPlan().GetTarget()))
	line(&out, "planned", when(m.GetPlanTime()))
	line(&out, "started", when(m.GetStartTime()))
	line(&out, "ended", when(m.GetEndTime()))
	if f := m.GetFailure(); f != nil {
		line(&out, "because", f.GetText())
		if f.GetHint() != "" {
			line(&out, "hint", f.GetHint())
		}
	}
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "\nTABLE\tSTATE\tROWS\tBYTES\tDONE")
	var whole tally
	for _, t := range m.GetTables() {
		sum := progress.TableTotals(m, t)
		whole.add(t.GetState(), sum)
		statusLine(w, t.GetTableId(), stepText(m, t, sum), sum)
	}
	if whole.tables > 1 {
		statusLine(w, "in all", whole.text(), whole.totals())
	}
	_ = w.Flush()
	if m.GetReceipt() != nil && hasFinalReceipt(m.GetState()) {
		_, _ = fmt.Fprintf(&out, "\nVerdict: %s\nThe receipt: adbferry receipt %s\n", receiptVerdict(m.GetReceipt()), m.GetMigrationId())
	}
	return out.String()
}

// statusLine is how far a table, or all of them, is.
func statusLine(w io.Writer, name, step string, sum progress.Totals) {
	_, _ = fmt.Fprintf(w, "%s\t%s\t%s of %s\t%s\t%.1f %%\n", name, step, number(sum.Rows), number(sum.RowsTotal), size(sum.Bytes), 100*sum.Fraction)
}

// tableStateText says of a table without a state that its turn has not come.
func tableStateText(s pb.TableState) string {
	if s == pb.TableState_TABLE_STATE_UNSPECIFIED {
		return "waiting"
	}
	return word(s.String(), "TABLE_STATE_")
}
