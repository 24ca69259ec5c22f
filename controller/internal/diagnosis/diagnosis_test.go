package diagnosis_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/adbferry/adbferry/controller/internal/agenttest"
	"github.com/adbferry/adbferry/controller/internal/diagnosis"
	"github.com/adbferry/adbferry/controller/internal/fleet"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newRound is a round between two scripted agents, in csv only.
func newRound(t *testing.T) (*agenttest.Running, diagnosis.Round, *[]string) {
	t.Helper()
	pair := agenttest.Start(t)
	agents, err := fleet.Open(fleet.Options{Agents: pair.Addresses, TLS: pair.ClientTLS, Patience: fleet.Impatience})
	check(t, err)
	t.Cleanup(func() { check(t, agents.Close()) })
	source, err := agents.Agent("sanjose")
	check(t, err)
	target, err := agents.Agent("phoenix")
	check(t, err)
	steps := &[]string{}
	return pair, diagnosis.Round{
		ID: "doctor-1", Source: source, Target: target, PAR: pair.Bucket.PAR(), Formats: []pb.Format{pb.Format_FORMAT_CSV},
		LOBBytes: []int64{70_000, 4000, 4000}, Version: "test", Now: time.Now, Step: func(text string) { *steps = append(*steps, text) },
	}, steps
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// nothingLeft checks that neither side has a table of the probe.
func nothingLeft(t *testing.T, pair *agenttest.Running) {
	t.Helper()
	for _, a := range []*agenttest.Agent{pair.Source, pair.Target} {
		for i := range 3 {
			name := &pb.TableName{Schema: "ADMIN", Name: "PROBE_doctor-1_" + string(rune('0'+i))}
			if a.Rows(name) >= 0 {
				t.Errorf("%s still has %s", a.Name(), name.GetName())
			}
		}
	}
}

func TestEveryTypeIsCarriedAndCompared(t *testing.T) {
	pair, round, steps := newRound(t)
	d, err := round.Run(t.Context())
	check(t, err)
	csv := d.GetFormats()[0]
	if len(d.GetFormats()) != 1 || !csv.GetWorks() || csv.GetLargestLobBytes() != 70_000 || len(csv.GetTypes()) != 2 {
		t.Errorf("formats %v", d.GetFormats())
	}
	for _, x := range csv.GetTypes() {
		if x.GetOutcome() != pb.TypeOutcome_TYPE_OUTCOME_EQUAL {
			t.Errorf("%v", x)
		}
	}
	if d.GetSourceAnswers()[0].GetDetail() != "on sanjose" || d.GetTargetAnswers()[0].GetDetail() != "on phoenix" {
		t.Errorf("answers %v and %v", d.GetSourceAnswers(), d.GetTargetAnswers())
	}
	if !slices.Contains(*steps, "carrying every type as csv") {
		t.Errorf("steps %q", *steps)
	}
	nothingLeft(t, pair)
}

// A format that fails to carry the longest texts carries all others: it is of use.
// One that changes them is not.
func TestLongTextsAreTriedOnTheirOwn(t *testing.T) {
	refused := apierr.New(codes.FailedPrecondition, pb.Reason_REASON_ROWS_REJECTED, "a value is too long")
	for name, tt := range map[string]struct {
		damage  func(*agenttest.Agent)
		outcome pb.TypeOutcome
		works   bool
	}{
		"carried": {func(*agenttest.Agent) {}, pb.TypeOutcome_TYPE_OUTCOME_EQUAL, true},
		"refused": {func(a *agenttest.Agent) {
			imports := agenttest.Fault{RPC: "Import"} // of the types and two sizes of large objects, which go well
			a.Inject(imports, imports, imports, agenttest.Fault{RPC: "Import", Before: refused})
		}, pb.TypeOutcome_TYPE_OUTCOME_FAILED, true},
		"changed":     {func(a *agenttest.Agent) { a.Spoil(pb.Format_FORMAT_CSV, 2, "LONG_TEXT", "x") }, pb.TypeOutcome_TYPE_OUTCOME_CHANGED, false},
		"never tried": {func(a *agenttest.Agent) { a.Inject(agenttest.Fault{RPC: "Import", Before: refused}) }, pb.TypeOutcome_TYPE_OUTCOME_FAILED, false},
	} {
		t.Run(name, func(t *testing.T) {
			pair, round, _ := newRound(t)
			pair.Source.SetMaxStringBytes(32767)
			pair.Target.SetMaxStringBytes(32767)
			tt.damage(pair.Target)
			d, err := round.Run(t.Context())
			check(t, err)
			csv := d.GetFormats()[0]
			if csv.GetWorks() != tt.works || len(csv.GetTypes()) != 3 || csv.GetTypes()[2].GetType() != "VARCHAR2(32767)" || csv.GetTypes()[2].GetOutcome() != tt.outcome {
				t.Errorf("works %v, types %v", csv.GetWorks(), csv.GetTypes())
			}
		})
	}
}

func TestALostRowIsNoSuccess(t *testing.T) {
	pair, round, _ := newRound(t)
	pair.Target.Inject(agenttest.Fault{RPC: "Import", Lose: 1})
	d, err := round.Run(t.Context())
	check(t, err)
	f := d.GetFormats()[0]
	if f.GetWorks() || f.GetTypes()[1].GetOutcome() != pb.TypeOutcome_TYPE_OUTCOME_FAILED || f.GetTypes()[1].GetDetail() != "3 of 4 rows arrived" {
		t.Errorf("a format that loses a row is %v", f)
	}
}

func TestAComparisonThatFailsIsNoSuccess(t *testing.T) {
	pair, round, _ := newRound(t)
	pair.Target.Inject(agenttest.Fault{RPC: "Checksum", Before: apierr.New(codes.Internal, pb.Reason_REASON_DATABASE_ERROR, "no digest today")})
	d, err := round.Run(t.Context())
	check(t, err)
	if f := d.GetFormats()[0]; f.GetWorks() || f.GetFailure().GetReason() != pb.Reason_REASON_DATABASE_ERROR {
		t.Errorf("a format whose comparison failed is %v", f)
	}
	nothingLeft(t, pair)
}

func TestARefusedExportIsAnAnswerAndAnAgentThatCannotBeAskedIsNone(t *testing.T) {
	pair, round, _ := newRound(t)
	pair.Source.Inject(agenttest.Fault{RPC: "Export", Before: apierr.New(codes.Internal, pb.Reason_REASON_DATABASE_ERROR, "ORA-20000: no such format")})
	d, err := round.Run(t.Context())
	check(t, err)
	f := d.GetFormats()[0]
	if f.GetWorks() || !strings.Contains(f.GetFailure().GetText(), "no such format") || f.GetTypes()[0].GetOutcome() != pb.TypeOutcome_TYPE_OUTCOME_FAILED {
		t.Errorf("a refused export is %v", f)
	}
	nothingLeft(t, pair)
	pair.Target.Inject(agenttest.Fault{RPC: "ProbeBehaviour", Before: apierr.New(codes.Unimplemented, pb.Reason_REASON_REQUEST_INVALID, "too old")})
	if _, err := round.Run(t.Context()); apierr.ReasonOf(err) != pb.Reason_REASON_REQUEST_INVALID {
		t.Errorf("an agent that cannot be asked gave %v", err)
	}
	nothingLeft(t, pair)
}

func TestTheSameDatabaseTwiceIsRefused(t *testing.T) {
	_, round, _ := newRound(t)
	round.Target = round.Source
	if _, err := round.Run(t.Context()); apierr.ReasonOf(err) != pb.Reason_REASON_REQUEST_INVALID {
		t.Errorf("got %v", err)
	}
}

func TestTheLatestDiagnosisOfEachPairIsKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "diagnosis")
	store := diagnosis.NewStore(dir)
	if d, err := store.Get("a", "b"); d != nil || err != nil {
		t.Errorf("an undiagnosed pair has %v, %v", d, err)
	}
	for _, version := range []string{"v1", "v2"} {
		check(t, store.Keep(&pb.Diagnosis{Source: "a", Target: "b", ControllerVersion: version}))
	}
	check(t, store.Keep(&pb.Diagnosis{Source: "../a", Target: "b/c"}))
	got, err := diagnosis.NewStore(dir).Get("a", "b")
	check(t, err)
	if diff := cmp.Diff(&pb.Diagnosis{Source: "a", Target: "b", ControllerVersion: "v2"}, got, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
	if got, err := store.Get("../a", "b/c"); err != nil || got.GetSource() != "../a" {
		t.Errorf("%v, %v", got, err)
	}
	files, err := os.ReadDir(dir)
	check(t, err)
	if len(files) != 2 {
		t.Errorf("files %v", files)
	}
	check(t, os.WriteFile(filepath.Join(dir, "a.to.b.json"), []byte("{"), 0o600))
	if _, err := store.Get("a", "b"); err == nil {
		t.Error("a broken file was taken")
	}
}
