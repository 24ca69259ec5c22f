package cli

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/dustin/go-humanize"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/adbferry/adbferry/pkg/quantity"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// word turns the name of an enum value into a word: MIGRATION_STATE_RUNNING into running.
func word(name, prefix string) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(name, prefix), "_", " "))
}

func stateText(s pb.MigrationState) string { return word(s.String(), "MIGRATION_STATE_") }

// standText is where a migration stands now.
func standText(m *pb.MigrationStatus) string {
	switch {
	case m.GetFailure().GetReason() == pb.Reason_REASON_JOURNAL_DAMAGED:
		return "damaged"
	case m.GetCleanUp() != nil && m.GetState() != pb.MigrationState_MIGRATION_STATE_VERIFIED:
		return "given up"
	default:
		return endText(m.GetState(), m.GetReceipt())
	}
}

// standsText is standText behind the name of a migration.
func standsText(m *pb.MigrationStatus) string {
	if text := standText(m); text != "failed" {
		return "is " + text
	}
	return "has failed"
}

// endText is a state, and "partial" for a migration whose receipt says so: nobody
// is to think that all of it was carried. A receipt of an earlier start is about
// another state.
func endText(s pb.MigrationState, r *pb.Receipt) string {
	if s == pb.MigrationState_MIGRATION_STATE_VERIFIED && r.GetVerdict() == pb.Verdict_VERDICT_VERIFIED_PARTIAL {
		return "partial"
	}
	return stateText(s)
}

// phaseText names what a running attempt is busy with.
func phaseText(p pb.Phase) string {
	switch p {
	case pb.Phase_PHASE_EXPORT:
		return "exporting"
	case pb.Phase_PHASE_STAGE:
		return "staging"
	case pb.Phase_PHASE_LOAD:
		return "loading"
	case pb.Phase_PHASE_VERIFY:
		return "comparing both sides"
	default:
		return "starting"
	}
}

// verdictWord is a verdict where there is room for one word.
func verdictWord(v pb.Verdict) string {
	word, _, _ := strings.Cut(verdictText(v, 0, 0), ":")
	return word
}

// verdictText never calls partial what is whole, nor the other way round.
func verdictText(v pb.Verdict, columnsLeftOut, tablesLeftBehind int) string {
	switch v {
	case pb.Verdict_VERDICT_VERIFIED:
		return "verified: row counts and digests are equal, every column was carried"
	case pb.Verdict_VERDICT_VERIFIED_PARTIAL:
		return "partial: row counts and digests are equal, " + leftText(columnsLeftOut, tablesLeftBehind) + " left behind with consent"
	case pb.Verdict_VERDICT_DIFFERS:
		return "DIFFERS: row counts or digests are not equal"
	case pb.Verdict_VERDICT_UNPROVEN:
		return "UNPROVEN: row counts are equal, but not all values could be compared"
	case pb.Verdict_VERDICT_FAILED:
		return "FAILED: not moved completely"
	default:
		return "unknown"
	}
}

// leftText counts what stayed behind.
func leftText(columns, tables int) string {
	switch {
	case tables == 0:
		return quantity.Of(columns, "column")
	case columns == 0:
		return quantity.Of(tables, "table")
	}
	return quantity.Of(tables, "table") + " and " + quantity.Of(columns, "column")
}

// number groups digits, so that 50,000 and 500,000 are told apart.
func number(n int64) string { return humanize.Comma(n) }

// size is decimal, as the console of Object Storage shows it.
func size(bytes int64) string { return humanize.Bytes(uint64(max(0, bytes))) }

// when is a time in UTC: journals travel between machines.
func when(t *timestamppb.Timestamp) string {
	if t == nil {
		return "-"
	}
	return t.AsTime().Format("2006-01-02 15:04:05") + " UTC"
}

// took is the time between two moments, "-" when one is not known.
func took(from, to *timestamppb.Timestamp) string {
	if from == nil || to == nil {
		return "-"
	}
	d := to.AsTime().Sub(from.AsTime())
	if d > time.Second {
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Millisecond).String()
}

// columns writes lines whose cells are parted by tabs as a table, behind an empty
// line. An empty last cell takes no room.
func columns(out *strings.Builder, lines []string) {
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, strings.Join(lines, "\n"))
	_ = w.Flush()
	for l := range strings.Lines("\n" + table.String()) {
		out.WriteString(strings.TrimRight(l, " \n") + "\n")
	}
}
