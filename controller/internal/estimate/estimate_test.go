package estimate

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

var now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// planOf has a table with one chunk for each number of bytes.
func planOf(bytes ...int64) *pb.MigrationPlan {
	p := &pb.MigrationPlan{
		Source: &pb.DatabaseDescription{Name: "sanjose", Region: "us-sanjose-1", UndoRetentionSeconds: new(int64(900))},
		Target: &pb.DatabaseDescription{Name: "phoenix", Region: "us-phoenix-1"},
	}
	for _, b := range bytes {
		p.Tables = append(p.Tables, &pb.TablePlan{EstimatedBytes: b, Format: pb.Format_FORMAT_CSV, Chunks: []*pb.Chunk{{}}})
	}
	return p
}

// pastOf is a migration whose tables had so many bytes and took so long.
func pastOf(source string, arrivals ...arrival) Past {
	m := &pb.MigrationStatus{Plan: &pb.MigrationPlan{Source: &pb.DatabaseDescription{Name: source}, Target: &pb.DatabaseDescription{Name: "phoenix"}}}
	for i, t := range arrivals {
		id := fmt.Sprint("A.T", i)
		m.Plan.Tables = append(m.Plan.Tables, &pb.TablePlan{TableId: id, EstimatedBytes: t.bytes})
		m.Tables = append(m.Tables, &pb.TableStatus{
			TableId: id, State: pb.TableState_TABLE_STATE_VERIFIED, StartTime: timestamppb.New(now), EndTime: timestamppb.New(now.Add(t.took)),
		})
	}
	return Past{Status: m, Started: now}
}

// but is a past of which the first table is another.
func but(p Past, change func(*pb.TableStatus)) Past {
	change(p.Status.GetTables()[0])
	return p
}

func seconds(n float64) time.Duration { return time.Duration(n * float64(time.Second)) }

func TestDuration(t *testing.T) {
	fast := pastOf("sanjose", arrival{bytes: 0, took: seconds(1)}, arrival{bytes: 100e6, took: seconds(11)}) // 10 MB/s
	huge := arrival{1e9, seconds(1)}
	idle := pastOf("sanjose", huge)
	idle.Started = now.Add(time.Millisecond)
	for name, tt := range map[string]struct {
		plan  *pb.MigrationPlan
		past  []Past
		lanes int
		want  time.Duration
		known bool
	}{
		"the public measurement itself":      {planOf(publicBytes), nil, 3, seconds(47), false}, // 44.66 s and a start
		"nothing to move":                    {planOf(), nil, 3, 0, false},
		"empty tables":                       {planOf(0, 0, 0, 0), nil, 2, seconds(4), false},
		"side by side":                       {planOf(publicBytes, publicBytes, publicBytes), nil, 3, seconds(47), false},
		"one after the other":                {planOf(publicBytes, publicBytes, publicBytes), nil, 1, seconds(140), false},
		"what was measured here":             {planOf(100e6), []Past{fast}, 1, seconds(11), true},
		"one large table alone":              {planOf(100e6, 1), []Past{pastOf("sanjose", arrival{100e6, seconds(12)})}, 1, seconds(14), true},
		"one that was fast":                  {planOf(100e6), []Past{pastOf("sanjose", arrival{100e6, seconds(1)})}, 1, seconds(1), true},
		"measured between other databases":   {planOf(publicBytes), []Past{pastOf("lisbon", huge)}, 1, seconds(47), false},
		"small tables tell about the start":  {planOf(0, publicBytes), []Past{pastOf("sanjose", arrival{1000, seconds(5)})}, 1, seconds(55), false},
		"one that was held up does not":      {planOf(0), []Past{pastOf("sanjose", arrival{71, seconds(40)})}, 1, seconds(10), false},
		"a migration from before the clocks": {planOf(0), []Past{but(pastOf("sanjose", huge), func(t *pb.TableStatus) { t.StartTime, t.EndTime = nil, nil })}, 1, seconds(2), false},
		"measured on what did not arrive": {
			planOf(publicBytes), []Past{but(pastOf("sanjose", huge), func(t *pb.TableStatus) { t.State = pb.TableState_TABLE_STATE_FAILED })}, 1, seconds(47), false,
		},
		"measured on what was tried twice": {
			planOf(publicBytes), []Past{but(pastOf("sanjose", huge), func(t *pb.TableStatus) { t.Chunks = []*pb.ChunkStatus{{ImportAttempt: 2}} })}, 1, seconds(47), false,
		},
		"measured while it lay idle": {planOf(publicBytes), []Past{idle}, 1, seconds(47), false},
	} {
		t.Run(name, func(t *testing.T) {
			got := Make(Input{Plan: tt.plan, Past: tt.past, Lanes: tt.lanes, Now: now}).GetDuration().AsDuration()
			if got != tt.want {
				t.Errorf("duration %s, want %s", got, tt.want)
			}
			if takes, known := Measured(tt.plan, tt.past, tt.lanes); takes != tt.want || known != tt.known {
				t.Errorf("measured %s, known %v, want %s, %v", takes, known, tt.want, tt.known)
			}
		})
	}
}

