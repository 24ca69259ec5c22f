// Package example plans a schema of a thousand tables between two simulated
// regions, and says how long that takes.
package example

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"google.golang.org/protobuf/proto"

	"github.com/adbferry/adbferry/agent"
	"github.com/adbferry/adbferry/controller"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

const tables = 1000

// definition has what most tables have: a key, a check, an index, text, dates, a
// large object.
const definition = `CREATE TABLE SHOP_%04d (id NUMBER(12) CONSTRAINT SHOP_PK_%04d PRIMARY KEY, customer NUMBER(12) NOT NULL,
	name VARCHAR2(100 CHAR), status CHAR(1) DEFAULT 'N' CHECK (status IN ('N', 'P')), total NUMBER(12,2), placed DATE,
	changed TIMESTAMP(6) WITH TIME ZONE, token RAW(16), note CLOB, rate BINARY_DOUBLE)`

// BenchmarkPlanThousandTables reports the seconds that one plan takes; the budget
// is ten.
func BenchmarkPlanThousandTables(b *testing.B) {
	client := harbour(b)
	ctx, cancel := context.WithTimeoutCause(b.Context(), time.Hour, errors.New("a thousand tables take longer than an hour to plan"))
	defer cancel()
	size := 0
	b.ResetTimer()
	for b.Loop() {
		resp, err := client.CreateMigration(ctx, &pb.CreateMigrationRequest{
			MigrationId: "bench", ValidateOnly: true,
			Spec: &pb.MigrationSpec{
				Source: sim.SanJose, Target: sim.Phoenix,
				Schemas: []*pb.SchemaSelection{{Schema: "ADMIN", Include: []string{"SHOP_*"}}},
			},
		})
		check(b, err)
		if n := len(resp.GetMigration().GetPlan().GetTables()); n != tables {
			b.Fatalf("the plan has %d tables", n)
		}
		size = proto.Size(resp)
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/plan")
	b.ReportMetric(float64(size)/1e6, "MB/answer") // a message has at most 16
}

// harbour is a controller and two agents inside the test, and a source that is full.
func harbour(b *testing.B) pb.MigrationServiceClient {
	b.Helper()
	s := sim.StartT(b, sim.Config{})
	source := s.Region(sim.SanJose)
	for n := range tables {
		check(b, source.Exec(b.Context(), fmt.Sprintf(definition, n, n)))
		check(b, source.Exec(b.Context(), fmt.Sprintf("CREATE INDEX SHOP_I_%04d ON SHOP_%04d (customer, placed)", n, n)))
		check(b, source.Exec(b.Context(), fmt.Sprintf(`INSERT INTO SHOP_%04d SELECT LEVEL, LEVEL, 'name ' || LEVEL, 'N', LEVEL / 100, SYSDATE,
			SYSTIMESTAMP, HEXTORAW('00FF'), TO_CLOB('note ' || LEVEL), LEVEL FROM DUAL CONNECT BY LEVEL <= 20`, n)))
	}
	dir := b.TempDir()
	check(b, s.WriteFiles(dir))
	cfg, err := controller.Load(filepath.Join(dir, "adbferry.yaml"))
	check(b, err)
	for _, region := range []string{sim.SanJose, sim.Phoenix} {
		serve(b, filepath.Join(dir, region, "agent.yaml"), cfg.Databases[region].Agent)
	}
	c, err := controller.New(cfg, hclog.NewNullLogger())
	check(b, err)
	conn, closeAll, err := c.Embed()
	check(b, err)
	b.Cleanup(func() { check(b, closeAll()) })
	return pb.NewMigrationServiceClient(conn)
}

// serve runs an agent until the benchmark ends.
func serve(b *testing.B, file, address string) {
	b.Helper()
	cfg, err := agent.LoadConfig(file)
	check(b, err)
	a, err := agent.New(cfg, hclog.NewNullLogger())
	check(b, err)
	lis, err := net.Listen("tcp", address)
	check(b, err)
	ended := make(chan error, 1)
	ctx := b.Context() // ends before the cleanups run
	go func() { ended <- a.Serve(ctx, lis) }()
	b.Cleanup(func() { check(b, <-ended) })
}

func check(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}
