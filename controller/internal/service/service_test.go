package service_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-hclog"
	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/adbferry/adbferry/controller/internal/agenttest"
	"github.com/adbferry/adbferry/controller/internal/diagnosis"
	"github.com/adbferry/adbferry/controller/internal/fleet"
	"github.com/adbferry/adbferry/controller/internal/journal"
	"github.com/adbferry/adbferry/controller/internal/migrate"
	"github.com/adbferry/adbferry/controller/internal/service"
	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/receipt"
	"github.com/adbferry/adbferry/pkg/rpc"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A desk is the service behind real gRPC, with a pair of agents behind it.
type desk struct {
	*agenttest.Running
	client pb.MigrationServiceClient
	dir    string
	close  context.CancelCauseFunc // what a controller does when it shuts down
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	return newDeskOn(t, nil)
}

// newDeskOn keeps its journals in files that open makes; nil for good ones.
func newDeskOn(t *testing.T, open func(path string) (journal.File, error)) *desk {
	t.Helper()
	d := &desk{Running: agenttest.Start(t), dir: t.TempDir()}
	patience := fleet.Patience{First: time.Millisecond, Longest: time.Millisecond, Total: time.Second}
	agents, err := fleet.Open(fleet.Options{Agents: d.Addresses, TLS: d.ClientTLS, Patience: patience})
	check(t, err)
	store, err := journal.NewStore(journal.Options{Dir: d.dir, Now: time.Now, Log: hclog.NewNullLogger(), Open: open})
	check(t, err)
	runs := migrate.NewRuns(migrate.Options{
		Store: store, Fleet: agents, Now: time.Now, Log: hclog.NewNullLogger(),
		Limits: migrate.Limits{Lanes: 2, Attempts: 2, Grace: time.Second, Patience: patience},
	})
	closing, closeAll := context.WithCancelCause(context.Background())
	d.close = closeAll
	s := service.New(service.Options{
		Store: store, Fleet: agents, Runs: runs, Closing: closing,
		Diagnosis:  diagnosis.NewStore(d.dir).Get,
		ReceiptKey: func() (ed25519.PrivateKey, error) { return receipt.OpenKey(filepath.Join(d.dir, "receipt.key")) },
	})
	serving, stop := context.WithCancelCause(context.Background())
	listener := rpc.ListenInMemory()
	served := make(chan error, 1)
	go func() {
		served <- rpc.Serve(serving, listener, hclog.NewNullLogger(), nil, func(g *grpc.Server) { pb.RegisterMigrationServiceServer(g, s) })
	}()
	conn, err := listener.Dial()
	check(t, err)
	d.client = pb.NewMigrationServiceClient(conn)
	t.Cleanup(func() {
		runs.Close()
		closeAll(nil)
		stop(nil)
		check(t, errors.Join(<-served, conn.Close(), agents.Close()))
	})
	return d
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (d *desk) request(id string) *pb.CreateMigrationRequest {
	return &pb.CreateMigrationRequest{MigrationId: id, ParUrl: d.Bucket.PAR(), Spec: &pb.MigrationSpec{
		Source: "sanjose", Target: "phoenix", AllowPartial: true,
		Tables: []*pb.TableSelection{{Source: agenttest.DemoTable()}},
	}}
}

func (d *desk) create(t *testing.T, id string) *pb.MigrationStatus {
	t.Helper()
	resp, err := d.client.CreateMigration(t.Context(), d.request(id))
	check(t, err)
	return resp.GetMigration()
}

// finish starts a migration and watches it to its end.
func (d *desk) finish(t *testing.T, id string) *pb.MigrationStatus {
	t.Helper()
	_, err := d.client.StartMigration(t.Context(), &pb.StartMigrationRequest{MigrationId: id, ParUrl: d.Bucket.PAR()})
	check(t, err)
	stream, err := d.client.WatchMigration(t.Context(), &pb.WatchMigrationRequest{MigrationId: id})
	check(t, err)
	for err == nil {
		_, err = stream.Recv()
	}
	if !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	resp, err := d.client.GetMigration(t.Context(), &pb.GetMigrationRequest{MigrationId: id})
	check(t, err)
	return resp.GetMigration()
}

func expectReason(t *testing.T, err error, want pb.Reason) *pb.Failure {
	t.Helper()
	f := apierr.FailureOf(err)
	if f.GetReason() != want {
		t.Errorf("error %v has %s, want %s", err, f.GetReason(), want)
	}
	return f
}

func TestCreateKeepsThePlanOnce(t *testing.T) {
	d := newDesk(t)
	first := d.create(t, "m1")
	if first.GetState() != pb.MigrationState_MIGRATION_STATE_PLANNED || first.GetPlan().GetTables()[0].GetRows() != agenttest.DemoRows ||
		first.GetPlan().GetSource().GetName() != "sanjose" || first.GetPlan().GetTarget().GetRegion() != "us-phoenix-1" {
		t.Errorf("created %v", first)
	}
	d.Source.AddRows(agenttest.DemoTable(), 1)
	if diff := cmp.Diff(first, d.create(t, "m1"), protocmp.Transform()); diff != "" {
		t.Errorf("the same ID and spec made another plan (-first +again):\n%s", diff)
	}
	req := d.request("m1")
	req.Spec.AllowPartial = false
	_, err := d.client.CreateMigration(t.Context(), req)
	expectReason(t, err, pb.Reason_REASON_MIGRATION_EXISTS)
	if status.Code(err) != codes.AlreadyExists {
		t.Errorf("code %s", status.Code(err))
	}
}

// A fullFile takes the first half of what is written to it.
type fullFile struct{ journal.File }

func (f fullFile) Write(p []byte) (int, error) {
	n, _ := f.File.Write(p[:len(p)/2])
	return n, syscall.ENOSPC
}

func TestAPlanThatCannotBeKeptLeavesNoMigration(t *testing.T) {
	d := newDeskOn(t, func(path string) (journal.File, error) {
		f, err := journal.OpenFile(path)
		return fullFile{f}, err
	})
	_, err := d.client.CreateMigration(t.Context(), d.request("m1"))
	f := expectReason(t, err, pb.Reason_REASON_JOURNAL_BROKEN)
	if strings.Contains(f.GetHint(), "resume") || !strings.Contains(f.GetHint(), "plan again") {
		t.Errorf("hint %q", f.GetHint())
	}
	if left, err := filepath.Glob(filepath.Join(d.dir, "*.journal")); err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

// What a crash left before the first event was written is no migration.
func TestAnEmptyJournalIsNotListed(t *testing.T) {
	d := newDesk(t)
	d.create(t, "m1")
	check(t, os.WriteFile(filepath.Join(d.dir, "m0.journal"), nil, 0o600))
	resp, err := d.client.ListMigrations(t.Context(), &pb.ListMigrationsRequest{})
	check(t, err)
	if all := resp.GetMigrations(); len(all) != 1 || all[0].GetMigrationId() != "m1" {
		t.Errorf("listed %v", all)
	}
}

func TestValidateOnlyKeepsNothing(t *testing.T) {
	d := newDesk(t)
	req := d.request("m1")
	req.ValidateOnly = true
	resp, err := d.client.CreateMigration(t.Context(), req)
	check(t, err)
	if resp.GetMigration().GetState() != pb.MigrationState_MIGRATION_STATE_PLANNED || len(resp.GetMigration().GetTables()) != 1 {
		t.Errorf("planned %v", resp.GetMigration())
	}
	_, err = d.client.GetMigration(t.Context(), &pb.GetMigrationRequest{MigrationId: "m1"})
	expectReason(t, err, pb.Reason_REASON_NOT_FOUND)
	if d.Target.Rows(agenttest.DemoTable()) != -1 {
		t.Error("planning made the target table")
	}
	files, err := os.ReadDir(d.dir)
	if err != nil || len(files) != 0 {
		t.Errorf("planning left %v, %v", files, err)
	}
}

func TestCreateRefusesWhatCannotWork(t *testing.T) {
	tests := map[string]struct {
		change func(*desk, *pb.CreateMigrationRequest)
		want   pb.Reason
	}{
		"no ID":            {func(_ *desk, r *pb.CreateMigrationRequest) { r.MigrationId = "" }, pb.Reason_REASON_REQUEST_INVALID},
		"an ID with a dot": {func(_ *desk, r *pb.CreateMigrationRequest) { r.MigrationId = "../x" }, pb.Reason_REASON_REQUEST_INVALID},
		"no spec":          {func(_ *desk, r *pb.CreateMigrationRequest) { r.Spec = nil }, pb.Reason_REASON_REQUEST_INVALID},
		"unknown database": {func(_ *desk, r *pb.CreateMigrationRequest) { r.Spec.Target = "lisbon" }, pb.Reason_REASON_NOT_FOUND},
		"unknown table": {func(_ *desk, r *pb.CreateMigrationRequest) {
			r.Spec.Tables[0].Source = &pb.TableName{Schema: "ADMIN", Name: "CUSTOMER*"}
		}, pb.Reason_REASON_TABLE_NOT_FOUND},
		"unknown column": {func(_ *desk, r *pb.CreateMigrationRequest) {
			r.Spec.Tables[0].ExcludeColumns = []string{"NOPE"}
		}, pb.Reason_REASON_REQUEST_INVALID},
		"no consent":    {func(_ *desk, r *pb.CreateMigrationRequest) { r.Spec.AllowPartial = false }, pb.Reason_REASON_COLUMNS_NOT_CARRIED},
		"malformed PAR": {func(_ *desk, r *pb.CreateMigrationRequest) { r.ParUrl = "https://example.com" }, pb.Reason_REASON_PAR_MALFORMED},
		"expired PAR":   {func(d *desk, _ *pb.CreateMigrationRequest) { d.Bucket.Expire() }, pb.Reason_REASON_PAR_EXPIRED},
		"a target with rows": {func(d *desk, _ *pb.CreateMigrationRequest) {
			d.Target.AddTable(agenttest.DemoTable(), 5)
		}, pb.Reason_REASON_TARGET_NOT_EMPTY},
		"a PAR the target cannot use": {func(d *desk, _ *pb.CreateMigrationRequest) {
			d.Target.Inject(agenttest.Fault{RPC: "CheckStorage", Before: apierr.New(codes.PermissionDenied, pb.Reason_REASON_PAR_CANNOT_LIST, "no")})
		}, pb.Reason_REASON_PAR_CANNOT_LIST},
		"a fault of an agent": {func(d *desk, _ *pb.CreateMigrationRequest) {
			d.Source.Inject(agenttest.Fault{RPC: "PlanTable", Before: errors.New("boom")})
		}, pb.Reason_REASON_INTERNAL},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			req := d.request("m1")
			tt.change(d, req)
			_, err := d.client.CreateMigration(t.Context(), req)
			f := expectReason(t, err, tt.want)
			if strings.Contains(fmt.Sprint(err, f), agenttest.Token) {
				t.Error("the error has the PAR's token")
			}
			files, err := os.ReadDir(d.dir)
			if err != nil || len(files) != 0 {
				t.Errorf("left behind: %v, %v", files, err)
			}
		})
	}
}