func TestChunksOfOneTableUseTheLanes(t *testing.T) {
	p := planOf(publicBytes)
	p.Tables[0].Chunks = make([]*pb.Chunk, 4)
	if got := Make(Input{Plan: p, Lanes: 2, Now: now}).GetDuration().AsDuration(); got != seconds(24) {
		t.Errorf("duration %s", got)
	}
}

// warning returns the warning that has a text, "" when there is none.
func warning(e *pb.Estimate, text string) string {
	for _, w := range e.GetWarnings() {
		if strings.Contains(w, text) {
			return w
		}
	}
	return ""
}

func TestWarnings(t *testing.T) {
	full := &pb.Diagnosis{
		Formats:       []*pb.FormatDiagnosis{{Format: pb.Format_FORMAT_CSV, Works: true}},
		SourceAnswers: []*pb.Answer{{Question: "a", Text: "Is it?", Answer: "yes"}},
	}
	for name, tt := range map[string]struct {
		change func(*Input)
		about  string
		want   string
	}{
		"undo lasts":            {func(*Input) {}, "ORA-01555", ""},
		"undo lasts just so":    {func(in *Input) { in.Plan.Source.UndoRetentionSeconds = new(int64(94)) }, "ORA-01555", ""},
		"undo may not last":     {func(in *Input) { in.Plan.Source.UndoRetentionSeconds = new(int64(93)) }, "ORA-01555 is possible", "about 47 s, more than half of the 1 min 33 s"},
		"undo does not last":    {func(in *Input) { in.Plan.Source.UndoRetentionSeconds = new(int64(46)) }, "ORA-01555 is likely", "raise UNDO_RETENTION"},
		"undo is unknown":       {func(in *Input) { in.Plan.Source.UndoRetentionSeconds = nil }, "ORA-01555", "cannot be read"},
		"no expiry is known":    {func(*Input) {}, "PAR", ""},
		"the PAR lasts":         {func(in *Input) { in.PARExpiry = now.Add(time.Hour) }, "PAR", ""},
		"the PAR lasts just so": {func(in *Input) { in.PARExpiry = now.Add(time.Minute) }, "PAR", "expires in 1 min, and the migration takes about 47 s"},
		"the PAR does not last": {func(in *Input) { in.PARExpiry = now.Add(30 * time.Second) }, "PAR", "expires in 30 s, before the migration ends"},
		"nobody measured":       {func(*Input) {}, "guess", "one public measurement"},
		"measured here": {func(in *Input) {
			in.Past = []Past{pastOf("sanjose", arrival{enough, seconds(1)})}
		}, "guess", ""},
		"too little measured here": {func(in *Input) {
			in.Past = []Past{pastOf("sanjose", arrival{enough - 1, seconds(1)})}
		}, "guess", "no larger migration from sanjose to phoenix has been measured"},
		"never diagnosed":  {func(*Input) {}, "doctor has not been run", "adbferry doctor --source sanjose --target phoenix"},
		"diagnosed":        {func(in *Input) { in.Diagnosis = full }, "diagnosed", ""},
		"an open question": {func(in *Input) { in.Diagnosis = proto.CloneOf(full); in.Diagnosis.SourceAnswers[0].Answer = "" }, "unknown about", "sanjose: Is it?"},
		"a format that failed": {func(in *Input) {
			in.Diagnosis = &pb.Diagnosis{Formats: []*pb.FormatDiagnosis{{Format: pb.Format_FORMAT_CSV, Failure: &pb.Failure{Text: "boom"}}}}
		}, "format csv", "it did not work when these databases were diagnosed: boom"},
		"a format nobody tried": {func(in *Input) { in.Diagnosis = &pb.Diagnosis{} }, "format csv", "not tried"},
		"prices that are wrong": {func(in *Input) { in.Prices = &pb.PriceList{} }, "costs are unknown", ""},
	} {
		t.Run(name, func(t *testing.T) {
			in := Input{Plan: planOf(publicBytes), Lanes: 1, Now: now}
			tt.change(&in)
			got := warning(Make(in), tt.about)
			if (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
				t.Errorf("warning %q, want %q", got, tt.want)
			}
		})
	}
}

