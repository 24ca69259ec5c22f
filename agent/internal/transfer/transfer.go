// Package transfer carries out one attempt to export or import one chunk, from
// the first statement to the last. Each can be cancelled at any point through
// its context, and leaves nothing that a next attempt would trip over.
//
// Facts: reference, sections 1.4, 10.2 and 11.2.
package transfer

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/adbferry/adbferry/agent/internal/bucket"
	"github.com/adbferry/adbferry/agent/internal/chunk"
	"github.com/adbferry/adbferry/agent/internal/codec"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/agent/internal/table"
	"github.com/adbferry/adbferry/pkg/par"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A Transfer moves chunks between one database and the object store.
type Transfer struct {
	Database *oracle.Database
	Store    bucket.Store
	// Watch is how often the bucket is listed while a database writes into it;
	// 0 for 2 s.
	Watch time.Duration
	Log   hclog.Logger
}

// A Job is one attempt at one chunk.
type Job struct {
	Migration string
	Plan      *pb.TablePlan
	Chunk     *pb.Chunk
	Attempt   int32
	URL       par.URL
}

// Report tells how far an attempt is.
type Report func(*pb.ChunkProgress)

const defaultWatch = 2 * time.Second

func (t Transfer) watch() time.Duration { return cmp.Or(t.Watch, defaultWatch) }

// action names the work in V$SESSION.
func (j Job) action(verb string) string {
	return fmt.Sprintf("%s %s/%d", verb, j.Chunk.GetChunkId(), j.Attempt)
}

// query renders what a chunk's export selects: every field of every carried
// column under a name of its own, then the marker.
func (j Job) query() (string, error) {
	source, err := oracle.NewTable(j.Plan.GetSource())
	if err != nil {
		return "", err
	}
	from, err := chunk.From(source, j.Chunk)
	if err != nil {
		return "", err
	}
	var fields []string
	for _, p := range table.Carried(j.Plan) {
		name, err := oracle.NewName(p.GetColumn().GetName())
		if err != nil {
			return "", err
		}
		written, err := codec.Write(p, name.String())
		if err != nil {
			return "", err
		}
		for _, w := range written {
			fields = append(fields, fmt.Sprintf("%s AS C%d", w, len(fields)+1))
		}
	}
	fields = append(fields, oracle.Literal(codec.Marker)+" AS CEND")
	return fmt.Sprintf("SELECT %s FROM %s", strings.Join(fields, ", "), from), nil
}
