package agent_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

// selected is every column of a region's table as its dictionary has it, and the key.
func (p *pair) selected(client pb.AgentServiceClient, table string) *pb.RowSelection {
	p.t.Helper()
	resp, err := client.ListTables(p.t.Context(), &pb.ListTablesRequest{Schema: "ADMIN", Pattern: table})
	if err != nil || len(resp.GetTables()) != 1 {
		p.t.Fatalf("%v, %v", resp, err)
	}
	described := resp.GetTables()[0]
	return &pb.RowSelection{Table: described.GetName(), Columns: described.GetColumns(), Key: described.GetPrimaryKey()}
}

func (p *pair) checksum(client pb.AgentServiceClient, req *pb.ChecksumRequest) *pb.ChecksumResponse {
	p.t.Helper()
	resp, err := client.Checksum(p.t.Context(), req)
	if err != nil {
		p.t.Fatal(err)
	}
	return resp
}

func (p *pair) digest(client pb.AgentServiceClient, table string) *pb.Digest {
	p.t.Helper()
	resp := p.checksum(client, &pb.ChecksumRequest{Selection: p.selected(client, table)})
	if len(resp.GetLeftOut()) > 0 {
		p.t.Errorf("columns without a digest: %v", resp.GetLeftOut())
	}
	return resp.GetDigest()
}

func TestDigestsOfEveryMovedScalarAreEqual(t *testing.T) {
	p := newPair(t, sim.Config{})
	p.createScalars()
	plan, _ := p.move("m1", "Every Scalar")
	selection := p.selected(p.source, "Every Scalar")
	chunked := p.checksum(p.source, &pb.ChecksumRequest{Selection: selection, Chunk: plan.GetChunks()[0]})
	p.exec(sim.SanJose, `INSERT INTO "Every Scalar" (id) VALUES (-1)`)
	selection.Scn = plan.GetChunks()[0].GetScn()
	asOf := p.checksum(p.source, &pb.ChecksumRequest{Selection: selection})
	target := p.digest(p.target, "Every Scalar")
	for label, got := range map[string]*pb.Digest{"source as of the SCN": asOf.GetDigest(), "its only chunk": chunked.GetDigest()} {
		if diff := cmp.Diff(target, got, protocmp.Transform()); diff != "" || got.GetRows() != plan.GetRows() {
			t.Errorf("%s (-target +it): %s", label, diff)
		}
	}
	if now := p.digest(p.source, "Every Scalar"); now.GetSum() == target.GetSum() || now.GetRows() != target.GetRows()+1 {
		t.Errorf("a new row on the source gives %v", now)
	}
}