func TestStartCarriesOutAndWatchFollows(t *testing.T) {
	d := newDesk(t)
	d.create(t, "m1")
	m := d.finish(t, "m1")
	if m.GetState() != pb.MigrationState_MIGRATION_STATE_VERIFIED || d.Target.Rows(agenttest.DemoTable()) != agenttest.DemoRows {
		t.Errorf("migration is %s, the target has %d rows", m.GetState(), d.Target.Rows(agenttest.DemoTable()))
	}
	resp, err := d.client.StartMigration(t.Context(), &pb.StartMigrationRequest{MigrationId: "m1"})
	if err != nil || resp.GetMigration().GetLastSequence() != m.GetLastSequence() {
		t.Errorf("starting a verified migration: %v", err)
	}
}

func TestStartNeedsAPARThatWorks(t *testing.T) {
	d := newDesk(t)
	d.create(t, "m1")
	start := func(par string) error {
		_, err := d.client.StartMigration(t.Context(), &pb.StartMigrationRequest{MigrationId: "m1", ParUrl: par})
		return err
	}
	expectReason(t, start(""), pb.Reason_REASON_PAR_MALFORMED)
	d.Target.Inject(agenttest.Fault{RPC: "Import", Before: agenttest.Permanent()})
	failed := d.finish(t, "m1")
	old := d.Bucket.PAR()
	d.Bucket.Expire()
	expectReason(t, start(old), pb.Reason_REASON_PAR_EXPIRED)
	resp, err := d.client.GetMigration(t.Context(), &pb.GetMigrationRequest{MigrationId: "m1"})
	if err != nil || resp.GetMigration().GetLastSequence() != failed.GetLastSequence() {
		t.Errorf("a start with an expired PAR changed the migration (%v)", err)
	}
	if m := d.finish(t, "m1"); m.GetState() != pb.MigrationState_MIGRATION_STATE_VERIFIED {
		t.Errorf("migration is %s", m.GetState())
	}
}