func TestLargeObjectsBeyondWhatWasTriedAreNamed(t *testing.T) {
	p := planOf(1, 1)
	for i, longest := range []int64{3_000_000, 5_000_000} {
		table := p.GetTables()[i]
		table.Source = &pb.TableName{Schema: "APP", Name: "Docs"}
		table.Columns = []*pb.ColumnPlan{
			{Column: &pb.Column{Name: "BODY"}, Longest: longest},
			{Column: &pb.Column{Name: "LEFT"}, Longest: 9_000_000, LeftOut: "excluded"},
			{Column: &pb.Column{Name: "ID"}},
		}
	}
	for name, tt := range map[string]struct {
		seen int64
		want string
	}{
		"larger ones":    {2_000_000, `format csv: APP."Docs".BODY has large objects of up to 5.0 MB, and up to 2.0 MB were seen`},
		"just as large":  {5_000_000, ""},
		"none was tried": {0, "large objects of up to 5.0 MB, and none was seen to arrive"},
	} {
		t.Run(name, func(t *testing.T) {
			d := &pb.Diagnosis{Formats: []*pb.FormatDiagnosis{{Format: pb.Format_FORMAT_CSV, Works: true, LargestLobBytes: tt.seen}}}
			got := warning(Make(Input{Plan: p, Lanes: 1, Now: now, Diagnosis: d}), "large objects")
			if (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
				t.Errorf("warning %q, want %q", got, tt.want)
			}
		})
	}
}

// privileged is a plan of two tables with large objects, the second of which is
// made in another schema, between users that may do everything needed.
func privileged() *pb.MigrationPlan {
	p := planOf(1, 1)
	for _, d := range []*pb.DatabaseDescription{p.GetSource(), p.GetTarget()} {
		d.User = "FERRY"
		d.Privileges = []string{"CREATE ANY TABLE", "CREATE TABLE", "EXECUTE ON DBMS_CLOUD", "EXECUTE ON DBMS_CRYPTO"}
	}
	for i, schema := range []string{"FERRY", "APP"} {
		t := p.GetTables()[i]
		t.Target, t.Outlook = &pb.TableName{Schema: schema, Name: "T"}, &pb.TargetOutlook{Created: true}
		t.Columns = []*pb.ColumnPlan{
			{Column: &pb.Column{Name: "A", DataType: "CLOB"}},
			{Column: &pb.Column{Name: "B", DataType: "BLOB"}, LeftOut: "excluded"},
			{Column: &pb.Column{Name: "C", DataType: "NUMBER"}},
		}
	}
	return p
}