func TestEveryDamageChangesTheDigest(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 200})
	p.move("m1", demo)
	before := p.digest(p.target, demo)
	for label, damage := range map[string][]string{
		"last digit":        {"UPDATE CUSTOMER_ORDERS_DEMO SET order_total = order_total + 0.01 WHERE order_id = 7"},
		"trailing blank":    {"UPDATE CUSTOMER_ORDERS_DEMO SET email = email || ' ' WHERE order_id = 7"},
		"a microsecond":     {"UPDATE CUSTOMER_ORDERS_DEMO SET order_date = order_date + INTERVAL '0.000001' SECOND WHERE order_id = 7"},
		"values swapped":    {"UPDATE CUSTOMER_ORDERS_DEMO SET customer_name = CASE order_id WHEN 7 THEN 'b' ELSE 'a' END WHERE order_id IN (7, 8)"},
		"value for NULL":    {"UPDATE CUSTOMER_ORDERS_DEMO SET email = '!' WHERE order_id = 9"},
		"one row missing":   {"DELETE FROM CUSTOMER_ORDERS_DEMO WHERE order_id = 7"},
		"letter case":       {"UPDATE CUSTOMER_ORDERS_DEMO SET customer_name = LOWER(customer_name) WHERE order_id = 10"},
		"swapped columns":   {"UPDATE CUSTOMER_ORDERS_DEMO SET order_status = payment_method, payment_method = order_status WHERE order_id = 7"},
		"one row for other": {"DELETE FROM CUSTOMER_ORDERS_DEMO WHERE order_id = 7", "INSERT INTO CUSTOMER_ORDERS_DEMO (order_id, customer_id, customer_name, order_date) VALUES (777777, 1, 'x', SYSTIMESTAMP)"},
	} {
		t.Run(label, func(t *testing.T) {
			p.exec(sim.Phoenix, "CREATE TABLE KEPT AS SELECT * FROM CUSTOMER_ORDERS_DEMO",
				"UPDATE CUSTOMER_ORDERS_DEMO SET customer_name = CASE order_id WHEN 7 THEN 'a' ELSE 'b' END WHERE order_id IN (7, 8)",
				"UPDATE CUSTOMER_ORDERS_DEMO SET email = NULL WHERE order_id = 9")
			sound := p.digest(p.target, demo)
			p.exec(sim.Phoenix, damage...)
			if got := p.digest(p.target, demo); got.GetSum() == sound.GetSum() {
				t.Errorf("the digest is still %v", got)
			}
			p.exec(sim.Phoenix, "DELETE FROM CUSTOMER_ORDERS_DEMO", "INSERT INTO CUSTOMER_ORDERS_DEMO SELECT * FROM KEPT", "DROP TABLE KEPT")
			if diff := cmp.Diff(before, p.digest(p.target, demo), protocmp.Transform()); diff != "" {
				t.Errorf("the repaired table differs: %s", diff)
			}
		})
	}
}

func TestRowsThatAreEqualDoNotCancelOut(t *testing.T) {
	p := newPair(t, sim.Config{})
	p.exec(sim.SanJose, "CREATE TABLE D (v VARCHAR2(10))")
	seen := map[string]bool{}
	for range 4 {
		seen[p.digest(p.source, "D").GetSum()] = true
		p.exec(sim.SanJose, "INSERT INTO D VALUES ('same')")
	}
	if len(seen) != 4 || !seen["0-0"] {
		t.Errorf("0 to 3 equal rows have the digests %v", seen)
	}
}