func TestStopEndsARunningMigration(t *testing.T) {
	d := newDesk(t)
	d.create(t, "m1")
	stop := func() *pb.MigrationStatus {
		resp, err := d.client.StopMigration(t.Context(), &pb.StopMigrationRequest{MigrationId: "m1"})
		check(t, err)
		return resp.GetMigration()
	}
	if got := stop().GetState(); got != pb.MigrationState_MIGRATION_STATE_PLANNED {
		t.Errorf("stopping what does not run made it %s", got)
	}
	d.Source.Inject(agenttest.Fault{RPC: "Export", Gate: make(chan struct{})})
	_, err := d.client.StartMigration(t.Context(), &pb.StartMigrationRequest{MigrationId: "m1", ParUrl: d.Bucket.PAR()})
	check(t, err)
	if got := stop().GetState(); got != pb.MigrationState_MIGRATION_STATE_STOPPED {
		t.Errorf("migration is %s", got)
	}
}

// interrupt makes a migration whose journal ends where a process died: at its
// fourth event.
func (d *desk) interrupt(t *testing.T, id string) {
	t.Helper()
	d.create(t, id)
	d.finish(t, id)
	path := filepath.Join(d.dir, id+".journal")
	data, err := os.ReadFile(path)
	check(t, err)
	lines := strings.SplitAfter(string(data), "\n")
	check(t, os.WriteFile(path, []byte(strings.Join(lines[:4], "")), 0o600))
}

