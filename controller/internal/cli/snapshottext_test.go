package cli

import (
	"strings"
	"testing"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestAReceiptNamesTheTablesOfEachSCN(t *testing.T) {
	table := func(name string, scn int64, tries ...*pb.FormatTry) *pb.TableReceipt {
		return &pb.TableReceipt{Source: &pb.TableName{Schema: "S", Name: name}, Target: &pb.TableName{Schema: "S", Name: name}, Scn: scn, Tries: tries}
	}
	gone := &pb.Failure{Reason: pb.Reason_REASON_SNAPSHOT_GONE, Text: "the undo is gone"}
	r := &pb.Receipt{Scn: 10, Tables: []*pb.TableReceipt{table("A", 10), table("B", 17, &pb.FormatTry{Format: pb.Format_FORMAT_CSV, Scn: 10, Failure: gone}), table("C", 10)}}
	text := strings.Join(strings.Fields(receiptText(r, detail{})), " ")
	for _, want := range []string{"as of SCN 10: S.A, S.C", "as of SCN 17: S.B", "given up SCN 10: the undo is gone"} {
		if !strings.Contains(text, want) {
			t.Errorf("the receipt does not say %q: %s", want, text)
		}
	}
	r.Tables = r.GetTables()[:1]
	if text := receiptText(r, detail{}); strings.Contains(text, "SCN 10:") {
		t.Errorf("one SCN is no group: %s", text)
	}
	again := replannedText(&pb.TableReplanned{Plan: &pb.TablePlan{Format: pb.Format_FORMAT_CSV, Scn: 17}, Failure: gone})
	if again != "emptied, and moved again as csv, as of SCN 17: the undo is gone" {
		t.Errorf("got %q", again)
	}
}
