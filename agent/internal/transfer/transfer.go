// Package transfer carries out one attempt to export or import one chunk, from
// the first statement to the last. Each can be cancelled at any point through
// its context, and leaves nothing that a next attempt would trip over.
//
// Facts: reference, sections 1.4, 10.2 and 11.2.
package transfer

import (
	"cmp"
	"fmt"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/adbferry/adbferry/agent/internal/bucket"
	"github.com/adbferry/adbferry/agent/internal/oracle"
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