func TestLargeObjectsAreDigestedWhenCryptoIsGranted(t *testing.T) {
	p := newPair(t, sim.Config{})
	for _, region := range []string{sim.SanJose, sim.Phoenix} {
		p.exec(region, "CREATE TABLE L (id NUMBER PRIMARY KEY, c CLOB, n NCLOB, b BLOB, x LONG)",
			"INSERT INTO L (id, c, n, b) VALUES (1, RPAD('ü', 4000, '€'), N'😀', HEXTORAW('00FF'))",
			"INSERT INTO L (id, c, n, b) VALUES (2, EMPTY_CLOB(), NULL, EMPTY_BLOB())")
	}
	p.exec(sim.Phoenix, "UPDATE L SET c = NULL WHERE id = 2")
	source := p.checksum(p.source, &pb.ChecksumRequest{Selection: p.selected(p.source, "L")})
	target := p.checksum(p.target, &pb.ChecksumRequest{Selection: p.selected(p.target, "L")})
	if source.GetDigest().GetSum() == target.GetDigest().GetSum() {
		t.Error("an empty CLOB and none have the same digest")
	}
	want := []*pb.ColumnLeftOut{{Name: "X", Why: "LONG: values of this type have no digest"}}
	if diff := cmp.Diff(want, source.GetLeftOut(), protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
	p.exec(sim.Phoenix, "UPDATE L SET c = EMPTY_CLOB() WHERE id = 2")
	again := p.checksum(p.target, &pb.ChecksumRequest{Selection: p.selected(p.target, "L")})
	if diff := cmp.Diff(source.GetDigest(), again.GetDigest(), protocmp.Transform()); diff != "" {
		t.Error(diff)
	}

	p.asUser(sim.SanJose, "READER", "SELECT ON ADMIN.L", "FLASHBACK ON ADMIN.L", "EXECUTE ON DBMS_FLASHBACK")
	poor := p.checksum(p.start(sim.SanJose), &pb.ChecksumRequest{Selection: p.selected(p.source, "L")})
	var names []string
	for _, c := range poor.GetLeftOut() {
		names = append(names, c.GetName())
	}
	if diff := cmp.Diff([]string{"C", "N", "B", "X"}, names); diff != "" || poor.GetDigest().GetRows() != 2 {
		t.Errorf("without DBMS_CRYPTO: %v (-want +got): %s", poor, diff)
	}
}

func TestBucketsNarrowADifferenceDown(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 2000})
	p.move("m1", demo)
	p.exec(sim.Phoenix, "UPDATE CUSTOMER_ORDERS_DEMO SET order_total = order_total + 1 WHERE order_id = 1234")
	selection := p.selected(p.target, demo)
	whole := p.digest(p.target, demo)
	var parents []string
	for _, digits := range []int32{2, 4} {
		source := p.checksum(p.source, &pb.ChecksumRequest{Selection: selection, Digits: digits, Parents: parents})
		target := p.checksum(p.target, &pb.ChecksumRequest{Selection: selection, Digits: digits, Parents: parents})
		if digits == 2 {
			if diff := cmp.Diff(whole, target.GetDigest(), protocmp.Transform()); diff != "" {
				t.Errorf("the buckets' sum is not the whole: %s", diff)
			}
		}
		parents = nil
		for i, b := range source.GetBuckets() {
			if b.GetName() != target.GetBuckets()[i].GetName() {
				t.Fatalf("bucket %d is %s and %s", i, b.GetName(), target.GetBuckets()[i].GetName())
			}
			if !cmp.Equal(b.GetDigest(), target.GetBuckets()[i].GetDigest(), protocmp.Transform()) {
				parents = append(parents, b.GetName())
			}
		}
		if len(parents) != 1 {
			t.Fatalf("%d buckets of %d digits differ", len(parents), digits)
		}
	}
	req := &pb.ListRowDigestsRequest{Selection: selection, Parents: parents, ByColumn: true}
	source, err := p.source.ListRowDigests(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	target, err := p.target.ListRowDigests(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	var differ []string
	for i, r := range source.GetRows() {
		if other := target.GetRows()[i]; r.GetDigest() != other.GetDigest() {
			for n, c := range r.GetColumns() {
				if c != other.GetColumns()[n] {
					differ = append(differ, r.GetKey()[0]+" "+selection.GetColumns()[n].GetName())
				}
			}
		}
	}
	if diff := cmp.Diff([]string{"1234 ORDER_TOTAL"}, differ); diff != "" {
		t.Error(diff)
	}
	req.Limit = 1
	req.Parents = []string{"0", "1", "A"}
	if one, err := p.source.ListRowDigests(t.Context(), req); err != nil || len(one.GetRows()) != 1 || !one.GetTruncated() {
		t.Errorf("a limit of one gives %d rows, %v", len(one.GetRows()), err)
	}
}

func TestTheWidestTableIsDigested(t *testing.T) {
	p := newPair(t, sim.Config{})
	columns := make([]string, 1000)
	for i := range columns {
		columns[i] = fmt.Sprintf("c%d VARCHAR2(100)", i)
	}
	for _, region := range []string{sim.SanJose, sim.Phoenix} {
		p.exec(region, "CREATE TABLE WIDEST ("+strings.Join(columns, ", ")+")", "INSERT INTO WIDEST (c0, c999) VALUES ('a', 'b')")
	}
	source, target := p.digest(p.source, "WIDEST"), p.digest(p.target, "WIDEST")
	if diff := cmp.Diff(source, target, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
	p.exec(sim.Phoenix, "UPDATE WIDEST SET c999 = 'c'")
	if p.digest(p.target, "WIDEST").GetSum() == source.GetSum() {
		t.Error("the last column does not count")
	}
	req := &pb.ListRowDigestsRequest{Selection: p.selected(p.target, "WIDEST"), Parents: []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "A", "B", "C", "D", "E", "F"}, ByColumn: true}
	if rows, err := p.target.ListRowDigests(t.Context(), req); err != nil || len(rows.GetRows()) != 1 {
		t.Errorf("%d rows, %v", len(rows.GetRows()), err)
	}
}

func TestChecksumRequestsAreChecked(t *testing.T) {
	p := newPair(t, sim.Config{})
	id := &pb.Column{Name: "ID", DataType: "NUMBER"}
	good := func() *pb.RowSelection { return &pb.RowSelection{Table: name("T"), Columns: []*pb.Column{id}} }
	for label, tt := range map[string]struct {
		req  *pb.ChecksumRequest
		want pb.Reason
	}{
		"no columns":        {&pb.ChecksumRequest{Selection: &pb.RowSelection{Table: name("T")}}, pb.Reason_REASON_REQUEST_INVALID},
		"a quoted name":     {&pb.ChecksumRequest{Selection: &pb.RowSelection{Table: name(`T"`), Columns: []*pb.Column{id}}}, pb.Reason_REASON_NAME_INVALID},
		"a quoted column":   {&pb.ChecksumRequest{Selection: &pb.RowSelection{Table: name("T"), Columns: []*pb.Column{{Name: `"`, DataType: "DATE"}}}}, pb.Reason_REASON_NAME_INVALID},
		"too many digits":   {&pb.ChecksumRequest{Selection: good(), Digits: 4}, pb.Reason_REASON_REQUEST_INVALID},
		"no more digits":    {&pb.ChecksumRequest{Selection: good(), Digits: 1, Parents: []string{"A"}}, pb.Reason_REASON_REQUEST_INVALID},
		"no hash":           {&pb.ChecksumRequest{Selection: good(), Digits: 3, Parents: []string{"') OR 1"}}, pb.Reason_REASON_REQUEST_INVALID},
		"unequal parents":   {&pb.ChecksumRequest{Selection: good(), Digits: 3, Parents: []string{"A", "AB"}}, pb.Reason_REASON_REQUEST_INVALID},
		"parents only":      {&pb.ChecksumRequest{Selection: good(), Parents: []string{"A"}}, pb.Reason_REASON_REQUEST_INVALID},
		"an unknown key":    {&pb.ChecksumRequest{Selection: &pb.RowSelection{Table: name("T"), Columns: []*pb.Column{id}, Key: []string{"X"}}, Digits: 1}, pb.Reason_REASON_REQUEST_INVALID},
		"an unknown table":  {&pb.ChecksumRequest{Selection: good()}, pb.Reason_REASON_TABLE_NOT_FOUND},
		"a chunk of no SCN": {&pb.ChecksumRequest{Selection: good(), Chunk: &pb.Chunk{}}, pb.Reason_REASON_REQUEST_INVALID},
	} {
		t.Run(label, func(t *testing.T) {
			_, err := p.source.Checksum(t.Context(), tt.req)
			wantReason(t, err, tt.want)
		})
	}
	for label, req := range map[string]*pb.ListRowDigestsRequest{
		"no bucket":       {Selection: good()},
		"too many rows":   {Selection: good(), Parents: []string{"A"}, Limit: 5001},
		"a LONG":          {Selection: &pb.RowSelection{Table: name("T"), Columns: []*pb.Column{{Name: "X", DataType: "LONG"}}}, Parents: []string{"A"}},
		"a LOB as a key":  {Selection: &pb.RowSelection{Table: name("T"), Columns: []*pb.Column{{Name: "X", DataType: "CLOB"}}, Key: []string{"X"}}, Parents: []string{"A"}},
		"a bucket's name": {Selection: good(), Parents: []string{"a"}},
	} {
		t.Run(label, func(t *testing.T) {
			_, err := p.source.ListRowDigests(t.Context(), req)
			wantReason(t, err, pb.Reason_REASON_REQUEST_INVALID)
		})
	}
}