// A journal that says "running" while nobody holds its lock is of a dead process.
func TestInterruptedMigrationIsShownAsStopped(t *testing.T) {
	d := newDesk(t)
	d.interrupt(t, "m1")

	resp, err := d.client.GetMigration(t.Context(), &pb.GetMigrationRequest{MigrationId: "m1"})
	check(t, err)
	m := resp.GetMigration()
	if m.GetState() != pb.MigrationState_MIGRATION_STATE_STOPPED || !strings.Contains(m.GetFailure().GetHint(), "adbferry resume m1") {
		t.Errorf("migration is %s, failure %v", m.GetState(), m.GetFailure())
	}
	stream, err := d.client.WatchMigration(t.Context(), &pb.WatchMigrationRequest{MigrationId: "m1", AfterSequence: 3})
	check(t, err)
	e, err := stream.Recv()
	if err != nil || e.GetEvent().GetSequence() != 4 {
		t.Errorf("first event %v, %v", e, err)
	}
	_, err = stream.Recv()
	expectReason(t, err, pb.Reason_REASON_CANCELLED)
}

func TestStopOfAnInterruptedMigrationIsJournaled(t *testing.T) {
	d := newDesk(t)
	d.interrupt(t, "m1")
	resp, err := d.client.StopMigration(t.Context(), &pb.StopMigrationRequest{MigrationId: "m1"})
	check(t, err)
	if m := resp.GetMigration(); m.GetState() != pb.MigrationState_MIGRATION_STATE_STOPPED || m.GetFailure() != nil {
		t.Errorf("migration is %s, failure %v", m.GetState(), m.GetFailure())
	}
	data, err := os.ReadFile(filepath.Join(d.dir, "m1.journal"))
	if err != nil || !strings.Contains(string(data), "MIGRATION_STATE_STOPPED") {
		t.Errorf("the stop is not in the journal (%v)", err)
	}
}