func TestPrivilegesThatAPlanLacksAreNamed(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(p *pb.MigrationPlan)
		want   []string
	}{
		"nothing lacks": {func(*pb.MigrationPlan) {}, nil},
		"no hashing on the target": {
			func(p *pb.MigrationPlan) { p.Target.Privileges = p.GetTarget().GetPrivileges()[:3] },
			[]string{"user FERRY of phoenix lacks EXECUTE ON DBMS_CRYPTO, so 2 columns of large objects cannot be compared, and the migration will end unproven; GRANT EXECUTE ON DBMS_CRYPTO TO FERRY"},
		},
		"no large objects are carried": {func(p *pb.MigrationPlan) {
			p.Source.Privileges = p.GetSource().GetPrivileges()[:3]
			p.Tables[0].Columns, p.Tables[1].Columns = nil, p.GetTables()[1].GetColumns()[1:]
		}, nil},
		"one column": {func(p *pb.MigrationPlan) {
			p.Source.Privileges, p.Tables[0].Columns = p.GetSource().GetPrivileges()[:3], nil
		}, []string{
			"user FERRY of sanjose lacks EXECUTE ON DBMS_CRYPTO, so 1 column of large objects cannot be compared, and the migration will end unproven; GRANT EXECUTE ON DBMS_CRYPTO TO FERRY",
		}},
		"nothing but a session": {func(p *pb.MigrationPlan) {
			p.Source.Privileges, p.Target.Privileges = []string{"CREATE SESSION"}, []string{"CREATE SESSION", "EXECUTE ON DBMS_CRYPTO"}
			p.Tables[0].Columns, p.Tables[1].Columns = nil, nil
		}, []string{
			"user FERRY of sanjose lacks EXECUTE ON DBMS_CLOUD, without which nothing can be exported; GRANT EXECUTE ON DBMS_CLOUD TO FERRY",
			"user FERRY of phoenix lacks EXECUTE ON DBMS_CLOUD, without which nothing can be imported; GRANT EXECUTE ON DBMS_CLOUD TO FERRY",
			"user FERRY of phoenix lacks CREATE TABLE, without which no chunk can be staged; GRANT CREATE TABLE TO FERRY",
			"user FERRY of phoenix lacks CREATE ANY TABLE, without which no table can be created in schema APP; GRANT CREATE ANY TABLE TO FERRY",
		}},
		"an agent that does not look": {func(p *pb.MigrationPlan) { p.Source.Privileges, p.Target.Privileges = nil, nil }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			p := privileged()
			tt.change(p)
			var got []string
			for _, w := range Make(Input{Plan: p, Lanes: 1, Now: now}).GetWarnings() {
				if strings.Contains(w, " lacks ") {
					got = append(got, w)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCostsAreExactAndRoundedUp(t *testing.T) {
	prices := &pb.PriceList{
		Source: "a list", Date: "2026-11-22", Currency: "EUR", StoragePerGbMonth: "0.0255", EgressPerGb: "0.0085", RequestsPer_10000: "0.0034",
	}
	p := planOf(1_000_000_000_000, 1)
	want := []*pb.Cost{
		{What: "storage", Amount: "25.51", Currency: "EUR", Source: "one month at 0.0255 per GB, a list of 2026-11-22"},
		{What: "egress", Amount: "8.51", Currency: "EUR", Source: "once between regions at 0.0085 per GB, a list of 2026-11-22"},
		{What: "requests", Amount: "0.07", Currency: "EUR", Source: "0.0034 per 10,000, a list of 2026-11-22"},
	}
	e := Make(Input{Plan: p, Lanes: 1, Now: now, Prices: prices})
	if diff := cmp.Diff(want, e.GetCosts(), protocmp.Transform()); diff != "" || e.GetStagedBytes() != 1_000_000_000_001 {
		t.Errorf("%d bytes, costs (-want +got):\n%s", e.GetStagedBytes(), diff)
	}
	p.Target.Region = p.GetSource().GetRegion()
	for _, c := range Make(Input{Plan: p, Lanes: 1, Now: now, Prices: prices}).GetCosts() {
		if c.GetWhat() == "egress" {
			t.Errorf("within a region data costs %s to leave it", c.GetAmount())
		}
	}
}

func TestSmallAmountsAreNotNothing(t *testing.T) {
	for bytes, want := range map[int64]string{0: "0.00", 1: "0.01", 392_156_862: "0.01", 392_156_863: "0.02"} {
		e := Make(Input{Plan: planOf(bytes), Lanes: 1, Now: now})
		if got := e.GetCosts()[0].GetAmount(); got != want {
			t.Errorf("%d bytes cost %s, want %s", bytes, got, want)
		}
	}
}

func TestPrices(t *testing.T) {
	builtin, err := Prices()
	if err != nil {
		t.Fatal(err)
	}
	if builtin.GetStoragePerGbMonth() != "0.0255" || builtin.GetDate() != "2025-06-01" || builtin.GetCurrency() != "USD" {
		t.Errorf("built-in prices %v", builtin)
	}
	for name, tt := range map[string]struct {
		old, new string
		want     string
	}{
		"unknown key":     {"currency:", "valuta:", "line 3, column 1: unknown field \"valuta\""},
		"no date":         {"2025-06-01", "yesterday", `date: "yesterday" is not a date`},
		"no amount":       {"0.0255", "cheap", `storage_per_gb_month: "cheap" is not an amount`},
		"negative amount": {"0.0085", "-1", `egress_per_gb: "-1" is not an amount`},
		"exponent":        {"0.0034", "1e3", `requests_per_10000: "1e3" is not an amount`},
		"no source":       {"source: x", "source: ''", "source: say where"},
		"no currency":     {"USD", "dollars", `currency: "dollars" is not a code`},
	} {
		t.Run(name, func(t *testing.T) {
			text := "source: x\ndate: 2025-06-01\ncurrency: USD\nstorage_per_gb_month: 0.0255\negress_per_gb: 0.0085\nrequests_per_10000: 0.0034\n"
			if _, err := ReadPrices("p.yaml", []byte(text)); err != nil {
				t.Fatal(err)
			}
			_, err := ReadPrices("p.yaml", []byte(strings.Replace(text, tt.old, tt.new, 1)))
			if err == nil || !strings.Contains(err.Error(), "p.yaml: ") || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 s", -time.Hour: "0 s", 59 * time.Second: "59 s", time.Minute: "1 min", 61 * time.Second: "1 min 1 s",
		time.Hour + time.Second: "1 h", 25*time.Hour + time.Minute: "1 d 1 h", 1499 * time.Millisecond: "1 s",
	} {
		if got := span(d); got != want {
			t.Errorf("span(%s) = %q, want %q", d, got, want)
		}
	}
}