// What was given up does not advise what would be refused.
func TestAMigrationThatWasGivenUpDoesNotAdviseToGoOn(t *testing.T) {
	d := newDesk(t)
	d.create(t, "m1")
	d.Source.Inject(agenttest.Fault{RPC: "Export", Before: apierr.New(codes.PermissionDenied, pb.Reason_REASON_PAR_EXPIRED, "it expired")},
		agenttest.Fault{RPC: "CheckStorage"}, agenttest.Fault{RPC: "CheckStorage", Before: apierr.New(codes.PermissionDenied, pb.Reason_REASON_PAR_EXPIRED, "it expired")})
	if m := d.finish(t, "m1"); m.GetState() != pb.MigrationState_MIGRATION_STATE_PAUSED {
		t.Fatalf("migration is %s", m.GetState())
	}
	_, err := d.client.CleanUp(t.Context(), &pb.CleanUpRequest{MigrationId: "m1", GiveUp: true})
	check(t, err)
	resp, err := d.client.GetMigration(t.Context(), &pb.GetMigrationRequest{MigrationId: "m1"})
	check(t, err)
	if f := resp.GetMigration().GetFailure(); f.GetReason() != pb.Reason_REASON_PAR_EXPIRED || !strings.Contains(f.GetHint(), "under a new ID") {
		t.Errorf("failure %v", f)
	}
	all, err := d.client.ListMigrations(t.Context(), &pb.ListMigrationsRequest{})
	check(t, err)
	if f := all.GetMigrations()[0].GetFailure(); !strings.Contains(f.GetHint(), "under a new ID") {
		t.Errorf("listed with %v", f)
	}
}

func TestListIsNewestFirstAndPaged(t *testing.T) {
	d := newDesk(t)
	var want []string
	for i := range 5 {
		id := fmt.Sprintf("m%d", i)
		d.create(t, id)
		want = append([]string{id}, want...)
	}
	check(t, os.WriteFile(filepath.Join(d.dir, "damaged.journal"), []byte("x\ny\n"), 0o600))
	want = append(want, "damaged")
	var got []string
	for token := ""; ; {
		resp, err := d.client.ListMigrations(t.Context(), &pb.ListMigrationsRequest{PageSize: 2, PageToken: token})
		check(t, err)
		for _, m := range resp.GetMigrations() {
			got = append(got, m.GetMigrationId())
		}
		if token = resp.GetNextPageToken(); token == "" {
			break
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("migrations (-want +got):\n%s", diff)
	}
	_, err := d.client.ListMigrations(t.Context(), &pb.ListMigrationsRequest{PageToken: "nobody"})
	expectReason(t, err, pb.Reason_REASON_REQUEST_INVALID)
	_, err = d.client.GetMigration(t.Context(), &pb.GetMigrationRequest{MigrationId: "damaged"})
	if f := expectReason(t, err, pb.Reason_REASON_JOURNAL_DAMAGED); !strings.Contains(f.GetText(), "line 1") || strings.Contains(f.GetHint(), "cleanup") {
		t.Errorf("failure %v does not say where the damage is, or advises what cannot work", f)
	}
}

func TestADamagedJournalShowsWhatCanBeReadOfIt(t *testing.T) {
	d := newDesk(t)
	d.create(t, "m1")
	d.finish(t, "m1")
	path := filepath.Join(d.dir, "m1.journal")
	data, err := os.ReadFile(path)
	check(t, err)
	data[len(data)-9] ^= 1
	check(t, os.WriteFile(path, data, 0o600))
	resp, err := d.client.ListMigrations(t.Context(), &pb.ListMigrationsRequest{})
	check(t, err)
	m := resp.GetMigrations()[0]
	if m.GetFailure().GetReason() != pb.Reason_REASON_JOURNAL_DAMAGED || m.GetPlan().GetSpec().GetSource() != "sanjose" || m.GetReceipt() != nil {
		t.Errorf("listed as %v", m)
	}
	_, err = d.client.CleanUp(t.Context(), &pb.CleanUpRequest{MigrationId: "m1"})
	if f := expectReason(t, err, pb.Reason_REASON_JOURNAL_DAMAGED); !strings.Contains(f.GetHint(), "adbferry cleanup m1 --give-up") {
		t.Errorf("hint %q", f.GetHint())
	}
	_, err = d.client.CleanUp(t.Context(), &pb.CleanUpRequest{MigrationId: "m1", GiveUp: true})
	check(t, err)
	got, err := d.client.GetMigration(t.Context(), &pb.GetMigrationRequest{MigrationId: "m1"})
	check(t, err)
	if got.GetMigration().GetCleanUp() == nil {
		t.Errorf("after it was given up: %v", got)
	}
}

func TestDatabasesAreListedWithWhatIsWrong(t *testing.T) {
	d := newDesk(t)
	d.Target.Inject(agenttest.Fault{RPC: "DescribeDatabase", Before: agenttest.Permanent()})
	resp, err := d.client.ListDatabases(t.Context(), &pb.ListDatabasesRequest{})
	check(t, err)
	got := resp.GetDatabases()
	if len(got) != 2 || got[0].GetName() != "phoenix" || got[0].GetFailure().GetHint() != "add space" || got[0].GetDescription() != nil ||
		got[1].GetDescription().GetRegion() != "us-sanjose-1" || got[1].GetAgentAddress() != d.Addresses["sanjose"] {
		t.Errorf("databases %v", got)
	}
}

func TestClosingEndsWatches(t *testing.T) {
	d := newDesk(t)
	d.create(t, "m1")
	stream, err := d.client.WatchMigration(t.Context(), &pb.WatchMigrationRequest{MigrationId: "m1"})
	check(t, err)
	_, err = stream.Recv()
	check(t, err)
	d.close(nil)
	if _, err := stream.Recv(); status.Code(err) != codes.Unavailable {
		t.Errorf("watch ended with %v", err)
	}
}

// Every call about a migration that does not exist says so, and none leaves an
// UNKNOWN behind.
func TestAReceiptIsSignedOnceTheMigrationEnded(t *testing.T) {
	d := newDesk(t)
	d.create(t, "m1")
	get := func() (*pb.SignedReceipt, error) {
		resp, err := d.client.GetReceipt(t.Context(), &pb.GetReceiptRequest{MigrationId: "m1"})
		return resp.GetReceipt(), err
	}
	_, err := get()
	expectReason(t, err, pb.Reason_REASON_MIGRATION_BUSY)
	ended := d.finish(t, "m1")
	signed, err := get()
	check(t, err)
	opened, err := receipt.Open(signed)
	check(t, err)
	if diff := cmp.Diff(ended.GetReceipt(), opened, protocmp.Transform()); diff != "" {
		t.Errorf("another receipt was signed (-journal +signed):\n%s", diff)
	}
	again, err := get()
	check(t, err)
	if !proto.Equal(signed, again) {
		t.Error("signed twice, and not the same")
	}
}

func TestUnknownMigrations(t *testing.T) {
	d := newDesk(t)
	calls := map[string]func(ctx context.Context) error{
		"get": func(ctx context.Context) error {
			_, err := d.client.GetMigration(ctx, &pb.GetMigrationRequest{MigrationId: "x"})
			return err
		},
		"start": func(ctx context.Context) error {
			_, err := d.client.StartMigration(ctx, &pb.StartMigrationRequest{MigrationId: "x", ParUrl: d.Bucket.PAR()})
			return err
		},
		"stop": func(ctx context.Context) error {
			_, err := d.client.StopMigration(ctx, &pb.StopMigrationRequest{MigrationId: "../x"})
			return err
		},
		"watch": func(ctx context.Context) error {
			stream, err := d.client.WatchMigration(ctx, &pb.WatchMigrationRequest{MigrationId: ""})
			if err == nil {
				_, err = stream.Recv()
			}
			return err
		},
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			if f := expectReason(t, call(t.Context()), pb.Reason_REASON_NOT_FOUND); f.GetHint() == "" {
				t.Error("the failure has no hint")
			}
		})
	}
}
